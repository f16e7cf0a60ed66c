"""A worker that nobody has given hosts starts its own; what hosts do is seen through the whole gateway."""
import asyncio

import pytest

from krakpy.extension.preparing import prepare
from krakpy.gateway import Gateway
from krakpy.testing import Client, Upstream

from .services import MODIFIERS, service

SOURCE = '''
import asyncio, os, pathlib, threading, time
from dataclasses import dataclass
from krakpy_sdk import *

@dataclass(frozen=True)
class Config:
    name: str = "geo"

class Geo(Extension[Config]):
    def endpoint_request(self, request):
        return Patch().set_header("X-Geo", self.config.name)
    def endpoint_response(self, response):
        return Patch().set_data("seen", sorted(response.data)).set_data("pid", os.getpid())
    def log(self, request, response):
        pathlib.Path(__file__).with_name("logged").write_text(f"{request.path} {response.status}")

class Narrow(Extension):
    paths = ("user.name",)
    def endpoint_response(self, response):
        return Patch().set_data("user.name", response.data)

class Body(Extension):
    body = "buffer"
    def endpoint_request(self, request):
        return Reply(200, body=request.body[::-1])
    def endpoint_response(self):
        return Patch()

class Blind(Extension):
    def endpoint_request(self, request):
        return Reply(200, json=request.body)

class Threads(Extension):
    gate = threading.Barrier(2)
    def endpoint_request(self, request):
        self.gate.wait(20)

class Door(Extension):
    def http_request(self, request): return Patch().set_header("X-Door", "open")

class Gone(Extension):
    def setup(self, context): raise ValueError("no database")
    def http_request(self, request): ...
    def endpoint_request(self, request): ...
'''
HOOKS = {name.lower(): f"acme_house:{name}" for name in ("Geo", "Narrow", "Body", "Blind", "Threads", "Door", "Gone")}
OPEN = {"KRAKPY_ENABLE_PLUGINS": "1"}
#: for machines with a lot to do
PATIENT = {"timeout": "20s"}


@pytest.fixture
async def served(site, tmp_path):
    """`await served(endpoint, …)`: a client of a gateway in this process, whose hooks run in hosts of its own."""
    site.add("acme-house", hooks=HOOKS, modules={"acme_house.py": SOURCE})
    running = []

    async def make(*endpoints, instances=None, routes=None, **root):
        placed = [{"timeout": "30s", "endpoint": f"/{n}/{{id}}", **own} for n, own in enumerate(endpoints)]
        plugin = {"defaults": PATIENT, "instances": instances or {}}
        settings = service(tmp_path, *placed, plugin=plugin, **root)
        prepared = prepare(settings, environ=OPEN, catalog=site.catalog(with_krakpy=True))
        upstream = Upstream(routes or {"/": {"a": 1, "user": {"name": "Ada", "id": 7}}})
        gateway = Gateway(prepared, lambda _: upstream)
        running.append(gateway)
        await gateway.open()
        return Client(gateway.app), upstream

    yield make
    for gateway in running:
        await gateway.close()
    for _ in range(5):
        await asyncio.sleep(0)


def listing(*names, **configs):
    return {"extra_config": {MODIFIERS: {"name": list(names), **configs}}}


async def test_a_hook_in_a_host_changes_request_and_answer_and_logs(served, site):
    client, upstream = await served({**listing("geo", geo={"name": "a"}), "input_headers": ["*"]})
    answer = (await client.get("/0/1")).json()
    assert upstream.requests[0].headers["x-geo"] == "a"
    assert answer["seen"] == ["a", "user"]
    async with asyncio.timeout(20):
        while not (site.path / "logged").exists():
            await asyncio.sleep(0.01)


async def test_places_that_name_one_instance_share_its_host_and_have_settings_of_their_own(served):
    client, upstream = await served(listing("geo", geo={"name": "a"}), listing("geo", geo={"name": "b"}))
    pids = {(await client.get(f"/{number}/1")).json()["pid"] for number in (0, 1)}
    assert len(pids) == 1
    assert [request.headers["x-geo"] for request in upstream.requests] == ["a", "b"]


async def test_aliases_have_hosts_of_their_own(served):
    instances = {name: {"from": "acme-house/geo", **PATIENT} for name in ("a", "b")}
    client, _ = await served(listing("a"), listing("b"), instances=instances)
    pids = {(await client.get(f"/{number}/1")).json()["pid"] for number in (0, 1)}
    assert len(pids) == 2


async def test_a_hook_that_declares_paths_sees_no_more(served):
    client, _ = await served(listing("narrow"))
    answer = await client.get("/0/1")
    assert answer.status == 200, answer.body
    assert answer.json()["user"] == {"name": {"user": {"name": "Ada"}}, "id": 7}


async def test_a_hook_gets_a_body_only_if_it_asks_for_it(served):
    client, _ = await served({**listing("body"), "method": "POST"}, {**listing("blind"), "method": "POST"})
    assert (await client.request("POST", "/0/1", body=b"\x00ab")).body == b"ba\x00"
    assert (await client.request("POST", "/1/1", body=b"ab")).body in (b"", b"null")


async def test_concurrency_lets_hooks_run_in_threads(served):
    client, _ = await served(listing("threads"), instances={"threads": {"concurrency": 2, **PATIENT}})
    answers = await asyncio.gather(client.get("/0/1"), client.get("/0/2"))
    assert [answer.status for answer in answers] == [200, 200]


async def test_hooks_of_the_service_run_in_hosts_too(served):
    client, _ = await served({}, extra_config={"plugin/http-server": {"name": "door"}})
    assert (await client.get("/0/1")).status == 200


@pytest.mark.parametrize(("policy", "status"), [({}, 503), ({"on_error": "skip"}, 200), ({"mode": "shadow"}, 200)])
async def test_without_a_host_a_request_is_refused_unless_the_operator_says_otherwise(served, events, policy, status):
    client, _ = await served(listing("gone"), {}, instances={"gone": {**PATIENT, **policy}})
    answer = await client.get("/0/1")
    assert (answer.status, (await client.get("/1/1")).status) == (status, 200)
    if status == 503:
        assert answer.json()["code"] == "KX042"
        assert "setup: ValueError: no database, at " in str(events.told)


async def test_the_gateways_health_is_told_though_a_hook_of_the_service_has_no_host(served):
    client, _ = await served({}, extra_config={"plugin/http-server": {"name": "gone"}}, instances={"gone": PATIENT})
    assert (await client.get("/0/1")).status == 503
    health = await client.get("/__health")
    assert (health.status, "status" in health.json() or "agents" in health.json()) == (200, True)
