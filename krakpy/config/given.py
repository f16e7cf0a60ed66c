"""What every object's settings have, whatever it is: where it stands, and what a middleware is built with.

    msgspec.structs.replace(settings, config=decoded, driver=find)      # in a worker, for one middleware
"""
from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from krakpy_sdk import ConfigError

from krakpy.bodies import MAX_BODY_BYTES


def _no_driver(family: str, name: str, config: Any = None) -> Any:  # noqa: ARG001  the place of those that find them
    raise ConfigError(f"nobody is there to find the {family} driver {name!r}")


def _no_folder() -> str:
    raise ConfigError("there is no folder that workers share")


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """The base of the settings of services, endpoints and backends."""

    place: str = ""
    """Where the object stands in the file (`endpoints[3].backend[0]`); empty for the service."""

    name: str = ""
    """The service's name."""

    service: Mapping[str, Any] = {}
    """The namespaces of the service that extensions answer, with their settings as written."""

    log: logging.Logger = logging.getLogger("krakpy.extension")
    """Where a middleware says what happens to it."""

    driver: Callable[..., Any] = _no_driver
    """Gives a middleware the driver of a family by name, built."""

    folder: Callable[[], str] = _no_folder
    """Gives the folder that all workers share, and makes it if need be."""

    instances: Callable[[], Sequence[Mapping[str, Any]]] = tuple
    """Tells how the instances of extensions stand and do, in all workers."""

    config: Any = None
    """A middleware's own settings, decoded; None outside of a middleware."""

    hooks: tuple[Any, ...] = ()
    """The instances of hooks that this object lists, in order."""

    extra_config: Mapping[str, Any] = {}
    """The namespaces that extensions answer, with their settings as written; the core's own are left out."""

    max_kept_body: int = MAX_BODY_BYTES
    """How large a body may be that somebody needs whole, in bytes."""

    @property
    def shared_folder(self) -> str:
        """The folder that all workers share."""
        return self.folder()
