"""One line for each request, after its answer, without its secrets."""
import asyncio
import io
import json
import logging
from logging.handlers import MemoryHandler
from types import SimpleNamespace

import pytest

from krakpy import logs
from krakpy.server.access_log import AccessLog


@pytest.fixture
def stream(clean_loggers):
    stream = io.StringIO()
    logs.configure(json=True, stream=stream)
    return stream


def settings(*, disabled=False, skipped=()):
    return SimpleNamespace(router=SimpleNamespace(disable_access_log=disabled, logger_skip_paths=skipped))


async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 201, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    await send({"type": "http.response.body", "body": b"rest"})


def a_scope(path="/users", **members):
    return {"type": "http", "method": "GET", "path": path, "query_string": b"token=t", "client": ("::1", 9)} | members


class Client:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.received: list[dict] = []

    async def __call__(self, message):
        self.received.append(message)


async def ask(app=app, scope=None, client=None, **options):
    await AccessLog(settings(**options), app)(scope or a_scope(), nothing, client or Client())


async def nothing():
    """There is no body."""
    return {"type": "http.request"}


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_a_line_says_what_was_asked_and_answered(stream):
    await ask()
    (line,) = lines(stream)
    assert line.pop("duration_ms") >= 0
    assert line.pop("time")
    assert line == {
        "level": "INFO", "logger": "krakpy.access", "message": "request",
        "method": "GET", "path": "/users", "client": "::1", "status": 201, "bytes": 8,
    }  # fmt: skip


async def test_the_query_is_never_written(stream):
    await ask()
    assert "token" not in stream.getvalue()


async def test_the_answer_reaches_the_client_as_it_is(stream):
    plain, logged = Client(), Client()
    await app(a_scope(), nothing, plain)
    await ask(client=logged)
    assert logged.received == plain.received


async def test_the_line_comes_after_the_answer(stream):
    async def watchful(message):
        assert stream.getvalue() == ""

    await ask(client=watchful)
    assert stream.getvalue()


async def test_a_request_that_fails_without_an_answer_has_status_500(stream):
    async def failing(scope, receive, send):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await ask(failing)
    assert lines(stream)[0]["status"] == 500


@pytest.mark.parametrize(("started", "status"), [(False, 499), (True, 200)])
async def test_a_request_that_its_client_abandons_has_status_499_until_its_answer_has_begun(stream, started, status):
    async def abandoned(scope, receive, send):
        if started:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await ask(abandoned)
    assert lines(stream)[0]["status"] == status


@pytest.mark.parametrize(("path", "count"), [("/__health", 0), ("/__health/", 1), ("/users", 1)])
async def test_paths_are_skipped_when_they_are_equal(stream, path, count):
    await ask(scope=a_scope(path), skipped=("/__health",))
    assert len(lines(stream)) == count


@pytest.mark.parametrize("kind", ["lifespan", "websocket"])
async def test_what_is_no_request_is_passed_on_silently(stream, kind):
    await ask(scope={"type": kind})
    assert stream.getvalue() == ""


async def test_a_path_cannot_start_a_line_of_its_own(stream):
    await ask(scope=a_scope('/\n{"level":"CRITICAL"}'))
    assert [line["path"] for line in lines(stream)] == ['/\n{"level":"CRITICAL"}']


async def test_a_client_without_an_address_is_a_dash(stream):
    await ask(scope=a_scope(client=None))
    assert lines(stream)[0]["client"] == "-"


@pytest.mark.parametrize(
    ("level", "disabled", "applies"), [("INFO", False, True), ("INFO", True, False), ("WARNING", False, False)]
)
def test_it_is_absent_where_nobody_would_see_it(clean_loggers, level, disabled, applies):
    logs.configure(level=level, stream=io.StringIO())
    assert AccessLog.applies_to(settings(disabled=disabled)) is applies


async def test_it_writes_to_the_handlers_of_others_where_krakpy_has_none(clean_loggers):
    kept = MemoryHandler(9)
    logger = logging.getLogger("krakpy.access")
    logger.addHandler(kept)
    logger.setLevel(logging.INFO)
    await ask()
    assert vars(kept.buffer[0])["fields"]["path"] == "/users"
