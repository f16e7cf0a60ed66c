"""Scripts on a client's request: what they see and change, and what a client gets of a script that refuses."""
import json

import pytest
from krakpy_sdk import Headers, Query, Request

from krakpy.testing import Upstream, gateway

ASKED = Request(
    "GET", "/see/ä b", params={"id": "7"}, query=Query.parse("b=2&a=1&a=x%20y"),
    headers=Headers([("Host", "gw.test"), ("X-Key", "k"), ("X-Key", "l")]),
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("c:method()", "GET"),
        ("c:url()", "/see/%C3%A4%20b?b=2&a=1&a=x+y"),
        ("c:host()", "gw.test"),
        ("c:query('a')", "1"),
        ("c:query('missing')", ""),
        ("c:params('id')", "7"),
        ("c:params('Id')", ""),
        ("c:params():get('id')", "7"),
        ("c:headers('x-key')", "k"),
        ("c:headers('host')", ""),
        ("c:headers():keyExists('Host')", "false"),
        ("c:headers():get('X-Key'):get(1)", "l"),
        ("c:headerList('X-Key'):len()", "2"),
        ("c:body()", ""),
    ],
)
async def test_a_script_reads_the_clients_request(endpoint, code, result):
    work = endpoint(pre=f"local c = ctx.load() c:headers('X-Seen', tostring({code}))")
    await work.asks(ASKED)
    assert work.forwarded.headers["X-Seen"] == result


@pytest.mark.parametrize(
    ("code", "field", "result"),
    [
        ("c:method('POST')", "method", "POST"),
        ("c:host('other.test')", "headers", Headers([("X-Key", "k"), ("X-Key", "l"), ("Host", "other.test")])),
        ("c:query('a', 'new')", "query", Query([("b", "2"), ("a", "new")])),
        ("c:url('/elsewhere?x=1#part')", "query", Query([("x", "1")])),
        ("c:url('/elsewhere?x=1')", "path", "/see/ä b"),
        ("c:params('id', '8')", "params", {"id": "8"}),
        ("c:params('more', 'm')", "params", {"id": "7", "more": "m"}),
        ("c:body('text')", "body", b"text"),
        ("c:headers('X-Key', nil)", "headers", Headers([("Host", "gw.test")])),
    ],
)
async def test_a_script_changes_the_clients_request(endpoint, code, field, result):
    work = endpoint(pre=f"local c = ctx.load() {code}")
    await work.asks(ASKED)
    assert getattr(work.forwarded, field) == result


async def test_the_target_follows_the_query(endpoint):
    work = endpoint(pre="local c = ctx.load() c:query('z', 'ü') c:headers('X-Seen', c:url())")
    await work.asks(Request("GET", "/a", query=Query.parse("b=1")))
    assert work.forwarded.headers["X-Seen"] == "/a?b=1&z=%C3%BC"


@pytest.mark.parametrize(
    ("code", "status", "fields"),
    [
        ("custom_error('no', 403)", 403, {}),
        ("custom_error('no')", 500, {}),
        ("custom_error('{}', 409, 'application/json')", 409, {"content-type": "application/json"}),
        ("custom_error('no', 999)", 999, {}),
        ("custom_error('no', 7)", 500, {}),
        ("nothing()", 500, {}),
        ("this is not lua", 500, {}),
    ],
)
async def test_a_client_that_is_refused_gets_a_status_and_nothing_else(endpoint, code, status, fields):
    work = endpoint(pre=code)
    answer = await work.asks(ASKED)
    assert (answer.status, answer.headers, answer.body) == (status, fields, b"")
    assert not work.next.requests


CLOSED = "if ctx.load():url() == '/closed' then custom_error('x', 423) end"
SERVICE = {
    "extra_config": {"modifier/lua-endpoint": {"pre": CLOSED}},
    "endpoints": [
        {"endpoint": "/open", "backend": [{"host": ["http://b.test"], "url_pattern": "/x"}]},
        {"endpoint": "/closed", "backend": [{"host": ["http://b.test"], "url_pattern": "/x"}]},
        {
            "endpoint": "/both/{id}",
            "backend": [{"host": ["http://b.test"], "url_pattern": "/{id}"}],
            "extra_config": {"modifier/lua-endpoint": {"pre": "ctx.load():params('id', 'x')"}},
        },
    ],
}


