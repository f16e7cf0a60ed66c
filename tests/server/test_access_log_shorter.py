"""The access log on the ways without a task: one line for each request, the same as by ASGI."""
import asyncio
import io
from typing import Any

import pytest

from krakpy import logs
from krakpy.server.access_log import AccessLog
from krakpy.server.head import Fields
from tests.server.test_access_log import Client, a_scope, app, ask, lines, settings


@pytest.fixture
def stream(clean_loggers):
    stream = io.StringIO()
    logs.configure(json=True, stream=stream)
    return stream


class Shorter:
    """An application that takes requests without a task, and does what the test says with the client."""

    def __init__(self, does) -> None:
        self._does = does

    def begin(self, scope, client):
        return self._does(client)

    def express(self, method, path, query, fields, client):
        return self._does(client)

    async def __call__(self, scope, receive, send):
        """By ASGI nothing is asked of it."""


class Waiting(Client):
    """A client of a server."""

    peer = ("::1", 9)

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[tuple] = []
        self.streams: list[tuple] = []
        self.awaited = None
        self.task: Any = None

    async def receive(self):
        return {"type": "http.request"}

    async def send(self, message):
        self.received.append(message)

    def answer(self, *answer):
        self.answers.append(answer)

    def stream(self, *answer):
        self.streams.append(answer)

    def waits_for(self, future):
        self.awaited = future

    def run(self, work):
        self.task = asyncio.get_running_loop().create_task(work)


SHORTER = pytest.mark.parametrize("way", ["begin", "express"])


def take(way, does, path="/users", client=None, **options):
    """Whether a request is taken over, and the client that it was taken for."""
    log: Any = AccessLog(settings(**options), Shorter(does))
    client = client or Waiting()
    if way == "begin":
        return log.begin(a_scope(path), client), client
    return log.express("GET", path.encode(), b"token=t", Fields([]), client), client


def answers(client):
    client.answer(201, (), b"halfrest")
    return True


@SHORTER
async def test_an_answer_in_one_piece_is_told_as_by_asgi(stream, way):
    assert take(way, answers)[0] is True
    await ask()
    first, second = lines(stream)
    for line in first, second:
        assert line.pop("duration_ms") >= 0
        line.pop("time")
    assert first == second


@SHORTER
async def test_it_reaches_the_client_as_it_is(stream, way):
    assert take(way, answers)[1].answers == [(201, (), b"halfrest")]


@SHORTER
@pytest.mark.parametrize(("path", "count"), [("/__health", 0), ("/__health/", 1)])
async def test_paths_are_skipped_on_the_shorter_ways_too(stream, way, path, count):
    take(way, answers, path, skipped=("/__health",))
    assert len(lines(stream)) == count


@SHORTER
async def test_a_request_that_is_not_taken_over_is_not_told(stream, way):
    assert take(way, lambda client: False)[0] is False
    assert stream.getvalue() == ""


@SHORTER
@pytest.mark.parametrize("error", [None, ZeroDivisionError()], ids=["whole", "cut off"])
async def test_a_body_that_is_poured_is_told_when_it_is_over(stream, way, error):
    told = []
    _, client = take(way, lambda client: client.stream(200, (), None, lambda *end: told.append(end)) or True)
    [(status, _, _, poured)] = client.streams
    assert lines(stream) == []
    poured(12345, error)
    (line,) = lines(stream)
    assert (status, line["status"], line["bytes"], told) == (200, 200, 12345, [(12345, error)])


class Given:
    """What an answer waits for."""

    is_cancelled = False

    def cancel(self):
        self.is_cancelled = True


@SHORTER
async def test_a_client_that_leaves_while_it_waits_has_status_499_and_ends_the_wait(stream, way):
    given = Given()

    def waits(client):
        client.waits_for(given)
        return True

    _, client = take(way, waits)
    assert stream.getvalue() == ""
    client.awaited.cancel()
    (line,) = lines(stream)
    assert (line["status"], line["bytes"], given.is_cancelled) == (499, 0, True)


@SHORTER
async def test_an_answer_that_comes_after_all_is_not_told_twice(stream, way):
    watched = []

    def waits(client):
        watched.append(client)
        client.waits_for(Given())
        return True

    _, client = take(way, waits)
    client.awaited.cancel()
    watched[0].answer(200, (), b"late")
    assert [line["status"] for line in lines(stream)] == [499]


@SHORTER
async def test_a_request_that_fails_to_begin_has_status_500(stream, way):
    def fails(client):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        take(way, fails)
    assert [line["status"] for line in lines(stream)] == [500]


@SHORTER
async def test_a_request_that_fails_after_its_answer_keeps_its_status(stream, way):
    def fails(client):
        answers(client)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        take(way, fails)
    assert [line["status"] for line in lines(stream)] == [201]


@SHORTER
@pytest.mark.parametrize("ends", ["whole", "failed", "cancelled", "before"])
async def test_what_a_task_sends_is_told_when_it_ends(stream, way, ends):
    async def work(client):
        if ends == "before":
            raise asyncio.CancelledError
        assert await client.receive() == {"type": "http.request"}
        await client.send({"type": "http.response.start", "status": 201, "headers": []})
        await client.send({"type": "http.response.body", "body": b"half", "more_body": True})
        if ends != "whole":
            raise ZeroDivisionError if ends == "failed" else asyncio.CancelledError
        await client.send({"type": "http.response.body", "body": b"rest"})

    _, client = take(way, lambda client: client.run(work(client)) or True)
    assert stream.getvalue() == ""
    await asyncio.wait([client.task])
    if ends == "failed":
        client.task.exception()
    (line,) = lines(stream)
    status, size = {"whole": (201, 8), "before": (499, 0)}.get(ends, (201, 4))
    assert (line["status"], line["bytes"], line["client"]) == (status, size, "::1")


def test_an_application_without_shorter_ways_gets_none(stream):
    log = AccessLog(settings(), app)
    assert (log.begin, log.express) == (None, None)
