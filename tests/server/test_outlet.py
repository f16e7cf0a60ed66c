"""A body from an upstream is written as fast as its client reads, counted, and over once, whatever ends it."""
import socket
from typing import Any

import pytest
from krakpy_sdk import Refused

from krakpy.direct import Flow
from krakpy.server.outlet import Outlet
from tests.server.shorter import GET, App, talking

SIZED = ((b"content-length", b"10"),)


class Source(Flow):
    """A body that the test pushes."""

    until = 0.0

    def __init__(self):
        self.outlet = None
        self.done = []

    async def __anext__(self):
        raise StopAsyncIteration

    def beginning(self):
        return b""

    def pour(self, outlet):
        self.outlet = outlet

    def go_on(self):
        self.done.append("go on")

    def close(self):
        self.done.append("close")


class Talk:
    """A request that is answered with a source."""

    def __init__(self, fields=SIZED):
        self.app, self.source, self.told = App(), Source(), []
        self.dialogue = talking(self.app)
        self.fields = fields

    async def begin(self, *more):
        await self.dialogue.say(GET, *more)
        self.app.clients[0].stream(200, self.fields, self.source, lambda *told: self.told.append(told))
        return self

    @property
    def outlet(self):
        return self.source.outlet

    @property
    def body(self):
        return self.dialogue.heard.partition(b"\r\n\r\n")[2]


async def test_pieces_are_written_as_they_come():
    talk = await Talk().begin()
    heard = []
    for piece in (b"01234", b"56789"):
        assert talk.outlet.push(piece)
        heard.append(talk.body)
    talk.outlet.end()
    assert heard == [b"01234", b"0123456789"]
    assert talk.told == [(10, None)]
    assert not talk.dialogue.is_closed


async def test_a_body_without_a_length_is_written_in_chunks():
    talk = await Talk(fields=()).begin()
    talk.outlet.push(b"01234")
    talk.outlet.end()
    assert talk.body == b"5\r\n01234\r\n0\r\n\r\n"


async def test_the_next_request_is_served_after_the_end():
    talk = await Talk().begin(GET)
    assert len(talk.app.clients) == 1
    talk.outlet.push(b"0123456789")
    talk.outlet.end()
    assert len(talk.app.clients) == 2


async def test_a_client_that_is_behind_is_waited_for_at_the_first_byte():
    talk = await Talk().begin()
    talk.dialogue.stop_reading()
    assert not talk.outlet.push(b"01234")
    assert talk.source.done == []
    talk.dialogue.read()
    await talk.dialogue.settle()
    assert talk.source.done == ["go on"]
    assert talk.outlet.push(b"56789")
    talk.outlet.end()
    assert talk.body == b"0123456789"


async def test_after_the_end_a_client_may_be_a_little_behind_again():
    talk = await Talk().begin()
    talk.outlet.push(b"0123456789")
    talk.outlet.end()
    talk.dialogue.stop_reading()
    await talk.dialogue.say(GET)
    talk.app.answer()
    assert not talk.dialogue.protocol.is_stalled


async def test_a_body_that_fails_ends_the_connection_without_a_clean_end():
    talk = await Talk().begin()
    error = Refused("the backend closed the connection within its answer")
    talk.outlet.push(b"01234")
    talk.outlet.fail(error)
    await talk.dialogue.settle()
    assert (talk.told, talk.dialogue.is_reset) == ([(5, error)], True)


async def test_a_body_that_fails_before_it_has_begun_is_answered_500():
    talk = await Talk().begin()
    talk.outlet.fail(Refused("no"))
    await talk.dialogue.settle()
    assert talk.dialogue.heard.startswith(b"HTTP/1.1 500 ")


async def test_a_client_that_leaves_closes_the_source_at_once():
    talk = await Talk().begin()
    talk.outlet.push(b"01234")
    talk.dialogue.transport.lose()
    assert (talk.source.done, talk.told) == (["close"], [(5, None)])
    assert not talk.outlet.push(b"56789")
    talk.outlet.end()
    assert talk.told == [(5, None)]


async def test_a_client_that_has_left_before_gets_nothing():
    talk = Talk()
    await talk.dialogue.say(GET)
    await talk.dialogue.leave()
    talk.app.clients[0].stream(200, SIZED, talk.source, lambda *told: talk.told.append(told))
    assert (talk.source.done, talk.told, talk.outlet) == (["close"], [(0, None)], None)


@pytest.mark.parametrize("piece", [b"0123456789a", b"012345"], ids=["at once", "in the end"])
async def test_a_body_that_is_longer_than_announced_ends_the_connection(piece):
    talk = await Talk().begin()
    talk.outlet.push(piece)
    talk.outlet.push(piece)
    assert talk.source.done == ["close"]
    await talk.dialogue.settle()
    assert talk.dialogue.is_closed
    assert len(talk.body) < 11 or talk.dialogue.heard.startswith(b"HTTP/1.1 500 ")


async def test_a_body_that_is_shorter_than_announced_ends_the_connection_without_a_clean_end():
    talk = await Talk().begin()
    talk.outlet.push(b"01234")
    talk.outlet.end()
    await talk.dialogue.settle()
    assert talk.dialogue.is_reset


async def test_bytes_that_went_past_are_counted():
    talk = await Talk().begin()
    talk.outlet.push(b"01234")
    talk.outlet.passed(5)
    talk.outlet.end()
    await talk.dialogue.settle()
    assert (talk.told, talk.dialogue.is_closed) == ([(10, None)], False)


class Near:
    """A connection that could always be written to past its transport, and an answer with so much left."""

    is_plain = True

    def __init__(self, left):
        self.left = left

    def descriptor(self):
        return 7


@pytest.mark.parametrize(("left", "descriptor"), [(5, 7), (4, -1), (0, -1)])
def test_no_more_goes_past_than_was_announced(left, descriptor):
    near: Any = Near(left)
    assert Outlet(near, near, Source(), print).descriptor(5) == descriptor


async def test_nothing_goes_past_what_still_waits_nor_to_a_connection_that_is_closed():
    near, far = socket.socketpair()
    with near, far:
        talk = Talk()
        talk.dialogue.transport._extra["socket"] = near
        await talk.begin()
        talk.outlet.push(b"01234")
        talk.dialogue.stop_reading()
        descriptors = [talk.outlet.descriptor(5)]
        talk.outlet.push(b"5")
        descriptors.append(talk.outlet.descriptor(4))
        talk.dialogue.read()
        descriptors.append(talk.outlet.descriptor(4))
        talk.dialogue.transport.abort()
        descriptors.append(talk.outlet.descriptor(4))
        assert descriptors == [near.fileno(), -1, near.fileno(), -1]
        await talk.dialogue.settle()


async def test_there_is_as_much_room_as_the_kernel_has():
    near, far = socket.socketpair()
    with near, far:
        talk = Talk()
        talk.dialogue.transport._extra["socket"] = near
        await talk.begin()
        before = talk.outlet.room()
        near.send(b"x" * 10_000)
        assert 0 < talk.outlet.room() <= before - 10_000
        near.close()
        assert talk.outlet.room() == 0


async def test_without_a_socket_there_is_nothing_to_go_past():
    talk = await Talk().begin()
    talk.outlet.push(b"01234")
    assert (talk.outlet.is_plain, talk.outlet.descriptor(5), talk.outlet.room()) == (False, -1, 0)
