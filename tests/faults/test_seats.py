"""The same faults at the other seats: middlewares, drivers, hooks of backends and of the whole service."""
from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.distributions import HOOK, Site

from .extensions import endpoint
from .gateways import Gateway, written
from .strict_client import Answer, Bystanders, ask_once
from .upstream import Upstream

MIDDLEWARE = """
import os
from krakpy_sdk import RejectedError

class Middleware:
    def __init__(self, settings, next):
        self.next = next

    async def __call__(self, request):
        {body}
"""
DECODER = """
class Decoder:
    def __init__(self, config): ...

    def decode(self, body, is_collection):
        {body}
"""
SKIPPED = f"{HOOK}\n    def endpoint_request(self, request): raise ValueError('secret-42')"
BACKEND_HOOK = f"{HOOK}\n    endpoint_request = None\n    def backend_request(self, request): raise SystemExit(3)"
EXECUTING = f"{HOOK}\n    endpoint_request = None\n    def execute(self, request): return 5"
INPROC = {"isolation": "inproc"}

#: name -> (group, source, where its endpoint asks for it, the status of its answers)
SEATS = {
    "router_raises": ("router", MIDDLEWARE.format(body="raise ValueError('secret-42')"), 500),
    "router_exits": ("router", MIDDLEWARE.format(body="raise SystemExit(3)"), 500),
    "router_refuses": ("router", MIDDLEWARE.format(body="raise RejectedError('no token', status=401)"), 401),
    "endpoint_returns": ("endpoint", MIDDLEWARE.format(body="return 5"), 502),
    "backend_raises": ("backend", MIDDLEWARE.format(body="raise KeyboardInterrupt"), 500),
    "client_raises": ("client", MIDDLEWARE.format(body="raise ValueError('secret-42')"), 500),
    "backend_import": ("backend", "import os; os._exit(3)", 503),
    "decoder_raises": ("decoder", DECODER.format(body="raise KeyError('secret-42')"), 500),
    "decoder_returns": ("decoder", DECODER.format(body="return 5"), 502),
    "decoder_import": ("decoder", "import acme_gone", 503),
    "backend_hook": ("hooks", BACKEND_HOOK, 500),
    "execute_hook": ("hooks", EXECUTING, 502),
    "skipped": ("hooks", SKIPPED, 200),
    "shadowed": ("hooks", SKIPPED, 200),
    "shadow_import": ("hooks", "raise SystemExit", 200),
    "switched_off": ("hooks", "raise SystemExit", 200),
}
POLICIES = {"skipped": {"on_error": "skip"}, "shadowed": {"mode": "shadow"}, "shadow_import": {"mode": "shadow"},
            "switched_off": {"mode": "off"}}  # fmt: skip
CLASSES = {"decoder": "Decoder", "hooks": "Hook"}
FAILING = {name: status for name, (_, _, status) in SEATS.items() if status >= 500}


def entry_of(name: str) -> str:
    """The entry point's name: a namespace for middlewares."""
    return name if SEATS[name][0] in CLASSES else f"acme/{name}"


def listing(name: str, port: int) -> dict[str, Any]:
    """The endpoint that uses an extension at its seat."""
    family, built = SEATS[name][0], endpoint(name, port)
    [backend] = built["backend"]
    if family == "decoder":
        backend["encoding"] = name
    elif name == "backend_hook":
        backend["extra_config"] = {"plugin/req-resp-modifier": {"name": name}}
    elif name == "execute_hook":
        backend["extra_config"] = {"plugin/http-client": {"name": name}}
    elif family == "hooks":
        built["extra_config"] = {"plugin/req-resp-modifier": {"name": [name]}}
    else:
        where = backend if family in ("backend", "client") else built
        where["extra_config"] = {entry_of(name): {}}
    return built


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[tuple[dict[str, Answer], list[str], dict[str, int], Gateway]]:
    """The answer of each endpoint, what bystanders lost meanwhile, and what the upstream was asked."""
    folder = tmp_path_factory.mktemp("seats")
    site = Site(folder / "site")
    for name, (family, source, _) in SEATS.items():
        target = f"acme_{name}:{CLASSES.get(family, 'Middleware')}"
        parts: dict[str, Any] = {family: {entry_of(name): target}, "modules": {f"acme_{name}.py": source}}
        site.add(f"acme-{name}", **parts)
    instances = {f"acme-{name.replace('_', '-')}/{entry_of(name)}": INPROC | POLICIES.get(name, {}) for name in SEATS}
    with Upstream() as upstream:
        routes = [endpoint("fine", upstream.port), *(listing(name, upstream.port) for name in SEATS)]
        config = written(folder, {"plugin": {"instances": instances}, "endpoints": routes})
        with Gateway(config, site=site.path) as gateway:
            answers, lost = asyncio.run(ask_all(gateway.port))
            yield answers, lost, dict(upstream.hits), gateway


async def ask_all(port: int) -> tuple[dict[str, Answer], list[str]]:
    async with Bystanders(port) as tally:
        answers = {name: await ask_once(port, f"/{name}/1") for name in SEATS}
    return answers, tally.lost


def test_bystanders_lose_nothing(served):
    assert served[1] == []
    assert served[3].events("worker died") == []


@pytest.mark.parametrize("name", SEATS)
def test_a_failure_has_the_status_of_its_kind_and_what_may_be_missed_is_missed(served, name):
    answer = served[0][name]
    assert answer.status == SEATS[name][2]
    if answer.status == 200:
        assert answer.json() == {"nonce": "1"}
    elif answer.status >= 500:
        assert set(answer.json()) == {"type", "title", "status", "code"}
        assert b"secret" not in answer.body


@pytest.mark.parametrize("name", [name for name in FAILING if not name.startswith("decoder_r")])
def test_nothing_gets_past_what_failed(served, name):  # X-47
    assert served[2].get(name, 0) == 0


@pytest.mark.parametrize("name", FAILING)
def test_the_log_names_the_distribution_and_what_mends_it(served, name):
    [first, *_] = served[3].events(f"acme-{name.replace('_', '-')} 1.0.0 ({entry_of(name)}")
    assert first["remedy"]


def service(folder, source: str, port: int) -> tuple[Site, dict[str, Any]]:
    """A hook of the whole service that does this."""
    site = Site(folder / "site")
    site.add("acme-guard", hooks={"guard": "acme_guard:Guard"}, modules={"acme_guard.py": source})
    extra = {"plugin/http-server": {"name": ["guard"]}}
    return site, {"plugin": {}, "endpoints": [endpoint("fine", port)], "extra_config": extra}


async def asked(port: int, *paths: str) -> list[int]:
    return [(await ask_once(port, path)).status for path in paths]


GUARD = """
import sys
from krakpy_sdk import Extension
class Guard(Extension):
    def http_request(self, request):
        {body}
"""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import os; os._exit(3)", {"/fine/1": 503, "/__health": 200, "/other": 404}),
        (GUARD.format(body="sys.exit(3)"), {"/fine/1": 500, "/__health": 500, "/other": 500}),
        (GUARD.format(body="return 5"), {"/fine/1": 502, "/__health": 502, "/other": 502}),
    ],
    ids=["that cannot be imported", "that exits", "that breaks the contract"],
)
def test_a_hook_of_the_service_fails_closed(tmp_path, source, expected):  # X-47
    with Upstream() as upstream:
        site, config = service(tmp_path, source, upstream.port)
        with Gateway(written(tmp_path, config), site=site.path, workers=1) as gateway:
            statuses = asyncio.run(asked(gateway.port, *expected))
    assert dict(zip(expected, statuses, strict=True)) == expected
    assert upstream.hits == {}
