"""How deep the answers of each backend are opened: decided once, at start, from what looks at their documents.

    depths(endpoint, extensions.readers)[0]     # Depth(Opening(user=Opening())), or Depth(None, "acme-geo/geo")

Who looks: the backend's own manipulations, extensions by the `paths` that they declare, the endpoint's flatmap filter,
and later backends of a sequence. What nobody looks at is written to the client as the bytes that it is.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from krakpy.config.model_proxy import FlatmapOperation
from krakpy.config.settings import BackendSettings, EndpointSettings, ServiceSettings
from krakpy.encoding.branches import EVERY
from krakpy.encoding.opening import Opening
from krakpy.endpoint.pipeline import answering, shadowing
from krakpy.endpoint.propagation import sources
from krakpy.extension.readers import Reader

Path = tuple[str, ...]

Readers = Callable[[str, Any], Iterable[Reader]]
"""Gives who may look at the documents of an object in the seat `endpoint` or `backend`."""


class Depth(NamedTuple):
    """How deep the answers of one backend are opened."""

    opening: Opening | None
    """The parts that are opened; None: everything."""

    because: str = ""
    """Who needs everything."""

    def as_dict(self) -> dict[str, object]:
        """The stable JSON form: opened paths, and which of them with everything in them; null if all is opened."""
        if self.opening is None:
            return {"paths": None, "whole": None, "because": self.because}
        paths = list(self.opening.paths())
        return {
            "paths": [path for path, _ in paths], "whole": [path for path, is_whole in paths if is_whole], "because": ""
        }

    def __str__(self) -> str:
        if self.opening is None:
            return f"everything because {self.because} reads it"
        paths = [f"{path} (all)" if is_whole else path for path, is_whole in self.opening.paths()]
        return ", ".join(paths) or "the first level"


class _Look(NamedTuple):
    """One look at a document."""

    path: Path
    is_whole: bool
    """Whether it is at the value with everything in it; else it tells the members of an object apart."""
    by: str


def depths(endpoint: EndpointSettings, readers: Readers) -> tuple[Depth, ...]:
    """The depth of each backend of an endpoint; its shadow backends are an endpoint of their own."""
    after = [*_of_readers(readers("endpoint", endpoint)), *_of_flatmap(endpoint)]
    found = []
    for backend, propagated in zip(endpoint.backends, _propagated(endpoint), strict=True):
        looks = [look for of_answer in (*after, *propagated) for look in _before_formatting(of_answer, backend)]
        found.append(_sum((*_of_backend(backend, readers("backend", backend)), *looks)))
    return tuple(found)


def depths_of(service: ServiceSettings, readers: Readers) -> dict[str, Depth]:
    """The depth of every backend whose answers are decoded, by its place in the configuration."""
    found = {}
    for endpoint in service.endpoints:
        for pipe in (answering(endpoint), shadowing(endpoint)):
            for backend, depth in zip(pipe.backends, depths(pipe, readers), strict=True):
                if not backend.is_no_op:
                    found[backend.place] = depth
    return found


def _sum(looks: Iterable[_Look]) -> Depth:
    opening = Opening()
    for path, is_whole, by in looks:
        if not is_whole:
            opening.level(path)
        elif path:
            opening.value(path)
        else:
            return Depth(None, by)
    return Depth(opening)


def _of_readers(readers: Iterable[Reader]) -> Iterator[_Look]:
    for reader in readers:
        for path in (None,) if reader.paths is None else reader.paths:
            yield _Look(_parts(path) if path else (), True, reader.id)


def _of_backend(backend: BackendSettings, readers: Iterable[Reader]) -> Iterator[_Look]:
    """What is looked at before the answer leaves the backend's seat."""
    yield from _of_manipulations(backend)
    for look in _of_readers(readers):
        # NOTE: where a middleware stands is its own affair: it may see the document before or after it is formatted
        yield look
        yield from _before_formatting(look, backend)


def _of_manipulations(backend: BackendSettings) -> Iterator[_Look]:
    target = _parts(backend.target)
    yield _Look(target, False, "target")
    operations = _named(backend.proxy.flatmap_filter)
    for name in _first_names(operations):
        yield _Look((*target, *name), True, "flatmap_filter")
    for path in () if operations else backend.allow or backend.deny:
        yield _Look((*target, *_parts(path)[:-1]), False, "allow or deny")


def _of_flatmap(endpoint: EndpointSettings) -> Iterator[_Look]:
    operations = _named(endpoint.proxy.flatmap_filter) if len(endpoint.backends) > 1 else []
    return (_Look(name, True, "flatmap_filter") for name in _first_names(operations))


def _named(operations: Sequence[FlatmapOperation]) -> list[FlatmapOperation]:
    return [operation for operation in operations if operation.type]


def _first_names(operations: Iterable[FlatmapOperation]) -> Iterator[Path]:
    """The first names of all paths, since a filter may reach anything below them; none for `*`, which is every name."""
    for operation in operations:
        for path in operation.args:
            name = path.partition(".")[0]
            yield () if name == EVERY else (name,)


def _propagated(endpoint: EndpointSettings) -> list[list[_Look]]:
    """For each backend, what later backends of a sequence need of its answer."""
    patterns = [backend.url_pattern for backend in endpoint.backends]
    found: list[list[_Look]] = [[] for _ in patterns]
    for needed in sources(patterns, endpoint.sequential_propagated_params):
        for source in needed:
            found[source.backend] += _of_value(source.path)
    return found


def _of_value(path: Path) -> Iterator[_Look]:
    # NOTE: the last name is looked up wherever the way ends: see `value_at`. The whole of a raw body has no path
    for length in range(len(path)):
        yield _Look((*path[:length], path[-1]), True, "a later backend")


def _before_formatting(look: _Look, backend: BackendSettings) -> Iterator[_Look]:
    """Where a look at a formatted answer falls in the document that the backend answered; it may be nowhere."""
    target, path = _parts(backend.target), look.path
    if not path:
        yield look
        return
    if backend.group:
        if path[0] != backend.group:
            return
        path = path[1:]
    for name in _former_names(path[:1], backend):
        yield look._replace(path=(*target, *name, *path[1:]))


def _former_names(name: Path, backend: BackendSettings) -> list[Path]:
    """The names that a member may have had before `mapping`, its own among them."""
    names = [name]
    # NOTE: where a filter stands in place of `mapping`, what it renames is opened as a whole already
    mapping = {} if _named(backend.proxy.flatmap_filter) else backend.mapping
    for old, new in reversed(list(mapping.items())):
        if (new.partition(".")[0],) in names:
            names.append((old,))
    return names


def _parts(path: str) -> Path:
    return tuple(path.split(".")) if path else ()
