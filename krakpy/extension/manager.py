"""The extension manager of one worker: loads through stevedore what was admitted, and hands the seats guarded parts.

    manager = ExtensionManager(prepared)
    await manager.open()
    steps = manager.chain("backend", settings)      # outermost first, for `compose`
"""
from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import msgspec
from krakpy_sdk import Context, Disabled

from krakpy.codes import Code
from krakpy.config.settings import ServiceSettings
from krakpy.errors import ExtensionError, Problem
from krakpy.extension.blame import said
from krakpy.extension.catalog import AT_SERVICE, Candidate
from krakpy.extension.classes import Classes
from krakpy.extension.contracts import CONTRACTS, contract_of, settings_for
from krakpy.extension.declared import Look, look_at
from krakpy.extension.driver import GuardedDriver
from krakpy.extension.gates import Admission
from krakpy.extension.guard import Guard, Hook, LiveHook
from krakpy.extension.hosts import Hosts, is_hosted
from krakpy.extension.housing import Housing
from krakpy.extension.jobs import config_of, context_of
from krakpy.extension.ledger import Ledger
from krakpy.extension.ledger_watch import Watch
from krakpy.extension.lifecycle import built, set_up, torn_down
from krakpy.extension.lives import Lives
from krakpy.extension.middleware import guarded, guarded_app
from krakpy.extension.named_drivers import NamedDrivers
from krakpy.extension.needs import Failure, Need, listed_names
from krakpy.extension.preparing import Prepared
from krakpy.extension.readers import Readers
from krakpy.extension.records import Records, is_trusted
from krakpy.extension.refusal import health_of, unavailable
from krakpy.extension.seating import condition, is_own
from krakpy.extension.shared_folder import SharedFolder
from krakpy.logs import event

log = logging.getLogger("krakpy.extension")

Step = Callable[[Any], Any]


