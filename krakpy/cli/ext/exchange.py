"""One request through one extension: the configuration that puts it where it belongs, and the exchange as a document.

    trial = Trial(candidate, hooks=("endpoint_request",), tier="process", settings={"header": "X-Country"})
    trial.configuration(asked)                        # what krakpy would serve
    trial.configuration(asked, with_extension=False)  # the same without it
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from krakpy.extension.catalog import Candidate
from krakpy.extension.contracts import CONTRACTS
from krakpy.extension.needs import HOOK_LISTS

#: the host that no configuration of this command reaches: a script answers for it
UPSTREAM = "http://upstream.test"
#: where a namespace of each family stands; a middleware of the service says so in its name
_LEVELS = {"server": "service", "router": "endpoint", "endpoint": "endpoint", "backend": "backend", "client": "backend"}
#: what a driver is asked by
_DRIVERS = ("decoder", "renderer", "merger", "discovery")


class NoPlace(Exception):
    """No request passes an extension of this family; the text says so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a client asks, and what the backend answers."""

    method: str = "GET"
    target: str = "/test"
    """Path and query."""
    endpoint: str = ""
    """The endpoint, where it is not the path itself: `/users/{id}`."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    answer: str = '{"message": "hello"}'
    answer_status: int = 200
    answer_headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """One extension, where it runs and with what."""

    candidate: Candidate
    hooks: tuple[str, ...] = ()
    tier: str = "inproc"
    settings: Any = None
    timeout: str = ""

    def configuration(self, asked: Asked, *, with_extension: bool = True) -> dict[str, Any]:
        """The configuration in which one endpoint has the extension; NoPlace if no request would pass it."""
        path = asked.target.partition("?")[0]
        backend: dict[str, Any] = {"host": [UPSTREAM], "url_pattern": path, "extra_config": {}}
        endpoint: dict[str, Any] = {
            "endpoint": asked.endpoint or path, "method": asked.method, "input_headers": ["*"],
            "input_query_strings": ["*"], "backend": [backend], "extra_config": {},
        }  # fmt: skip
        service: dict[str, Any] = {"version": 3, "name": "trial", "endpoints": [endpoint], "extra_config": {}}
        if asked.endpoint:
            backend["url_pattern"] = asked.endpoint
        if with_extension:
            service["plugin"] = {"instances": {self.candidate.id: self._instance()}}
            self._place({"service": service, "endpoint": endpoint, "backend": backend})
        return service

    def _instance(self) -> dict[str, Any]:
        instance: dict[str, Any] = {"isolation": self.tier}
        if self.timeout:
            instance["timeout"] = self.timeout
        if self.tier == "venv":
            instance["python"] = self.candidate.python
        if self.candidate.family in _DRIVERS and self.settings is not None:
            instance["config"] = self.settings
        # NOTE: krakpy's own run in the worker, and nobody has to allow that
        return {} if self.candidate.is_first_party else instance

    def _place(self, objects: Mapping[str, dict[str, Any]]) -> None:
        candidate, family = self.candidate, self.candidate.family
        contract = CONTRACTS.get(family)
        if contract is None or (contract.kind == "driver" and family not in _DRIVERS):
            raise NoPlace(f"{candidate.id} is a {family}: no single request passes it")
        if contract.kind == "hook":
            self._list(objects)
        elif contract.kind == "middleware":
            level = "service" if candidate.slot.endswith("@service") else _LEVELS[family]
            objects[level]["extra_config"][candidate.answers] = {} if self.settings is None else self.settings
        else:
            _name(family, candidate.name, objects)

    def _list(self, objects: Mapping[str, dict[str, Any]]) -> None:
        """List a hook wherever one of its methods is called; one that only logs at the endpoint."""
        for key, called in HOOK_LISTS.items():
            namespace, _, level = key.partition("@")
            own = set(called) & set(self.hooks)
            if own - {"log"} or (own and not set(self.hooks) - {"log"} and level == "endpoint"):
                name = self.candidate.id
                listed = {"name": [name]} | ({} if self.settings is None else {name: self.settings})
                objects[level]["extra_config"][namespace] = listed


def _name(family: str, name: str, objects: Mapping[str, dict[str, Any]]) -> None:
    endpoint, backend = objects["endpoint"], objects["backend"]
    if family == "decoder":
        backend["encoding"] = name
    elif family == "renderer":
        endpoint["output_encoding"] = name
    elif family == "discovery":
        backend["sd"] = name
    else:
        endpoint["extra_config"]["proxy"] = {"strategy": name}
        endpoint["backend"] = [{**backend, "group": "a"}, {**backend, "group": "b"}]
