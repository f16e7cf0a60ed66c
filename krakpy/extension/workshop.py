"""What a middleware is built with in the child of a probe: the settings of a worker, drivers by name too."""
from __future__ import annotations

import importlib
import logging
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from krakpy.extension.named_drivers import made
from krakpy.extension.offers import missing


class NotTried(BaseException):
    """A driver that is asked for may not be used: that is told elsewhere, and says nothing about who asks for it."""


class Workshop:
    """The settings of everything that is built in one probe."""

    def __init__(self, job: Mapping[str, Any]) -> None:
        self._service = job.get("service", {})
        self._offers = job.get("offers") or {}
        self._folder = job.get("folder", "")
        self._built: dict[str, Any] = {}

    def settings(self, instance: Mapping[str, Any], config: Any) -> SimpleNamespace:
        """The settings of one use."""
        settings = self._of(instance["settings"])
        settings.config = config
        settings.driver = self._driver
        settings.log = logging.getLogger("krakpy.extension.probe")
        return settings

    def _of(self, fields: Mapping[str, Any]) -> SimpleNamespace:
        settings = SimpleNamespace(**fields)
        settings.config, settings.hooks = None, ()
        settings.discover, settings.decode = (lambda: settings.hosts), None
        settings.service, settings.shared_folder = self._service, self._folder
        settings.instances = tuple
        if hasattr(settings, "backends"):
            settings.backends = tuple(map(self._of, settings.backends))
        return settings

    def _driver(self, family: str, name: str, config: Any = None) -> Any:
        if [family, name] in self._offers.get("failed", ()):
            raise NotTried
        found = self._offers.get("drivers", {}).get(family, {}).get(name)
        if found is None:
            names = self._offers.get("names", {}).get(family, ())
            raise missing(family, name, names, has_plugins=self._offers.get("has_plugins", False))
        key = repr((family, found["target"], config))
        if key not in self._built:
            self._built[key] = made(_loaded(found["target"]), found["config"] if config is None else config)
        return self._built[key]


def _loaded(target: str) -> Any:
    module, _, attribute = target.partition(":")
    loaded: Any = importlib.import_module(module.strip())
    for part in attribute.split("[")[0].strip().split("."):
        loaded = getattr(loaded, part)
    return loaded