class ExtensionManager:
    """Everything that the seats get from extensions; one in each worker, built after the fork."""

    def __init__(
        self,
        prepared: Prepared,
        hosts: Hosts | None = None,
        ledger: Ledger | None = None,
        *,
        folder: Callable[[], str] | None = None,
    ) -> None:
        self._prepared = prepared
        self._folder = folder or SharedFolder.found().path
        self._records = Records(ledger)
        self._instances = tuple if ledger is None else Watch(ledger).status
        self._housing = Housing(prepared, hosts, self._records)
        self._broken: dict[str, Problem] = {}
        self._unloaded: dict[tuple[str, str], Problem] = {}
        self._new_failures: list[Failure] = []
        for failure in prepared.failures:
            self._break(failure)
        self._asked: dict[tuple[str, str], list[Admission]] = {}
        for admission in prepared.admissions:
            self._asked.setdefault((admission.candidate.slot, admission.need.owner), []).append(admission)
        offers = prepared.offers()
        self._classes = Classes(prepared, offers, self._fail)
        #: who looks at the documents of an object
        self.readers = Readers(prepared.admissions, self._classes.by_family, self._look, self._applies)
        self._lives = Lives()
        self._named = NamedDrivers(offers, self._lives, load=self._named_class, guard=self._guard)
        self._hooks: dict[tuple[str, str], Hook] = {}
        #: every instance of a hook that is open, by the key of its need
        self.hooks: Mapping[tuple[str, str], Hook] = self._hooks
        self._drivers: dict[tuple[str, str, str], Any] = {}

    async def open(self) -> None:
        """Construct and set up every instance of a hook; one that fails takes down what uses it and nothing else."""
        self._records.open()
        self._hooks.update(await self._housing.open())
        for admission in self._prepared.admissions:
            is_hook = admission.candidate.family == "hooks" and not is_hosted(admission)
            if is_hook and self._classes.of(admission.candidate) is not None:
                await self._open_hook(admission)
        # NOTE: what failed before the fork has been told by who prepared it
        tell_failures(self._new_failures)

    async def begin(self) -> bool:
        """Set up whatever was built for the seats; False if something failed at that, which can be built no more.

        Then all is torn down again, and the seats have to be built anew: what needs it has no chain.
        """
        is_well = await self._lives.begin()
        if not is_well:
            await self._lives.end()
            self._named.forget()
            self._drivers.clear()
        return is_well

    def statuses(self) -> tuple[tuple[Guard, Mapping[str, object]], ...]:
        """What middlewares and drivers say of themselves (`status`)."""
        return tuple(self._lives.statuses())

    async def close(self) -> None:
        """Tear down every instance, in the reverse order of its set-up."""
        await self._lives.end()
        for hook in reversed(self._hooks.values()):
            if isinstance(hook, LiveHook):
                await torn_down(hook)
        await self._housing.close()
        self._records.close()

    def chain(self, family: str, settings: Any, *, inside: str = "") -> list[Step]:
        """What stands around the terminal of an object, outermost first; ExtensionError if a part cannot be built.

        With the name of one of krakpy's own steps as `inside`, what stands inside of that one's place.
        """
        places = self._classes.places[family]
        outer = places[f"krakpy/{inside}"] if inside else -1
        steps = [
            (place, _own_step(loaded, settings))
            for place, loaded, applies in self._classes.steps[family]
            if applies is None or applies(settings)
        ]
        asked = self._asked.get((family, settings.place), ())
        for admission in (*asked, *self._asked.get((f"{family}{AT_SERVICE}", ""), ())):
            if self._applies(admission, settings):
                step = self._asked_step(admission, settings)
                steps.append((places[admission.candidate.id], step))
        return [step for place, step in sorted(steps, key=lambda placed: placed[0]) if place > outer]

    def driver(self, family: str, settings: Any) -> Any:
        """The driver that an object names, one for all that name it; ExtensionError if it cannot be built."""
        [admission] = self._asked[family, settings.place]
        loaded, guard = self._class_of(admission), self._guard(admission)
        key = family, admission.candidate.id, admission.need.name
        self._lives.check(key)
        if key not in self._drivers:
            self._drivers[key] = built(guard, lambda: loaded(self._decoded(admission, loaded)))
            self._lives.add(key, self._drivers[key], guard, is_driver=True)
        driver, methods = self._drivers[key], (CONTRACTS[family].method,)
        return driver if admission.candidate.is_first_party else GuardedDriver(driver, methods, guard)

    def _look(self, candidate: Candidate) -> Look | None:
        loaded = self._classes.of(candidate)
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

    def _fail(self, family: str, id: str, code: Code, error: BaseException, what: str) -> None:
        """Note that an extension cannot be used: everything that asks for it fails."""
        if is_own(id):
            raise RuntimeError(f"krakpy's own {id} does not load") from error
        # NOTE: krakpy's own drivers are loaded without being named; who asks for one is told
        self._unloaded[family, id] = Problem(code, id, f"{id} {what}: {said(error)}")
        for admission in self._prepared.admissions:
            if (admission.candidate.family, admission.candidate.id) == (family, id):
                problem = self._guard(admission).problem(code, error, what)
                self._unloaded[family, id] = problem
                self._failed(admission, problem)

    def _asked_step(self, admission: Admission, settings: Any) -> Step:
        loaded, guard = self._class_of(admission), self._guard(admission)
        key = admission.candidate.family, admission.candidate.id, admission.need.place, settings.place

        def build(next: Any) -> Any:
            self._lives.check(key)
            try:
                middleware = built(guard, lambda: loaded(self._settings(admission, loaded, settings), next))
            except Disabled as error:
                # NOTE: who has tried it before the start has told so
                return error.instead or next
            self._lives.add(key, middleware, guard)
            return middleware

        if admission.candidate.family == "server":
            wrap = build if is_trusted(admission) else partial(_guarded_app, build, guard, settings)
            return lambda next: _server_step(wrap, next, settings)
        return build if is_trusted(admission) else lambda next: guarded(build, guard, next)

    def _applies(self, admission: Admission, settings: Any) -> bool:
        """Whether a middleware is in the chain of an object, as it says itself; everything else always is."""
        if contract_of(admission.candidate.family).kind != "middleware":
            return True
        loaded, guard = self._class_of(admission), self._guard(admission)
        applies = condition(loaded)
        if applies is None:
            return True
        return built(guard, lambda: bool(applies(self._settings(admission, loaded, settings))))

    def _settings(self, admission: Admission, loaded: Any, settings: Any) -> Any:
        """What a middleware is built with: the object's settings, its own, and the hooks that it is to call."""
        return msgspec.structs.replace(
            settings,
            config=self._decoded(admission, loaded),
            hooks=self._listed(admission.need),
            log=_log_of(admission.need),
            driver=self._named,
            folder=self._folder,
            instances=self._instances,
        )

    def _class_of(self, admission: Admission) -> Any:
        loaded = self._classes.of(admission.candidate)
        if loaded is None:
            problem = self._unloaded.get((admission.candidate.family, admission.candidate.id))
            assert problem is not None, "what did not load has failed"
            raise ExtensionError(problem, instance=admission.need.name)
        return loaded

    def _named_class(self, admission: Admission) -> tuple[Any, Any]:
        return self._class_of(admission), self._classes.protocol(admission.candidate.family)

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
        record = self._records.of(admission)
        return Guard(admission.need.name, admission.candidate, admission.need.place, admission.policy, record)

    async def _open_hook(self, admission: Admission) -> None:
        need, guard, loaded = admission.need, self._guard(admission), self._class_of(admission)
        context = Context(name=need.name, log=_log_of(need), **context_of(need, admission.candidate))
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


def _log_of(need: Need) -> logging.Logger:
    return logging.getLogger(f"krakpy.extension.{need.name.replace('/', '.')}")


def _own_step(loaded: Any, settings: Any) -> Step:
    return lambda next: loaded(settings, next)


def _guarded_app(build: Step, guard: Guard, settings: ServiceSettings, next: Any) -> Any:
    return guarded_app(build, guard, next, health=health_of(settings.router))


def _server_step(build: Step, next: Any, settings: ServiceSettings) -> Any:
    """A server middleware around `next`; where it cannot be built nothing is served but the gateway's health."""
    try:
        return build(next)
    except ExtensionError as error:
        _tell(error.problem, error.instance)
        return unavailable(error, next, settings.router)
