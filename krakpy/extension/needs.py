"""What a configuration asks for, told from the configuration alone: nothing is looked up or imported."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from krakpy.codes import Code
from krakpy.config.fields import is_comment
from krakpy.config.manipulation import MERGERS
from krakpy.config.model_proxy import EndpointProxy
from krakpy.config.namespaces import Level
from krakpy.config.settings import BackendSettings, EndpointSettings, ServiceSettings
from krakpy.errors import Problem

#: the families of middlewares that may answer a namespace at each level of the configuration
FAMILIES: Mapping[Level, tuple[str, ...]] = {
    "service": ("server", "router@service", "endpoint@service", "backend@service", "client@service"),
    "endpoint": ("router", "endpoint"),
    "backend": ("backend", "client"),
}

#: the namespaces that list hooks (with their level), and the hooks that each of them calls
HOOK_LISTS: Mapping[str, tuple[str, ...]] = {
    "plugin/http-server@service": ("http_request", "http_response", "log"),
    "plugin/req-resp-modifier@endpoint": ("endpoint_request", "endpoint_response", "log"),
    "plugin/req-resp-modifier@backend": ("backend_request", "backend_response"),
    "plugin/http-client@backend": ("execute",),
}

#: those namespaces alone
LISTING = frozenset(key.partition("@")[0] for key in HOOK_LISTS)

_SEATS: Mapping[str, str] = {
    "http_request": "server", "endpoint_request": "endpoint", "backend_request": "backend", "execute": "client",
}


@dataclass(frozen=True, slots=True)
class Need:
    """One extension that one object of the configuration asks for."""

    families: tuple[str, ...]
    name: str
    """As written: a short name, a canonical id, or an alias of `plugin.instances`."""
    place: str
    """Where it is asked for: `endpoints[0].extra_config.acme/retry`."""
    settings: ServiceSettings | EndpointSettings | BackendSettings
    """The object that asks."""
    config: Any = None
    hooks: tuple[str, ...] = ()
    """For hooks: those that can be called here; it must have one of them."""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from every other need of a configuration."""
        return self.place, self.name

    @property
    def owner(self) -> str:
        """The place of the object that asks; empty for the service."""
        return self.settings.place

    @property
    def seat(self) -> str:
        """Where it will run: `server`, `endpoint`, `backend`, `client` …"""
        return _SEATS[self.hooks[0]] if self.hooks else self.families[0]


@dataclass(frozen=True, slots=True)
class Failure:
    """A need that will not be met, and why: what stands at its place answers 503."""

    need: Need
    problem: Problem


def needs_of(service: ServiceSettings) -> tuple[tuple[Need, ...], tuple[Failure, ...]]:
    """Every need of a configuration in the order of the file, and those that are not written as they should be."""
    found = list(_of_service(service))
    return (
        tuple(item for item in found if isinstance(item, Need)),
        tuple(item for item in found if isinstance(item, Failure)),
    )


def listed_names(value: Any) -> tuple[str, ...]:
    """The names in the `name` of a namespace that lists hooks; empty if it is not written as it should be."""
    names = value.get("name") if isinstance(value, Mapping) else None
    names = [names] if isinstance(names, str) else names
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        return ()
    return tuple(names)


def _of_service(service: ServiceSettings) -> Iterator[Need | Failure]:
    yield from _namespaces(service, "service")
    for endpoint in service.endpoints:
        yield from _of_endpoint(endpoint)


def _of_endpoint(endpoint: EndpointSettings) -> Iterator[Need | Failure]:
    place = endpoint.place
    yield from _namespaces(endpoint, "endpoint")
    if not endpoint.is_no_op:
        yield Need(("renderer",), endpoint.output_encoding, f"{place}.output_encoding", endpoint)
    if len(endpoint.backends) > 1:
        yield Need(("merger",), _merger(endpoint.proxy), f"{place}.extra_config.proxy.strategy", endpoint)
    for backend in endpoint.backends:
        yield from _of_backend(backend)


def _merger(proxy: EndpointProxy) -> str:
    """The name of what asks the backends. `sequential` decides between KrakenD's two, whatever `strategy` says."""
    if proxy.strategy in MERGERS:
        return "sequential" if proxy.sequential else "parallel"
    return proxy.strategy


def _of_backend(backend: BackendSettings) -> Iterator[Need | Failure]:
    place = backend.place
    yield from _namespaces(backend, "backend")
    yield Need(("discovery",), backend.sd or "static", f"{place}.sd", backend)
    if not backend.is_no_op:
        yield Need(("decoder",), backend.encoding or "json", f"{place}.encoding", backend)


def _namespaces(
    settings: ServiceSettings | EndpointSettings | BackendSettings, level: Level
) -> Iterator[Need | Failure]:
    for namespace, value in settings.extra_config.items():
        place = f"{settings.place}.extra_config.{namespace}".lstrip(".")
        yield Need(FAMILIES[level], namespace, place, settings, value)
        hooks = HOOK_LISTS.get(f"{namespace}@{level}")
        if hooks:
            yield from _listed(settings, value, place, hooks)


def _listed(
    settings: ServiceSettings | EndpointSettings | BackendSettings, value: Any, place: str, hooks: tuple[str, ...]
) -> Iterator[Need | Failure]:
    names = listed_names(value)
    if not names:
        remedy = 'write {"name": ["geo"], "geo": {…}}'
        problem = Problem(Code.WRONG_TYPE, f"{place}.name", "a list of extension names is expected", remedy)
        yield Failure(Need(("hooks",), "", f"{place}.name", settings, hooks=hooks), problem)
        return
    for name in dict.fromkeys(names):
        yield Need(("hooks",), name, f"{place}.{name}", settings, value.get(name), hooks)
    for key in value:
        if key != "name" and key not in names and not is_comment(key):
            problem = Problem(Code.UNKNOWN_KEY, f"{place}.{key}", "is not in `name`", f"add {key!r} to {place}.name")
            yield Failure(Need(("hooks",), key, problem.place, settings, hooks=hooks), problem)
