"""The router answers the health check and OPTIONS by itself."""
import json
import re
from datetime import UTC, datetime

import pytest

from krakpy import __version__
from krakpy.router.built_in import Health
from krakpy.router.messages import GatewayRequest, GatewayResponse, Opening
from tests.router.client import Client, ask, get
from tests.router.services import app


async def test_the_health_check_says_ok_without_fields_of_the_gateway():
    answer = await get(app(), "/__health")
    assert answer.status == 200
    assert {**json.loads(answer.body), "now": ""} == {"agents": {}, "now": "", "status": "ok"}
    assert [name for name, _ in answer.headers] == ["content-type", "content-length"]
    assert answer.header("content-type") == "application/json; charset=utf-8"


async def test_the_health_check_writes_the_time_as_go_does():
    resp = GatewayResponse()
    req = GatewayRequest(Client().scope, Opening(Client().receive))
    await Health(now=lambda: datetime(2024, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)).respond(req, resp)
    now = json.loads(await resp.render_body() or b"")["now"]
    assert re.fullmatch(r"2024-01-02 03:04:05\.678000 \+0000 UTC m=\+\d+\.\d{9}", now)


@pytest.mark.parametrize("path", ["/alive", "alive"])
async def test_the_health_check_may_have_another_path(path):
    made = app(health_path=path)
    assert ((await get(made, "/alive")).status, (await get(made, "/__health")).status) == (200, 404)


async def test_the_health_check_can_be_switched_off():
    assert (await get(app(disable_health=True), "/__health")).status == 404


@pytest.mark.parametrize(("target", "allow"), [("/a", "GET, POST"), ("/b/1", "DELETE, PATCH")])
async def test_options_names_the_methods_of_a_path_sorted(target, allow):
    made = app("POST /a", "/a", "PATCH /b/{x}", "DELETE /b/{y}", auto_options=True)
    answer = await ask(made, "OPTIONS", target)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers == [("allow", allow), ("x-krakend", f"Version {__version__}"), ("content-length", "0")]


async def test_options_is_named_where_another_method_is_refused():
    assert (await get(app("DELETE /b/{x}", auto_options=True), "/b/1")).header("allow") == "DELETE, OPTIONS"


async def test_options_is_not_answered_unless_it_is_asked_for():
    assert (await ask(app("/a"), "OPTIONS", "/a")).status == 405
