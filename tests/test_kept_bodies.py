"""Whoever needs a body whole keeps no more of it than the operator allows: `krakpy/wire.max_kept_body`."""
import pytest
from krakpy_sdk import Extension, Response

from krakpy import testing

LIMIT = 8


class Reading(Extension):
    """Asks for the bodies of requests and of answers."""

    body = "buffer"

    def http_request(self, request): ...
    def http_response(self, response): ...
    def endpoint_request(self, request): ...
    def endpoint_response(self, response): ...
    def backend_request(self, request): ...


async def stream(body):
    yield body


def answer(_):
    return Response(200, stream=stream(b"x" * (LIMIT + 1)))


def backend(**keys):
    return {"host": ["http://up.test"], "url_pattern": "/x", **keys}


READING = {"plugin/req-resp-modifier": {"name": ["reading"]}}
MUTATION = {"backend/graphql": {"type": "mutation", "query": "mutation { a }"}}
SEQUENCE = {"proxy": {"sequential": True, "sequential_propagated_params": ["resp0"]}}
NO_OP = {"encoding": "no-op"}
KEEPING = {
    "several backends": {"backend": [backend(), backend()]},
    "concurrent calls": {"backend": [backend()], "concurrent_calls": 2},
    "a shadow": {"backend": [backend(), backend(extra_config={"proxy": {"shadow": True}})]},
    "a hook of the endpoint": {"backend": [backend()], "extra_config": READING},
    "a hook of the backend": {"backend": [backend(extra_config=READING)]},
    "a mutation": {"backend": [backend(extra_config=MUTATION)]},
}


async def status(endpoint, upstream, body=b"", limit=LIMIT, **components):
    config = {
        "endpoints": [{"endpoint": "/a", "method": "POST" if body else "GET", **endpoint}],
        "extra_config": {"krakpy/wire": {"max_kept_body": limit}, **components},
    }
    async with testing.gateway(config, upstream, hooks={"reading": Reading}) as client:
        return (await client.request("POST" if body else "GET", "/a", {}, body)).status


@pytest.mark.parametrize("endpoint", KEEPING.values(), ids=KEEPING)
async def test_a_body_of_a_client_is_kept_up_to_the_limit(endpoint):
    upstream = testing.Upstream({"/x": {"b": 1}})
    assert await status(endpoint, upstream, b'{"a": 1}') == 200
    asked = len(upstream.requests)
    assert await status(endpoint, upstream, b'{"a": 12}') == 413
    assert len(upstream.requests) == asked
    assert await status(endpoint, upstream, b'{"a": 12}', LIMIT + 1) == 200


async def test_a_hook_of_the_service_gets_no_more_either():
    upstream = testing.Upstream({"/x": {"b": 1}})
    service = {"plugin/http-server": {"name": ["reading"]}}
    assert await status({"backend": [backend()]}, upstream, b'{"a": 12}', **service) == 413
    assert await status({"backend": [backend()]}, upstream, b'{"a": 1}', **service) == 200


@pytest.mark.parametrize(
    "endpoint",
    [
        {"backend": [backend(**NO_OP)], "output_encoding": "no-op", "extra_config": READING},
        {"backend": [backend(**NO_OP), backend()], "extra_config": SEQUENCE},
    ],
    ids=["a hook", "a sequence"],
)
async def test_a_body_of_an_answer_is_kept_up_to_the_limit(endpoint):
    upstream = testing.Upstream({"/x": answer})
    assert await status(endpoint, upstream) == 500
    assert len(upstream.requests) == 1
    await status(endpoint, upstream, limit=LIMIT + 1)
    assert len(upstream.requests) == 1 + len(endpoint["backend"])


async def test_what_passes_has_no_limit():
    upstream = testing.Upstream({"/x": {"b": 1}})
    assert await status({"backend": [backend()]}, upstream, b'{"a": 12}') == 200
