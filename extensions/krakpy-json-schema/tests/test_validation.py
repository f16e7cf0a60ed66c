"""A request whose body does not fit is refused before any backend is asked; others go on byte for byte."""
import pytest
from krakpy_json_schema import ValidateBody
from krakpy_sdk import RejectedError, Request
from krakpy_sdk.testing import answers, endpoint_settings

from krakpy.testing import Upstream, gateway

OBJECT = {"type": "object", "required": ["name"]}
BACKEND = {"host": ["http://b.test"], "url_pattern": "/u", "method": "POST"}


def validated(schema=OBJECT):
    inner = answers()
    return ValidateBody(endpoint_settings(config=schema), inner), inner


async def streamed(*pieces):
    for piece in pieces:
        yield piece


async def test_a_valid_body_goes_on_as_it_came():
    validate, inner = validated()
    request = Request("POST", body=b' {"name" : 1.0, "name": 2}')
    await validate(request)
    assert inner.requests == [request]


async def test_a_body_on_its_way_is_read_and_goes_on_whole():
    validate, inner = validated()
    await validate(Request("POST", stream=streamed(b'{"na', b'me":1}')))
    [asked] = inner.requests
    assert (asked.body, asked.stream) == (b'{"name":1}', None)


@pytest.mark.parametrize(
    "sent",
    [lambda: {"body": b"{}"}, lambda: {"body": b"{"}, lambda: {"stream": streamed(b"[", b"]")}],
    ids=["invalid", "no JSON", "invalid on its way"],
)
async def test_any_other_body_is_refused(sent):
    validate, inner = validated()
    with pytest.raises(RejectedError) as raised:
        await validate(Request("POST", **sent()))
    assert (raised.value.status, inner.requests) == (400, [])


@pytest.mark.parametrize(
    "sent", [dict, lambda: {"body": b""}, lambda: {"stream": streamed()}], ids=["none", "empty", "empty on its way"]
)
@pytest.mark.parametrize("schema", [OBJECT, {}, True], ids=str)
async def test_a_request_without_a_body_is_refused_whatever_the_schema(sent, schema):
    validate, _ = validated(schema)
    with pytest.raises(RejectedError, match="could not validate an empty body"):
        await validate(Request("GET", **sent()))


def endpoint(**service):
    return {
        "extra_config": {"router": {"return_error_msg": True}},
        "endpoints": [
            {"endpoint": "/p", "method": "POST", "backend": [BACKEND],
             "extra_config": {"validation/json-schema": OBJECT}},
        ],
        **service,
    }  # fmt: skip


async def test_a_client_is_told_what_is_wrong_where_messages_are_shown():
    upstream = Upstream({"/u": {}})
    async with gateway(endpoint(), upstream) as client:
        answer = await client.request("POST", "/p", body=b"{}")
    assert (answer.status, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert answer.headers["X-Krakend-Completed"] == "false"
    assert (answer.body or b"").startswith(b"- at '': ")
    assert not upstream.requests


async def test_a_client_is_told_nothing_else():
    async with gateway(endpoint(extra_config={}), Upstream({"/u": {}})) as client:
        answer = await client.request("POST", "/p", body=b"{}")
    assert (answer.status, answer.body) == (400, b"")


async def test_a_body_above_what_is_kept_is_refused():
    config = endpoint(extra_config={"krakpy/wire": {"max_kept_body": 64}})
    async with gateway(config, Upstream({"/u": {}})) as client:
        statuses = [(await client.request("POST", "/p", body=b'{"name":1}'.ljust(size))).status for size in (64, 65)]
    assert statuses == [200, 413]


async def test_the_backend_gets_the_bytes_of_the_client():
    upstream = Upstream({"/u": {}})
    body = b'{ "name" : 1.10 }'
    async with gateway(endpoint(), upstream) as client:
        assert (await client.request("POST", "/p", body=body)).status == 200
    assert upstream.requests[0].body == body


async def test_the_legacy_name_is_answered_too():
    config = endpoint()
    config["endpoints"][0]["extra_config"] = {"github.com/devopsfaith/krakend-jsonschema": OBJECT}
    async with gateway(config, Upstream({"/u": {}})) as client:
        assert (await client.request("POST", "/p", body=b"{}")).status == 400
