"""What connections share: a clock that one look keeps, and one way to take leave."""
import asyncio
import logging

import pytest

from krakpy.server.limits import Limits
from krakpy.server.service import Service
from tests.server.dialogue import Dialogue, hello
from tests.server.stepwise import GET, Stepwise, body, start


async def test_the_date_is_that_of_the_last_look_at_the_clock():
    dialogue = Dialogue()
    await dialogue.say(GET)
    await dialogue.wait(1)
    await dialogue.say(GET)
    dates = [line for line in dialogue.heard.split(b"\r\n") if line.startswith(b"date")]
    assert dates == [b"date: Mon, 12 Jan 1970 13:46:40 GMT", b"date: Mon, 12 Jan 1970 13:46:41 GMT"]


async def test_an_idle_connection_of_a_worker_that_goes_gets_one_more_answer_that_announces_its_end():
    dialogue = Dialogue(limits=Limits(drain_idle_s=5, keep_alive_s=100))
    await dialogue.say(GET)
    dialogue.service.drain(grace_s=30)
    await dialogue.wait(4.5)
    assert not dialogue.is_closed
    await dialogue.say(GET)
    assert dialogue.answers[1].startswith(b"HTTP/1.1 200 ")
    assert b"connection: close\r\n" in dialogue.answers[1]
    assert dialogue.is_closed


async def test_a_connection_that_has_said_nothing_yet_gets_its_answer_too():
    dialogue = Dialogue()
    dialogue.service.drain(grace_s=30)
    await dialogue.say(GET)
    assert b"connection: close\r\n" in dialogue.answers[0]


@pytest.mark.parametrize(
    ("limits", "grace_s", "seconds"),
    [
        ({"drain_idle_s": 5}, 30, 5),
        ({"drain_idle_s": 5}, 3, 3),
        ({"drain_idle_s": 50, "keep_alive_s": 4}, 30, 4),
    ],
    ids=["as long as it is to", "as the worker has", "as it would anyway"],
)
async def test_an_idle_connection_of_a_worker_that_goes_waits_so_long(limits, grace_s, seconds):
    dialogue = Dialogue(limits=Limits(**limits))
    await dialogue.say(GET)
    dialogue.service.drain(grace_s)
    await dialogue.wait(seconds - 0.1)
    closed = [dialogue.is_closed]
    await dialogue.wait(0.3)
    assert [*closed, dialogue.is_closed, dialogue.is_reset] == [False, True, False]


async def test_a_request_under_way_is_answered_and_its_answer_announces_the_end():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(GET)
    dialogue.service.drain(grace_s=30)
    await dialogue.wait(20)
    await app.do(dialogue, start(), body(), None)
    assert b"connection: close\r\n" in dialogue.heard
    assert dialogue.is_closed


async def test_an_end_that_was_not_announced_is_not_made():
    app = Stepwise()
    dialogue = Dialogue(app=app, limits=Limits(drain_idle_s=5))
    await dialogue.say(GET)
    await app.do(dialogue, start(), body(b"1", more=True))
    dialogue.service.drain(grace_s=30)
    await app.do(dialogue, body(b"2"), None)
    assert not dialogue.is_closed
    await dialogue.say(GET)
    await app.do(dialogue, start(), body(), None)
    assert b"connection: close\r\n" in dialogue.answers[1]
    assert dialogue.is_closed


async def test_a_connection_between_requests_then_waits_as_idle_ones_do():
    app = Stepwise()
    dialogue = Dialogue(app=app, limits=Limits(drain_idle_s=5))
    await dialogue.say(GET)
    await app.do(dialogue, start(), body(b"1", more=True))
    dialogue.service.drain(grace_s=30)
    await app.do(dialogue, body(b"2"), None)
    await dialogue.wait(5.4)
    assert dialogue.is_closed


async def test_the_end_of_a_service_is_the_end_of_every_connection():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(GET)
    dialogue.service.start()
    dialogue.service.stop()
    await dialogue.settle()
    assert dialogue.is_reset
    assert app.ended == "cancelled"
    assert not dialogue.service.connections


async def test_a_service_looks_at_the_clock_by_itself():
    now = [0.0]
    service = Service(Stepwise(), loop=asyncio.get_running_loop(), clock=lambda: now[0])
    service.start()
    now[0] = 7.0
    async with asyncio.timeout(10):
        while service.now != 7.0:
            await asyncio.sleep(0.01)
    service.stop()


class Waiting:
    """Answers nobody before it is told to."""

    def __init__(self) -> None:
        self.may = asyncio.Event()

    async def __call__(self, scope, receive, send):
        await self.may.wait()
        await hello(scope, receive, send)


async def test_one_request_more_than_may_be_under_way_is_answered_503_and_the_others_are_served():
    app = Waiting()
    first = Dialogue(app=app, limits=Limits(max_requests_in_flight=2))
    second, third = (Dialogue(service=first.service) for _ in range(2))
    for dialogue in (first, second, third):
        await dialogue.say(GET)
    assert third.heard.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"\r\nretry-after: 1\r\n" in third.heard
    assert (len(first.requests), first.service.refused, third.is_closed) == (2, {503: 1}, False)
    app.may.set()
    for dialogue in (first, second):
        await dialogue.settle()
        assert dialogue.heard.startswith(b"HTTP/1.1 200 ")
    await third.say(GET)
    assert b"HTTP/1.1 200 " in third.heard


@pytest.mark.parametrize("request_", [GET, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nsome"])
async def test_a_request_whose_client_leaves_is_no_longer_under_way(request_):
    first = Dialogue(app=Waiting(), limits=Limits(max_requests_in_flight=1))
    await first.say(request_)
    assert first.service.under_way == 1
    await first.leave()
    assert first.service.under_way == 0


@pytest.mark.parametrize("how_often", [1, 3])
async def test_what_came_before_its_turn_is_under_way_one_by_one(how_often):
    dialogue = Dialogue(limits=Limits(max_requests_in_flight=1))
    await dialogue.say(GET * how_often)
    assert dialogue.heard.count(b"HTTP/1.1 200 ") == how_often
    assert dialogue.service.under_way == 0


async def test_shedding_is_told_once_until_there_was_quiet_for_a_while(caplog):
    first = Dialogue(app=Waiting(), limits=Limits(max_requests_in_flight=1))
    await first.say(GET)
    for pause_s, told in ((0, 1), (9, 1), (9, 1), (11, 2)):
        await first.wait(pause_s)
        with caplog.at_level(logging.WARNING):
            await Dialogue(service=first.service).say(GET)
        assert caplog.text.count("too many requests") == told