@pytest.mark.parametrize(
    ("path", "status"), [("/open", 200), ("/closed", 500), ("/both/7", 200), ("/nowhere", 404), ("/__health", 200)]
)
async def test_a_script_of_the_service_stands_before_every_endpoint_and_refuses_with_500(path, status):
    async with gateway(SERVICE, Upstream({"/x": {"ok": True}})) as client:
        assert (await client.get(path)).status == status


async def test_a_script_of_the_service_is_run_where_no_endpoint_is():
    config = {"extra_config": {"modifier/lua-endpoint": {"pre": "custom_error('closed')"}}, "endpoints": []}
    async with gateway(config, Upstream()) as client:
        answer = await client.get("/nowhere")
    assert (answer.status, answer.body) == (500, b"")


@pytest.mark.parametrize("shows", [True, False])
@pytest.mark.parametrize(
    ("slot", "status", "body", "kind"),
    [
        ({"pre": "custom_error('{\"a\":1}', 409, 'application/json')"}, 409, b'{"a":1}', "application/json"),
        ({"pre": "custom_error('no')"}, 500, b"no", "text/plain; charset=utf-8"),
        ({"post": "custom_error('after', 402)"}, 402, b"after", "text/plain; charset=utf-8"),
        ({"post": "local x = 1 + nil"}, 500,
         b"cannot perform add operation between number and nil (post-script:L1)", "text/plain; charset=utf-8"),
    ],
)
@pytest.mark.parametrize("namespace", ["modifier/lua-proxy", "modifier/lua-backend"])
async def test_below_the_endpoint_a_message_is_shown_where_messages_are(namespace, slot, status, body, kind, shows):
    backend: dict = {"host": ["http://b.test"], "url_pattern": "/x"}
    entry: dict = {"endpoint": "/a", "backend": [backend]}
    (entry if namespace == "modifier/lua-proxy" else backend)["extra_config"] = {namespace: slot}
    config = {"extra_config": {"router": {"return_error_msg": shows}}, "endpoints": [entry]}
    async with gateway(config, Upstream({"/x": {"ok": True}})) as client:
        answer = await client.get("/a")
    assert (answer.status, answer.body) == (status, body if shows else b"")
    assert answer.headers.get("Content-Type") == (kind if shows else None)


async def test_in_a_merge_a_script_that_refuses_is_one_failure_of_several():
    refusing = {"modifier/lua-backend": {"pre": "custom_error('no', 403)"}}
    backends: list[dict] = [{"url_pattern": "/x"}, {"url_pattern": "/y", "extra_config": refusing}]
    entry: dict = {"endpoint": "/a", "backend": [{"host": ["http://b.test"], **own} for own in backends]}
    entry["extra_config"] = {"modifier/lua-proxy": {"post": "response.load():data():set('seen', true)"}}
    async with gateway({"endpoints": [entry]}, Upstream({"/x": {"ok": True}, "/y": {}})) as client:
        answer = await client.get("/a")
    assert (answer.status, json.loads(answer.body or b"")) == (200, {"ok": True})
    assert answer.headers["X-Krakend-Completed"] == "false"


@pytest.mark.parametrize("namespace", ["modifier/lua-endpoint", "modifier/lua-proxy", "modifier/lua-backend"])
async def test_an_endpoint_whose_script_is_no_lua_fails_and_others_serve(namespace):
    """It may have been what guards the endpoint."""
    good: dict = {"endpoint": "/good", "backend": [{"host": ["http://b.test"], "url_pattern": "/x"}]}
    bad: dict = {"endpoint": "/bad", "backend": [{"host": ["http://b.test"], "url_pattern": "/x"}]}
    (bad["backend"][0] if namespace == "modifier/lua-backend" else bad)["extra_config"] = {namespace: {"pre": "no lua"}}
    upstream = Upstream({"/x": {"ok": True}})
    async with gateway({"endpoints": [good, bad]}, upstream) as client:
        assert [(await client.get(path)).status for path in ("/good", "/bad")] == [200, 500]
    assert len(upstream.requests) == 1
