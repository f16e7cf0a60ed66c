"""The extension manager of one worker: loads through stevedore what was admitted, and hands the seats guarded parts.

    manager = ExtensionManager(prepared)
    await manager.open()
    steps = manager.chain("backend", settings)      # outermost first, for `compose`

The only module that imports stevedore. Its managers get vetted entry points, never its discovery or its cache.
"""
from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import EntryPoint
from typing import Any

import msgspec
from krakpy_sdk import Context, Extension
from stevedore import named

from krakpy.codes import Code
from krakpy.errors import ConfigError, ExtensionError, Problem
from krakpy.extension.catalog import Candidate
from krakpy.extension.contracts import CONTRACTS, breaches, settings_for
from krakpy.extension.gates import Admission
from krakpy.extension.guard import Guard, LiveHook
from krakpy.extension.middleware import guarded, guarded_app, guarded_driver
from krakpy.extension.needs import Need
from krakpy.extension.ordering import Position, ordered
from krakpy.extension.preparing import Failure, Prepared, config_of
from krakpy.logs import event

log = logging.getLogger("krakpy.extension")

#: longest time that `setup` and `teardown` of one instance may take
LIFECYCLE_TIMEOUT_S = 10.0

Step = Callable[[Any], Any]


class _GuardedEntryPoint(EntryPoint):
    """An entry point whose load turns whatever an import raises into an ImportError, which stevedore reports."""

    def load(self) -> Any:
        try:
            return super().load()
        except BaseException as error:
            raise ImportError(f"{type(error).__name__}: {error}") from error


class _VettedManager(named.NamedExtensionManager[Any]):
    """stevedore's manager over these entry points and no others: no discovery of its own, no cache on disk."""

    def __init__(self, family: str, candidates: Iterable[Candidate]) -> None:
        # NOTE: named by canonical id, so that two distributions can never meet under one name
        self._vetted = [_GuardedEntryPoint(c.id, c.target, c.entry_point.group) for c in candidates]
        self.failed: dict[str, BaseException] = {}
        names = [entry_point.name for entry_point in self._vetted]
        super().__init__(
            CONTRACTS[family].group,
            names,
            on_load_failure_callback=lambda _, entry_point, error: self._note(entry_point.name, error),
            on_missing_entrypoints_callback=None,
        )

    def _note(self, id: str, error: BaseException) -> None:
        self.failed[id] = error.__cause__ or error

    def list_entry_points(self) -> list[EntryPoint]:
        return list(self._vetted)


