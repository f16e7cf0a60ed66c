"""The drivers of one worker that are asked for by name: found, built, kept, and guarded if they are strangers'.

    drivers = NamedDrivers(offers, lives, load=load_class, guard=guard_of)
    drivers("store", "redis", {"url": "redis://cache:6379"})
"""
from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from krakpy_sdk import ConfigError, KrakpyError, UnknownKey

from krakpy.codes import Code
from krakpy.errors import ExtensionError
from krakpy.extension.contracts import settings_for
from krakpy.extension.driver import GuardedDriver
from krakpy.extension.gates import Admission
from krakpy.extension.guard import Guard
from krakpy.extension.lives import Lives
from krakpy.extension.offers import Offers
from krakpy.extension.protocols import methods_of


class NamedDrivers:
    """What `settings.driver` is.

    `load` gives the class of an admission and its Protocol; ExtensionError if it does not load.
    """

    def __init__(
        self,
        offers: Offers,
        lives: Lives,
        *,
        load: Callable[[Admission], tuple[Any, Any]],
        guard: Callable[[Admission], Guard],
    ) -> None:
        self._offers = offers
        self._lives = lives
        self._load = load
        self._guard = guard
        self._built: dict[tuple[str, str, str], Any] = {}

    def __call__(self, family: str, name: str, config: Any = None) -> Any:
        """The driver, one for all that ask for it with the same settings; ConfigError, or ExtensionError."""
        admission = self._offers.find(family, name)
        raw = self._offers.config_of(admission) if config is None else config
        key = family, admission.candidate.id, json.dumps(raw, sort_keys=True, default=repr)
        self._lives.check(key)
        if key not in self._built:
            self._built[key] = self._made(admission, raw, key)
        return self._built[key]

    def forget(self) -> None:
        """Let go of what was built: whoever asks next gets another."""
        self._built.clear()

    def _made(self, admission: Admission, raw: Any, key: tuple[str, str, str]) -> Any:
        need, candidate, guard = admission.need, admission.candidate, self._guard(admission)
        loaded, protocol = self._load(admission)
        try:
            driver = made(loaded, raw)
        except KrakpyError:
            raise
        except BaseException as error:
            raise ExtensionError(guard.problem(Code.CONSTRUCTION, error, "construction"), instance=need.name) from error
        self._lives.add(key, driver, guard, is_driver=True)
        if candidate.is_first_party:
            return driver
        names = {name for alternative in methods_of(protocol) for name in alternative if hasattr(driver, name)}
        return GuardedDriver(driver, names, guard)


def made(loaded: Any, raw: Any) -> Any:
    """A driver built with its settings, decoded; ConfigError with the place inside of them if they are wrong."""
    config, problems = settings_for(loaded, raw, "")
    for problem in problems:
        if problem.severity == "error":
            remedy = f" ({problem.remedy})" if problem.remedy else ""
            wrong = UnknownKey if problem.code is Code.UNKNOWN_KEY else ConfigError
            raise wrong(f"{problem.message}{remedy}", path=problem.place)
    return loaded(config)
