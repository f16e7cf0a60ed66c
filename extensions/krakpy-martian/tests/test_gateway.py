"""Martian in a gateway: around the exchange with an upstream, before anybody judges the answer."""
import sys
from types import ModuleType

import pytest
from krakpy_sdk import Response

from krakpy.testing import Upstream, gateway

FAILING = {"header.Append": {"scope": ["request"], "name": "Host", "value": "x"}}


def config(*modifiers, namespace="modifier/martian", **endpoint):
    """An endpoint for each modifier; plain where there is none."""
    backend = {"host": ["http://upstream.test"], "url_pattern": "/u"}
    backends = [{**backend, "extra_config": {namespace: each} if each else {}} for each in modifiers]
    return {"endpoints": [{"endpoint": f"/{n}", "backend": [each], **endpoint} for n, each in enumerate(backends)]}


@pytest.mark.parametrize("namespace", ["modifier/martian", "github.com/devopsfaith/krakend-martian"])
async def test_what_the_upstream_gets_is_changed_in_both_spellings(namespace):
    upstream = Upstream({"/u": {"a": 1}})
    header = {"header.Modifier": {"scope": ["request"], "name": "X-A", "value": "1"}}
    async with gateway(config(header, namespace=namespace), upstream) as client:
        assert (await client.get("/0")).json() == {"a": 1}
    assert upstream.requests[0].headers["X-A"] == "1"


async def test_a_status_is_judged_after_it_was_changed():
    upstream = Upstream({"/u": lambda _: Response(404, body=b'{"is": "there"}')})
    made = {"status.Modifier": {"scope": ["response"], "statusCode": 200}}
    async with gateway(config(made, None), upstream) as client:
        assert [(await client.get(path)).status for path in ("/0", "/1")] == [200, 500]


async def test_a_modifier_that_cannot_do_its_work_is_a_failed_backend_and_nobody_elses():
    async with gateway(config(FAILING, None), Upstream({"/u": {"a": 1}})) as client:
        assert [(await client.get(path)).status for path in ("/0", "/1")] == [500, 200]


async def test_what_cannot_be_read_leaves_martian_out_as_krakend_does():
    broken = {"header.Modifier": {"scope": ["both"]}}
    async with gateway(config(broken), Upstream({"/u": {"a": 1}})) as client:
        assert (await client.get("/0")).json() == {"a": 1}


async def test_an_answer_from_a_file_asks_no_upstream(tmp_path):
    (tmp_path / "u").write_text('{"from": "a file"}')
    upstream = Upstream()
    async with gateway(config({"static.Modifier": {"rootPath": str(tmp_path)}}), upstream) as client:
        assert ((await client.get("/0")).json(), upstream.requests) == ({"from": "a file"}, [])


class Careless:
    """Somebody else's modifier that forgets what it has to give."""

    def __init__(self, config):
        self.config = config

    def modify_request(self, request):
        return None if self.config["at"] == "request" else request

    def modify_response(self, request, response):
        return None if self.config["at"] == "response" else response


@pytest.fixture
def careless(monkeypatch):
    """The same, where a gateway can import it: this file has no name that Python knows."""
    module = ModuleType("careless")
    monkeypatch.setitem(sys.modules, "careless", module)
    vars(module)["Careless"] = found = type("Careless", (Careless,), {"__module__": "careless"})
    return found


@pytest.mark.parametrize(("at", "status"), [("request", 500), ("response", 500), ("nowhere", 200)])
async def test_a_modifier_of_others_that_gives_nothing_is_a_failed_backend(careless, at, status):
    modifiers = {"body.Careless": {"at": at}}, None
    async with gateway(config(*modifiers), Upstream({"/u": {"a": 1}}), martian={"body.Careless": careless}) as client:
        assert [(await client.get(path)).status for path in ("/0", "/1")] == [status, 200]