class ExtensionManager:
    """Everything that the seats get from extensions; one in each worker, built after the fork."""

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._failures: list[Failure] = list(prepared.failures)
        self._classes = self._load()
        self._orders = {family: self._order(family) for family in ("server", "router", "endpoint", "backend", "client")}
        self._hooks: dict[tuple[str, str], LiveHook] = {}

    async def open(self) -> None:
        """Construct and set up every instance of a hook; one that fails takes down what uses it and nothing else."""
        for admission in self._prepared.admissions:
            if admission.candidate.family == "hooks":
                await self._open_hook(admission)
        # NOTE: what failed before the fork has been told by who prepared it
        tell_failures(self._failures[len(self._prepared.failures):])

    async def close(self) -> None:
        """Tear down every instance, in the reverse order of its set-up."""
        for hook in reversed(self._hooks.values()):
            try:
                await _finished(hook.instance.teardown)
            except BaseException as error:  # noqa: BLE001  # an extension may raise anything, and the others end too
                hook.guard.failed(error, "teardown")

    def chain(self, family: str, settings: Any) -> list[Step]:
        """What stands around the terminal of an object, outermost first; ExtensionError if a part cannot be built."""
        own = [(name, self._own_step(loaded, settings)) for name, loaded in self._own(family, settings)]
        asked = [(a.candidate.name, self._asked_step(a, settings)) for a in self._asked(family, settings)]
        position = {name: index for index, name in enumerate(self._orders[family])}
        return [step for _, step in sorted(own + asked, key=lambda named_step: position[named_step[0]])]

    def driver(self, family: str, settings: Any) -> Any:
        """The driver that an object names; ExtensionError if it cannot be built."""
        admission = next(a for a in self._asked(family, settings))
        loaded = self._class_of(admission)
        guard = self._guard(admission)
        driver = _built(guard, lambda: loaded(self._decoded(admission, loaded)))
        return driver if admission.candidate.is_first_party else guarded_driver(driver, CONTRACTS[family].method, guard)

    def failure(self, place: str) -> Problem | None:
        """Why what stands at a place or inside of it cannot serve, or None; the service's own place is empty."""
        for failure in self._failures:
            owner = failure.need.owner
            if owner == place or (place and owner.startswith(f"{place}.")):
                return failure.problem
        return None

    def _load(self) -> dict[tuple[str, str], type]:
        """The classes by family and id: krakpy's own steps, and whatever was admitted."""
        wanted: dict[str, dict[str, Candidate]] = {}
        for candidate in (*self._own_candidates(), *(a.candidate for a in self._prepared.admissions)):
            wanted.setdefault(candidate.family, {})[candidate.id] = candidate
        classes: dict[tuple[str, str], type] = {}
        for family, candidates in wanted.items():
            manager = _VettedManager(family, candidates.values())
            classes |= {(family, extension.name): extension.plugin for extension in manager.extensions}
            for id, error in manager.failed.items():
                self._fail(candidates[id], Code.IMPORT_RAISED, error, "import")
        for (family, id), loaded in list(classes.items()):
            for code, message in breaches(CONTRACTS[family], loaded):
                del classes[family, id]
                self._fail(wanted[family][id], code, TypeError(message), "contract")
                break
        return classes

    def _own_candidates(self) -> Iterator[Candidate]:
        kinds = ("server", "router", "endpoint", "backend", "client")
        for candidate in self._prepared.catalog.candidates:
            if candidate.distribution == "krakpy" and candidate.family in kinds:
                yield candidate

    def _fail(self, candidate: Candidate, code: Code, error: BaseException, what: str) -> None:
        if candidate.distribution == "krakpy":
            raise RuntimeError(f"krakpy's own {candidate.id} does not load") from error
        for admission in self._prepared.admissions:
            if (admission.candidate.family, admission.candidate.id) == (candidate.family, candidate.id):
                problem = self._guard(admission).problem(code, error, what)
                self._failures.append(Failure(admission.need, problem))

    def _order(self, family: str) -> tuple[str, ...]:
        positions = [
            Position(id.partition("/")[2], tuple(getattr(loaded, "inside", ())), tuple(getattr(loaded, "outside", ())))
            for (of, id), loaded in self._classes.items()
            if of == family
        ]
        return ordered(positions)

    def _own(self, family: str, settings: Any) -> Iterator[tuple[str, Any]]:
        """krakpy's own steps that this object has: those with plain names, which no configuration lists."""
        for (of, id), loaded in self._classes.items():
            distribution, _, name = id.partition("/")
            if of == family and distribution == "krakpy" and "/" not in name:
                applies = getattr(loaded, "applies_to", None)
                if applies is None or applies(settings):
                    yield name, loaded

    @staticmethod
    def _own_step(loaded: Any, settings: Any) -> Step:
        return lambda next: loaded(settings, next)

    def _asked(self, family: str, settings: Any) -> Iterator[Admission]:
        for admission in self._prepared.admissions:
            if admission.candidate.family == family and admission.need.owner == settings.place:
                yield admission

    def _asked_step(self, admission: Admission, settings: Any) -> Step:
        loaded = self._class_of(admission)
        guard = self._guard(admission)
        own = msgspec.structs.replace(
            settings, config=self._decoded(admission, loaded), hooks=self._listed(admission.need)
        )

        def build(next: Any) -> Any:
            return _built(guard, lambda: loaded(own, next))

        if admission.candidate.is_first_party:
            return build
        wrap = guarded_app if admission.candidate.family == "server" else guarded
        return lambda next: wrap(build, guard, next)

    def _class_of(self, admission: Admission) -> Any:
        try:
            return self._classes[admission.candidate.family, admission.candidate.id]
        except KeyError:
            problem = self.failure(admission.need.owner)
            assert problem is not None, "what did not load has failed"
            raise ExtensionError(problem, instance=admission.need.name) from None

    def _listed(self, need: Need) -> tuple[LiveHook, ...]:
        """The live hooks that a namespace lists, in its order."""
        inside = f"{need.place}."
        return tuple(hook for (place, _), hook in self._hooks.items() if place.startswith(inside))

    def _decoded(self, admission: Admission, loaded: Any) -> Any:
        raw = config_of(admission, self._prepared.settings.plugin)
        config, problems = settings_for(loaded, raw, admission.need.place)
        if problems:
            raise ExtensionError(problems[0], instance=admission.need.name)
        return config

    def _guard(self, admission: Admission) -> Guard:
        return Guard(admission.need.name, admission.candidate, admission.need.place, admission.policy)

    async def _open_hook(self, admission: Admission) -> None:
        need, guard = admission.need, self._guard(admission)
        if ("hooks", admission.candidate.id) not in self._classes:
            return
        loaded = self._class_of(admission)
        context = Context(
            name=need.name,
            id=admission.candidate.id,
            seat=need.seat,
            endpoint=getattr(need.settings, "endpoint", ""),
            log=logging.getLogger(f"krakpy.extension.{need.name.replace('/', '.')}"),
        )
        try:
            instance = _built(guard, lambda: loaded(self._decoded(admission, loaded), context))
            await _set_up(instance, context, guard)
        except ExtensionError as error:
            self._failures.append(Failure(need, error.problem))
        else:
            self._hooks[need.key] = LiveHook(instance, guard)


def tell_failures(failures: Iterable[Failure]) -> None:
    """Log each failure once: code, place, the sentence that names distribution and cause, instance and remedy."""
    for failure in failures:
        problem = failure.problem
        event(
            log, logging.ERROR, problem.message, code=problem.code.id, place=problem.place,
            instance=failure.need.name, remedy=problem.advice,
        )


def _built(guard: Guard, build: Callable[[], Any]) -> Any:
    """What `build` gives; ExtensionError for whatever it raises."""
    try:
        return build()
    except (ExtensionError, ConfigError) as error:
        if isinstance(error, ExtensionError):
            raise
        place = f"{guard.place}.{error.path}" if error.path else guard.place
        raise ExtensionError(Problem(Code.SETTINGS, place, error.message), instance=guard.name) from error
    except BaseException as error:
        raise ExtensionError(guard.problem(Code.CONSTRUCTION, error, "construction"), instance=guard.name) from error


async def _set_up(instance: Extension[Any], context: Context, guard: Guard) -> None:
    try:
        await _finished(instance.setup, context)
    except BaseException as error:
        raise ExtensionError(guard.problem(Code.SETUP, error, "setup"), instance=guard.name) from error


async def _finished(function: Callable[..., Any], *arguments: Any) -> None:
    """Call it and await what it gives, within `LIFECYCLE_TIMEOUT_S`."""
    result = function(*arguments)
    if inspect.isawaitable(result):
        async with asyncio.timeout(LIFECYCLE_TIMEOUT_S):
            await result


