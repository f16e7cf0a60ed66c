"""Hooks of a backend see what that backend is asked and what it answered."""
import pytest
from krakpy_sdk import Patch, Reply, Request, Response
from krakpy_sdk.testing import answers, backend_settings

from krakpy.backend.hooks import BackendHooks
from krakpy.errors import ExtensionError, Replied
from tests.extension.instances import hook


def hooks(*listed, upstream=None, is_no_op=False):
    settings = backend_settings(hooks=listed, is_no_op=is_no_op)
    return BackendHooks(settings, upstream or answers(Response(data={"a": 1})))


def replying(reply):
    return hook(backend_request=lambda self: reply)


async def test_the_backend_is_asked_what_the_hooks_made_of_the_request():
    upstream = answers(Response(data={}))
    await hooks(hook(backend_request=lambda self: Patch().set_header("X-Key", "1")), upstream=upstream)(Request())
    assert upstream.requests[0].headers["x-key"] == "1"


async def test_its_document_is_what_the_hooks_made_of_it():
    changing = hook(backend_response=lambda self: Patch().remove_data("a").set_data("b", 2))
    assert (await hooks(changing)(Request())).data == {"b": 2}


async def test_a_reply_with_an_object_is_the_backends_document():
    upstream = answers()
    response = await hooks(replying(Reply(200, json={"b": 2})), upstream=upstream)(Request())
    assert (response.data, upstream.requests) == ({"b": 2}, [])


@pytest.mark.parametrize(
    "reply",
    [Reply(403, json={"error": "no"}), Reply(200, text="hello"), Reply(200, json=[1]), Reply(204)],
    ids=["a refusal", "a text", "a list", "nothing"],
)
async def test_any_other_reply_is_the_clients_answer(reply):
    with pytest.raises(Replied) as replied:
        await hooks(replying(reply))(Request())
    assert (replied.value.response.status, replied.value.response.body) == (reply.status, reply.body)


async def test_where_bytes_are_passed_a_reply_is_passed_too():
    response = await hooks(replying(Reply(403, text="no")), is_no_op=True)(Request())
    assert (response.status, response.body) == (403, b"no")


async def test_a_hook_of_requests_that_fails_lets_nothing_through():
    upstream = answers()
    with pytest.raises(ExtensionError):
        await hooks(hook(backend_request=lambda self: 1 / 0), upstream=upstream)(Request())
    assert upstream.requests == []
