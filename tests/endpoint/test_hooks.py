"""Hooks of an endpoint see the forwarded request and the merged document."""
import asyncio

import pytest
from krakpy_sdk import Patch, Reply, Request, Response
from krakpy_sdk.testing import answers, endpoint_settings

from krakpy.endpoint.hooks import EndpointHooks
from krakpy.errors import ExtensionError
from tests.extension.instances import hook


def hooks(*listed, upstream=None):
    return EndpointHooks(endpoint_settings(hooks=listed), upstream or answers(Response(data={"a": 1})))


async def test_requests_and_answers_are_changed_in_listed_order():
    def adding(name):
        return hook(
            endpoint_request=lambda self: Patch().add_header("X-Seen", name),
            endpoint_response=lambda self: Patch().add_header("X-Seen", name),
        )

    upstream = answers(Response(data={}))
    response = await hooks(adding("a"), adding("b"), upstream=upstream)(Request())
    assert upstream.requests[0].headers.getall("x-seen") == ["a", "b"]
    assert response.headers.getall("x-seen") == ["a", "b"]


async def test_a_reply_ends_the_request_before_any_backend_is_asked():
    upstream = answers()
    response = await hooks(hook(endpoint_request=lambda self: Reply(403, text="no")), upstream=upstream)(Request())
    assert (response.status, response.body, upstream.requests) == (403, b"no", [])


async def test_the_document_can_be_changed():
    changing = hook(endpoint_response=lambda self, response: Patch().set_data("b", response.data["a"] + 1))
    assert (await hooks(changing)(Request())).data == {"a": 1, "b": 2}


@pytest.mark.parametrize("reply", [None, Reply(403)], ids=["answered", "replied"])
async def test_log_sees_the_answer(reply):
    seen = []
    log = hook(endpoint_request=lambda self: reply, log=lambda self, response: seen.append(response.status))
    await hooks(log)(Request())
    await asyncio.sleep(0)
    assert seen == [403 if reply else 200]


async def test_a_hook_of_requests_that_fails_lets_nothing_through():
    upstream = answers()
    with pytest.raises(ExtensionError):
        await hooks(hook(endpoint_request=lambda self: 1 / 0), upstream=upstream)(Request())
    assert upstream.requests == []
