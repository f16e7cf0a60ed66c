"""A client learns the status and the code of an error, and nothing of what is behind it."""
import json

import pytest
from krakpy_sdk import RejectedError, UpstreamError

from krakpy.config.model import Router
from krakpy.errors import ExtensionError
from krakpy.extension.refusal import refuse, unavailable

from .instances import guard


async def sent(error):
    """Status, headers and document of the answer."""
    messages = []

    async def send(message):
        messages.append(message)

    await refuse(error, send)
    start, body = messages
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    assert headers["content-length"] == str(len(body["body"]))
    return start["status"], headers, json.loads(body["body"])


async def test_a_failure_of_an_extension_names_its_code_and_no_internals():
    failure = guard().failed(ValueError("password=hunter2"), "call")
    status, headers, document = await sent(failure)
    assert (status, headers["content-type"]) == (500, "application/problem+json")
    assert document == {"type": "about:blank", "title": "Internal Server Error", "status": 500, "code": "KX050"}
    assert isinstance(failure, ExtensionError)


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (RejectedError("too large", status=413), 413, "Content Too Large"),
        (RejectedError("no", status=499), 499, "Refused"),
        (UpstreamError("down"), 500, "Internal Server Error"),
    ],
)
async def test_other_errors_have_a_status_and_no_code(error, status, title):
    assert (await sent(error))[2] == {"type": "about:blank", "title": title, "status": status}


async def test_a_refusal_keeps_its_headers():
    _, headers, _ = await sent(RejectedError("who are you?", status=401, headers={"WWW-Authenticate": "Bearer"}))
    assert headers["www-authenticate"] == "Bearer"


async def nothing():
    return {"type": "http.disconnect"}


@pytest.mark.parametrize(
    ("router", "scope", "passes"),
    [
        (Router(), {"type": "http", "path": "/a"}, False),
        (Router(), {"type": "http", "path": "/__health"}, True),
        (Router(health_path="up"), {"type": "http", "path": "/up"}, True),
        (Router(disable_health=True), {"type": "http", "path": "/__health"}, False),
        (Router(), {"type": "websocket", "path": "/a"}, True),
    ],
)
async def test_what_is_unavailable_lets_only_the_health_pass(router, scope, passes):
    messages, passed = [], []

    async def send(message):
        messages.append(message)

    async def app(scope, receive, send):
        passed.append(scope)

    await unavailable(guard().failed(ValueError("no"), "call"), app, router)(scope, nothing, send)
    assert (bool(passed), bool(messages)) == (passes, not passes)
