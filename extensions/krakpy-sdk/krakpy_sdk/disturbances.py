"""What an import does to the process that it runs in, beside being imported.

    before = Traces()
    importlib.import_module("acme_geo")
    for code, message in before.disturbed(): ...

In a process of its own an extension disturbs nobody but itself; in a worker it disturbs everybody.
"""
from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any

#: what is named of each kind
MOST_NAMES = 5


class Traces:
    """The process as it was."""

    def __init__(self) -> None:
        self._signals = _signals()
        self._logging = _logging()
        self._policy = _policy()
        self._functions = dict(_functions())
        self._threads = set(threading.enumerate())
        self._path = list(sys.path)
        self._environment = dict(os.environ)

    def disturbed(self) -> Iterator[tuple[str, str]]:
        """What is different now: the name of a code and a sentence for each kind."""
        found = {
            "SIGNALS": (self._changed_signals, "handles signals: {}"),
            "ROOT_LOGGER": (self._changed_logging, "changes the root logger: {}"),
            "LOOP_POLICY": (self._changed_policy, "sets another event-loop policy: {}"),
            "PATCHED": (self._patched, "replaces parts of Python's own library: {}"),
            "THREADS": (self._new_threads, "starts threads: {}"),
            "IMPORT_PATH": (self._changed_path, "changes sys.path: {}"),
            "ENVIRONMENT": (self._changed_environment, "changes environment variables: {}"),
        }
        for code, (look, sentence) in found.items():
            names = _told(look)
            if names:
                yield code, sentence.format(names)

    def _changed_signals(self) -> Iterable[str]:
        return (name for name, handler in _signals().items() if self._signals.get(name) is not handler)

    def _changed_logging(self) -> Iterable[str]:
        return (name for name, value in _logging().items() if self._logging[name] != value)

    def _changed_policy(self) -> Iterable[str]:
        policy = _policy()
        return () if policy is self._policy or _is_pythons(type(policy)) else (type(policy).__qualname__,)

    def _patched(self) -> Iterable[str]:
        now = dict(_functions())
        return (
            name
            for name, before in self._functions.items()
            if now.get(name, before) is not before and not _is_pythons(now[name])
        )

    def _new_threads(self) -> Iterable[str]:
        return (thread.name for thread in set(threading.enumerate()) - self._threads)

    def _changed_path(self) -> Iterable[str]:
        added = [entry for entry in sys.path if entry not in self._path]
        removed = [f"without {entry}" for entry in self._path if entry not in sys.path]
        return added + removed or (["another order"] if sys.path != self._path else [])

    def _changed_environment(self) -> Iterable[str]:
        # SECURITY: names alone; values may be secrets
        names = {*self._environment, *os.environ}
        return (name for name in names if self._environment.get(name) != os.environ.get(name))


def _told(look: Callable[[], Iterable[str]]) -> str:
    """The names that were found, not too many."""
    names = sorted(str(name)[:100] for name in look())
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more


def _signals() -> dict[str, Any]:
    return {number.name: signal.getsignal(number) for number in signal.Signals}


def _logging() -> dict[str, Any]:
    root = logging.getLogger()
    return {"level": root.level, "handlers": list(root.handlers), "disabled": logging.root.manager.disable}


def _policy() -> Any:
    """The event-loop policy that was set; None for Python's own."""
    events = sys.modules.get("asyncio.events")
    return getattr(events, "_event_loop_policy", None)


def _functions() -> Iterator[tuple[str, Any]]:
    """The public functions and classes of those modules of Python's own that are imported."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in sys.stdlib_module_names and isinstance(module, ModuleType):
            members: Mapping[str, Any] = vars(module)
            for member, value in list(members.items()):
                if not member.startswith("_") and callable(value):
                    yield f"{name}.{member}", value


def _is_pythons(value: object) -> bool:
    """Whether a class or function comes with Python."""
    module = getattr(value, "__module__", None)
    if not isinstance(module, str) and isinstance(value, FunctionType):
        return False
    return str(module or "builtins").partition(".")[0] in sys.stdlib_module_names
