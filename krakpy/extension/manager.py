"""The extension manager of one worker: loads through stevedore what was admitted, and hands the seats guarded parts.

    manager = ExtensionManager(prepared)
    await manager.open()
    steps = manager.chain("backend", settings)      # outermost first, for `compose`

The only module that imports stevedore. Its managers get vetted entry points, never its discovery or its cache.
"""
from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from importlib.metadata import EntryPoint
from typing import Any

import msgspec
from krakpy_sdk import Context
from stevedore import named

from krakpy.codes import Code
from krakpy.config.settings import ServiceSettings
from krakpy.errors import ExtensionError, Problem
from krakpy.extension.catalog import Candidate
from krakpy.extension.contracts import CONTRACTS, breaches, settings_for
from krakpy.extension.declared import Look, look_at
from krakpy.extension.driver import GuardedDriver
from krakpy.extension.gates import Admission
from krakpy.extension.guard import Guard, Hook, LiveHook
from krakpy.extension.hosts import Hosts, is_hosted
from krakpy.extension.housing import Housing
from krakpy.extension.lifecycle import built, set_up, torn_down
from krakpy.extension.middleware import guarded, guarded_app
from krakpy.extension.needs import Failure, Need, listed_names
from krakpy.extension.policy import Policy
from krakpy.extension.preparing import Prepared, config_of, context_of
from krakpy.extension.readers import Readers
from krakpy.extension.refusal import unavailable
from krakpy.extension.seating import SEATS, condition, is_own, is_step, seated
from krakpy.logs import event

