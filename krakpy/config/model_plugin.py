"""The root `plugin` object: which extensions may load, and how each one runs.

    "plugin": {"allow": ["acme-geo/geo"], "instances": {"geo": {"from": "acme-geo/geo", "isolation": "inproc"}}}
"""
from __future__ import annotations

from typing import Any, ClassVar, Literal

from msgspec import field

from krakpy.config.kinds import Model, Seconds

Isolation = Literal["inproc", "process", "venv"]
OnError = Literal["fail", "skip"]
Mode = Literal["enforce", "shadow", "off"]


class InstanceDefaults(Model, frozen=True, kw_only=True):
    """What holds for every instance that does not say otherwise; a value here is the operator's explicit word."""

    isolation: Isolation | None = None
    """Where the code runs: in the worker (`inproc`), in its own process, or in another virtual environment."""

    timeout: Seconds | None = None
    """Longest time of one call."""

    on_error: OnError | None = None
    """What a failing call means: the request fails (`fail`), or goes on without the extension (`skip`)."""

    mode: Mode | None = None
    """`enforce`; `shadow` runs, records and discards; `off` does not run."""

    python: str | None = None
    """The interpreter of the other virtual environment, for `"isolation": "venv"`."""


class Instance(InstanceDefaults, frozen=True, kw_only=True):
    """One extension under a name of the operator's choice, or under its own id."""

    from_: str = field(name="from", default="")
    """The id of the extension (`distribution/name`); empty: the instance's key is the id."""

    config: Any = None
    """The extension's own settings, where no other place of the file holds them."""


class Plugin(Model, frozen=True, kw_only=True):
    """The first of the two gates for third-party code; the other is the variable `KRAKPY_ENABLE_PLUGINS`."""

    ACCEPTED: ClassVar[dict[str, str]] = {"folder": "Extensions are installed with pip; remove the key."}

    pattern: str = ""
    """A text that must be part of an extension's id (`acme-geo/geo`); empty, or KrakenD's `.so`: all."""

    allow: tuple[str, ...] = ()
    """The ids that may load; empty: all."""

    deny: tuple[str, ...] = ()
    """The ids that may not load, whatever `allow` says."""

    lock: str = ""
    """Path of the lock file that pins what may load."""

    defaults: InstanceDefaults = InstanceDefaults()
    """What holds for every instance that does not say otherwise."""

    instances: dict[str, Instance] = field(default_factory=dict)
    """The instances by alias or by id."""
