"""The classes of one worker: krakpy's own steps and whatever was admitted, and the place of each in its seat.

    classes = Classes(prepared, fail)       # `fail` is told of each that does not load, or has no place
    classes.of(candidate), classes.places["backend"]["krakpy/url_pattern"]
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any

from krakpy.codes import Code
from krakpy.extension.catalog import Candidate
from krakpy.extension.contracts import CONTRACTS, breaches
from krakpy.extension.hosts import is_hosted
from krakpy.extension.locking import gate_of
from krakpy.extension.offers import Offers
from krakpy.extension.preparing import Prepared
from krakpy.extension.protocols import driver_breaches
from krakpy.extension.seating import SEATS, condition, is_own, is_step, seated
from krakpy.extension.vetted import VettedManager, imported

Fail = Callable[[str, str, Code, BaseException, str], None]
"""Is told family, id, code, cause and what was done with it."""


class Classes:
    """Everything that is imported here, by family and id."""

    def __init__(self, prepared: Prepared, offers: Offers, fail: Fail) -> None:
        self._prepared = prepared
        self._offers = offers
        self._fail = fail
        self._protocols: dict[str, Any] = {}
        self._lock = gate_of(prepared.settings.plugin)
        self.by_family: dict[str, dict[str, type]] = self._load()
        self.places = {family: self._seat(family) for family in SEATS}

    def of(self, candidate: Candidate) -> type | None:
        """The class of an extension; None if it has failed, or runs in a host. What was not named is loaded now."""
        family = self.by_family.setdefault(candidate.family, {})
        if candidate.id not in family and candidate.is_first_party and candidate.family in self._offers.names:
            family.update(self._loaded(candidate.family, [candidate]))
        return family.get(candidate.id)

    def protocol(self, family: str) -> Any:
        """What the drivers of a family have that packages ask for by name."""
        if family not in self._protocols:
            self._protocols[family] = imported(self._offers.protocols[family])
        return self._protocols[family]

    @cached_property
    def steps(self) -> dict[str, list[tuple[int, Any, Callable[[Any], object] | None]]]:
        """krakpy's own steps of each seat that no configuration lists, each with its place and its condition."""
        # PERF: asked for every object of a configuration, of which there are thousands
        return {family: [self._step(family, id) for id in self.places[family] if is_step(id)] for family in SEATS}

    def _step(self, family: str, id: str) -> tuple[int, Any, Callable[[Any], object] | None]:
        loaded = self.by_family[family][id]
        return self.places[family][id], loaded, condition(loaded)

    def _load(self) -> dict[str, dict[str, type]]:
        wanted: dict[str, dict[str, Candidate]] = {family: {} for family in SEATS}
        admitted = (admission.candidate for admission in self._prepared.admissions if not is_hosted(admission))
        for candidate in (*self._own_candidates(), *admitted):
            wanted.setdefault(candidate.family, {})[candidate.id] = candidate
        return {family: dict(self._loaded(family, candidates.values())) for family, candidates in wanted.items()}

    def _loaded(self, family: str, candidates: Iterable[Candidate]) -> Iterator[tuple[str, type]]:
        manager = VettedManager(family, list(self._locked(family, candidates)))
        for id, error in manager.failed.items():
            self._fail(family, id, Code.IMPORT_RAISED, error, "import")
        for extension in manager.extensions:
            broken = self._breaches(family, extension.plugin)
            if broken:
                self._fail(family, extension.name, broken[0][0], TypeError(broken[0][1]), "contract")
            else:
                yield extension.name, extension.plugin

    def _locked(self, family: str, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
        """Those that are what a lock says, if there is one."""
        for candidate in candidates:
            # SECURITY: a worker may be replaced days after its master has compared them
            change = None if self._lock is None or candidate.is_first_party else self._lock.refusal(candidate)
            if change is None:
                yield candidate
            else:
                self._fail(family, candidate.id, change.code, ImportError(change.message), "lock")

    def _breaches(self, family: str, loaded: object) -> list[tuple[Code, str]]:
        if family in CONTRACTS:
            return breaches(CONTRACTS[family], loaded)
        if family not in self._offers.protocols:
            return [(Code.BAD_ENTRY_POINT, f"nobody whose code may be imported says what a {family} driver is")]
        try:
            return driver_breaches(self.protocol(family), loaded)
        except ImportError as error:
            return [(Code.BAD_ENTRY_POINT, f"the Protocol of {family} drivers cannot be imported: {error}")]

    def _own_candidates(self) -> Iterator[Candidate]:
        for candidate in self._prepared.catalog.candidates:
            if is_own(candidate.id) and candidate.family in SEATS:
                yield candidate

    def _seat(self, family: str) -> dict[str, int]:
        """The place of every class of a seat; a stranger that asks for a circle fails."""
        places, circling = seated(self.by_family[family])
        for id in circling:
            self._fail(family, id, Code.ORDER, TypeError("inside and outside ask for a circle"), "order")
            del self.by_family[family][id]
        return places