log = logging.getLogger("krakpy.extension")

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

    def __init__(self, prepared: Prepared, hosts: Hosts | None = None) -> None:
        self._prepared = prepared
        self._housing = Housing(prepared, hosts)
        self._broken: dict[str, Problem] = {}
        self._new_failures: list[Failure] = []
        for failure in prepared.failures:
            self._break(failure)
        self._asked: dict[tuple[str, str], list[Admission]] = {}
        for admission in prepared.admissions:
            self._asked.setdefault((admission.candidate.family, admission.need.owner), []).append(admission)
        self._classes = self._load()
        self._places = {family: self._seat(family) for family in SEATS}
        # PERF: asked for every object of a configuration, of which there are thousands
        self._steps = {family: self._own_steps(family) for family in SEATS}
        #: who looks at the documents of an object
        self.readers = Readers(prepared.admissions, self._classes, self._look)
        self._hooks: dict[tuple[str, str], Hook] = {}
        self._drivers: dict[tuple[str, str, str], Any] = {}

    async def open(self) -> None:
        """Construct and set up every instance of a hook; one that fails takes down what uses it and nothing else."""
        self._hooks.update(await self._housing.open())
        for admission in self._prepared.admissions:
            is_hook = admission.candidate.family == "hooks" and not is_hosted(admission)
            if is_hook and admission.candidate.id in self._classes["hooks"]:
                await self._open_hook(admission)
        # NOTE: what failed before the fork has been told by who prepared it
        tell_failures(self._new_failures)

    async def close(self) -> None:
        """Tear down every instance, in the reverse order of its set-up."""
        for hook in reversed(self._hooks.values()):
            if isinstance(hook, LiveHook):
                await torn_down(hook)
        await self._housing.close()

    def chain(self, family: str, settings: Any, *, inside: str = "") -> list[Step]:
        """What stands around the terminal of an object, outermost first; ExtensionError if a part cannot be built.

        With the name of one of krakpy's own steps as `inside`, what stands inside of that one's place.
        """
        places = self._places[family]
        outer = places[f"krakpy/{inside}"] if inside else -1
        steps = [
            (place, _own_step(loaded, settings))
            for place, loaded, applies in self._steps[family]
            if applies is None or applies(settings)
        ]
        for admission in self._asked.get((family, settings.place), ()):
            step = self._asked_step(admission, settings)
            steps.append((places[admission.candidate.id], step))
        return [step for place, step in sorted(steps, key=lambda placed: placed[0]) if place > outer]

    def driver(self, family: str, settings: Any) -> Any:
        """The driver that an object names, one for all that name it; ExtensionError if it cannot be built."""
        [admission] = self._asked[family, settings.place]
        loaded, guard = self._class_of(admission), self._guard(admission)
        key = family, admission.candidate.id, admission.need.name
        if key not in self._drivers:
            self._drivers[key] = built(guard, lambda: loaded(self._decoded(admission, loaded)))
        driver = self._drivers[key]
        return driver if admission.candidate.is_first_party else GuardedDriver(driver, CONTRACTS[family].method, guard)

    def _look(self, candidate: Candidate) -> Look | None:
        loaded = self._classes.get(candidate.family, {}).get(candidate.id)
        return self._housing.look(candidate) if loaded is None else look_at(candidate.family, loaded)

    def failure(self, place: str) -> Problem | None:
        """Why what stands at a place or inside of it cannot serve, or None; the service's own place is empty."""
        return self._broken.get(place)

    def _break(self, failure: Failure) -> None:
        owner = failure.need.owner
        for place in (owner, owner.partition(".")[0]):
            self._broken.setdefault(place, failure.problem)

    def _failed(self, admission: Admission, problem: Problem) -> None:
        """Note a failure of this worker's own."""
        failure = Failure(admission.need, problem)
        self._new_failures.append(failure)
        # NOTE: what only shadows a request may not be the reason for which it is not answered
        if admission.policy.mode != "shadow":
            self._break(failure)

    def _load(self) -> dict[str, dict[str, type]]:
        """The classes by family and id: krakpy's own steps, and whatever was admitted."""
        wanted: dict[str, dict[str, Candidate]] = {family: {} for family in SEATS}
        admitted = (admission.candidate for admission in self._prepared.admissions if not is_hosted(admission))
        for candidate in (*self._own_candidates(), *admitted):
            wanted.setdefault(candidate.family, {})[candidate.id] = candidate
        return {family: dict(self._loaded(family, candidates)) for family, candidates in wanted.items()}

    def _loaded(self, family: str, candidates: Mapping[str, Candidate]) -> Iterator[tuple[str, type]]:
        manager = _VettedManager(family, candidates.values())
        for id, error in manager.failed.items():
            self._fail(family, id, Code.IMPORT_RAISED, error, "import")
        for extension in manager.extensions:
            broken = breaches(CONTRACTS[family], extension.plugin)
            if broken:
                self._fail(family, extension.name, broken[0][0], TypeError(broken[0][1]), "contract")
            else:
                yield extension.name, extension.plugin

    def _own_candidates(self) -> Iterator[Candidate]:
        for candidate in self._prepared.catalog.candidates:
            if is_own(candidate.id) and candidate.family in SEATS:
                yield candidate

    def _seat(self, family: str) -> dict[str, int]:
        """The place of every class of a seat; a stranger that asks for a circle fails."""
        places, circling = seated(self._classes[family])
        for id in circling:
            self._fail(family, id, Code.ORDER, TypeError("inside and outside ask for a circle"), "order")
            del self._classes[family][id]
        return places

    def _own_steps(self, family: str) -> list[tuple[int, Any, Callable[[Any], object] | None]]:
        """krakpy's own steps of a seat that no configuration lists, each with its place and its condition."""
        steps = ((place, self._classes[family][id]) for id, place in self._places[family].items() if is_step(id))
        return [(place, loaded, condition(loaded)) for place, loaded in steps]

    def _fail(self, family: str, id: str, code: Code, error: BaseException, what: str) -> None:
        """Note that an extension cannot be used: everything that asks for it fails."""
        if is_own(id):
            raise RuntimeError(f"krakpy's own {id} does not load") from error
        for admission in self._prepared.admissions:
            if (admission.candidate.family, admission.candidate.id) == (family, id):
                self._failed(admission, self._guard(admission).problem(code, error, what))

    def _asked_step(self, admission: Admission, settings: Any) -> Step:
        loaded, guard = self._class_of(admission), self._guard(admission)

        def build(next: Any) -> Any:
            return built(guard, lambda: loaded(self._settings(admission, loaded, settings), next))

        is_plain = replace(admission.policy, isolation="") == Policy()
        if admission.candidate.is_first_party and is_plain:
            return build
        if admission.candidate.family == "server":
            return lambda next: _server_step(build, guard, next, settings)
        return lambda next: guarded(build, guard, next)

    def _settings(self, admission: Admission, loaded: Any, settings: Any) -> Any:
        """What a middleware is built with: the object's settings, its own, and the hooks that it is to call."""
        config = self._decoded(admission, loaded)
        return msgspec.structs.replace(settings, config=config, hooks=self._listed(admission.need))

    def _class_of(self, admission: Admission) -> Any:
        try:
            return self._classes[admission.candidate.family][admission.candidate.id]
        except KeyError:
            problem = self.failure(admission.need.owner)
            assert problem is not None, "what did not load has failed"
            raise ExtensionError(problem, instance=admission.need.name) from None

    def _listed(self, need: Need) -> tuple[Hook, ...]:
        """The live hooks that a namespace lists, in its order."""
        keys = [(f"{need.place}.{name}", name) for name in listed_names(need.config)]
        return tuple(self._hooks[key] for key in keys if key in self._hooks)

    def _decoded(self, admission: Admission, loaded: Any) -> Any:
        raw = config_of(admission, self._prepared.settings.plugin)
        config, problems = settings_for(loaded, raw, admission.need.place)
        errors = [problem for problem in problems if problem.severity == "error"]
        if errors:
            raise ExtensionError(errors[0], instance=admission.need.name)
        return config

    def _guard(self, admission: Admission) -> Guard:
        return Guard(admission.need.name, admission.candidate, admission.need.place, admission.policy)

    async def _open_hook(self, admission: Admission) -> None:
        need, guard, loaded = admission.need, self._guard(admission), self._class_of(admission)
        own_log = logging.getLogger(f"krakpy.extension.{need.name.replace('/', '.')}")
        context = Context(name=need.name, log=own_log, **context_of(need, admission.candidate))
        try:
            hook = built(guard, lambda: LiveHook(loaded(self._decoded(admission, loaded), context), guard))
            await set_up(hook, context)
        except ExtensionError as error:
            self._failed(admission, error.problem)
        else:
            self._hooks[need.key] = hook


def tell_failures(failures: Iterable[Failure]) -> None:
    """Log each failure once: code, place, the sentence that names distribution and cause, instance and remedy."""
    for failure in failures:
        _tell(failure.problem, failure.need.name)


def _tell(problem: Problem, instance: str) -> None:
    event(
        log, logging.ERROR, problem.message, code=problem.code.id, place=problem.place, instance=instance,
        remedy=problem.advice,
    )


def _own_step(loaded: Any, settings: Any) -> Step:
    return lambda next: loaded(settings, next)


def _server_step(build: Step, guard: Guard, next: Any, settings: ServiceSettings) -> Any:
    """A server middleware around `next`; where it cannot be built nothing is served but the gateway's health."""
    try:
        return guarded_app(build, guard, next)
    except ExtensionError as error:
        _tell(error.problem, error.instance)
        return unavailable(error, next, settings.router)
