"""Who looks at the decoded documents of an object, and at which part of them.

    readers = Readers(admissions, steps, look)
    list(readers("endpoint", settings))     # [Reader("acme-geo/geo", None)]: it looks at the whole document
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from krakpy.extension.catalog import AT_SERVICE, Candidate
from krakpy.extension.declared import Look, paths_of
from krakpy.extension.gates import Admission
from krakpy.extension.seating import condition, is_step

#: the families whose classes may look at documents, by the seat of the object that asks for them
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "endpoint": ("endpoint", "hooks", "merger", "renderer"), "backend": ("backend", "hooks", "decoder"),
}
#: the hooks that are given a document
_GIVEN_DOCUMENTS = frozenset({"endpoint_response", "backend_response", "log"})


class Reader(NamedTuple):
    """One extension that may look."""

    id: str
    """`distribution/name`."""

    paths: tuple[str, ...] | None
    """The dotted paths that it declares; None for the whole document."""


class Readers:
    """Gives the readers of an object: krakpy's own `steps` of its seat, by seat and id, and what it asks for itself.

    `look` says what a candidate's class declares; None for a class that will never be called. `applies` says whether an
    extension is in the chain of an object.
    """

    def __init__(
        self,
        admissions: Iterable[Admission],
        steps: Mapping[str, Mapping[str, Any]],
        look: Callable[[Candidate], Look | None],
        applies: Callable[[Admission, Any], bool] = lambda _, __: True,
    ) -> None:
        self._asked: dict[tuple[str, str], list[Admission]] = {}
        for admission in admissions:
            self._asked.setdefault((admission.candidate.slot, admission.need.owner), []).append(admission)
        # PERF: asked for every object of a configuration: what the ids and classes say is read once
        self._steps = {
            seat: [(Reader(id, paths_of(loaded)), condition(loaded)) for id, loaded in own.items() if is_step(id)]
            for seat, own in steps.items()
            if seat in FAMILIES
        }
        self._look = look
        self._applies = applies

    def __call__(self, seat: str, settings: Any) -> Iterator[Reader]:
        """Those of an object in the seat `endpoint` or `backend`."""
        for reader, applies in self._steps[seat]:
            if applies is None or applies(settings):
                yield reader
        for family in FAMILIES[seat]:
            asked = self._asked.get((family, settings.place), ())
            for admission in (*asked, *self._asked.get((f"{family}{AT_SERVICE}", ""), ())):
                if self._applies(admission, settings):
                    yield from self._reader(admission)

    def _reader(self, admission: Admission) -> Iterator[Reader]:
        candidate = admission.candidate
        look = self._look(candidate)
        if look is None:
            return
        if candidate.family == "hooks" and not _GIVEN_DOCUMENTS.intersection(admission.need.hooks, look.hooks):
            return
        # NOTE: of a third party's decoder only `decode` is called: see `krakpy.extension.driver`
        is_closed = candidate.family == "decoder" and not candidate.is_first_party
        yield Reader(candidate.id, None if is_closed else look.paths)
