"""Calls to hosts that misbehave: each costs itself and nobody else, and the next one is right (X-45)."""
import asyncio
import struct
from typing import Any

import pytest
from krakpy_sdk import ContractError, Patch, Request
from krakpy_sdk.frames import MAX_FRAME_BYTES, framed

from krakpy.extension import calls as module
from krakpy.extension.guard import Overrun
from krakpy.extension.remote_errors import HostDied, HostDown

from .scripted_host import ask, asked, fields, hello, until


def right(host, writer, id):
    writer.write(fields(id, "patch", [["set_header", "X-Id", str(id)]]))


def once(behaviour):
    """Does this with the first call, and answers the others."""

    def answer(host, writer, id):
        (behaviour if len(host.asked) == 1 else right)(host, writer, id)

    return answer


def patch_of(id):
    return Patch().set_header("X-Id", str(id))


def writes(data):
    return lambda host, writer, id: writer.write(data)


def ends(host, writer, id):
    writer.transport.abort()


#: what the wire may bring, and what the call that is under way ends with
BREACHES = {
    "garbage": writes(b"\xff" * 64),
    "2 GB announced": writes(struct.pack("!II", 2**31, 0)),
    "a header that is no JSON": writes(framed(b"{")),
    "a header that is no array": writes(framed(b'{"a": 1}')),
    "an empty header": writes(framed(b"[]")),
    "an answer to nobody in particular": writes(framed(b"[null]")),
    "a second greeting": writes(hello()),
    "a word that nobody knows": writes(fields("surprise")),
}
DEATHS = {
    "it ends": ends,
    "half a length": lambda host, writer, id: (writer.write(b"\x00\x00"), writer.close()),
    "half a header": lambda host, writer, id: (writer.write(fields(id)[:-1]), writer.close()),
    "half-closed": lambda host, writer, id: writer.write_eof(),
}
WRONG = {
    "a kind that nobody knows": ["surprise"],
    "a status that is none": ["reply", 99, []],
    "a header that forges another": ["reply", 200, [["X-A", "a\r\nb"]]],
    "a change that nobody knows": ["patch", [["explode", 1]]],
    "a change without arguments": ["patch", [["set_header"]]],
    "an error that nobody knows": ["meant", ["SystemExit", "", {}]],
    "too few words": ["raised", "ValueError"],
}


@pytest.mark.parametrize("behaviour", BREACHES.values(), ids=BREACHES)
async def test_what_cannot_be_read_fails_that_call_alone_and_is_told(tmp_path, behaviour):
    told: list[str] = []
    async with asked(tmp_path, once(behaviour), told=told) as (calls, host):
        with pytest.raises(ContractError):
            await ask(calls)
        assert await ask(calls) == patch_of(2)
        assert (told, host.connections) == (["breach"], 2)


@pytest.mark.parametrize("behaviour", DEATHS.values(), ids=DEATHS)
async def test_an_end_fails_the_call_that_was_under_way_and_no_other(tmp_path, behaviour):
    async with asked(tmp_path, once(behaviour)) as (calls, _):
        with pytest.raises(HostDied):
            await ask(calls)
        assert await ask(calls) == patch_of(2)


@pytest.mark.parametrize("answer", WRONG.values(), ids=WRONG)
async def test_an_answer_that_is_none_is_a_breach_of_that_call_alone(tmp_path, answer):
    behaviour = lambda host, writer, id: writer.write(fields(id, *answer))  # noqa: E731
    async with asked(tmp_path, once(behaviour)) as (calls, host):
        with pytest.raises(ContractError):
            await ask(calls)
        assert await ask(calls) == patch_of(2)
        assert host.connections == 1


async def test_answers_are_matched_by_id_in_any_order(tmp_path):
    def backwards(host, writer, id):
        if len(host.asked) == 3:
            for id in reversed(host.asked):
                right(host, writer, id)

    async with asked(tmp_path, backwards) as (calls, _):
        assert await asyncio.gather(ask(calls), ask(calls), ask(calls)) == [patch_of(1), patch_of(2), patch_of(3)]


async def test_an_answer_that_comes_after_its_deadline_is_nobodys(tmp_path):
    def late(host, writer, id):
        if len(host.asked) > 1:
            for id in host.asked:
                right(host, writer, id)

    told: list[str] = []
    async with asked(tmp_path, late, told=told, timeout_s=0.5) as (calls, host):
        with pytest.raises(Overrun, match=r"took longer than 0\.5 s"):
            await ask(calls)
        assert await ask(calls) == patch_of(2)
        assert (told, host.connections) == (["overrun"], 1)


async def test_an_answer_to_an_id_that_was_never_given_is_nobodys(tmp_path):
    def other(host, writer, id):
        right(host, writer, id + 1000)
        right(host, writer, id)

    async with asked(tmp_path, other) as (calls, _):
        assert await ask(calls) == patch_of(1)


async def test_a_call_that_is_cancelled_does_not_confuse_the_next(tmp_path):
    answered = []

    def second(host, writer, id):
        answered.append((writer, id))
        if len(answered) == 2:
            for writer, id in answered:
                right(host, writer, id)

    async with asked(tmp_path, second) as (calls, host):
        first = ask(calls)
        await until(lambda: host.asked)
        first.cancel()
        assert await ask(calls) == patch_of(2)


@pytest.mark.parametrize("greeting", [hello(wire=99), fields("hello"), b"", fields(1)], ids=str)
async def test_a_host_that_never_greets_as_it_should_is_not_asked(tmp_path, greeting):
    async with asked(tmp_path, right, greeting=greeting, timeout_s=0.2) as (calls, host):
        with pytest.raises(HostDown, match=r"no host was there within 0\.2 s"):
            await ask(calls)
        assert host.asked == []


async def test_where_nobody_is_expected_a_call_is_refused_at_once(tmp_path):
    async with asked(tmp_path, right, greeting=b"", expected=lambda: False) as (calls, _):
        assert calls.is_down
        with pytest.raises(HostDown, match="no host is there"):
            await ask(calls)


async def test_calls_that_wait_are_refused_when_nobody_is_expected_any_more(tmp_path):
    expected = [True]
    async with asked(tmp_path, right, greeting=b"", expected=lambda: expected[0]) as (calls, host):
        waiting = [ask(calls), ask(calls)]
        await until(lambda: host.writers)
        assert not any(call.done() for call in waiting)
        expected[0] = False
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [HostDown, HostDown]


async def test_calls_wait_for_a_host_that_is_not_there_yet(tmp_path):
    async with asked(tmp_path, right, greeting=b"") as (calls, host):
        waiting = ask(calls)
        await until(lambda: host.writers)
        host.writers[0].write(hello())
        assert await waiting == patch_of(1)


@pytest.mark.parametrize(("is_safe", "asked_again"), [(True, [1, 1]), (False, [1])], ids=["safe", "not safe"])
async def test_a_call_that_had_begun_is_made_again_only_if_it_is_declared_safe(tmp_path, is_safe, asked_again):
    async with asked(tmp_path, once(ends), is_safe=is_safe) as (calls, host):
        outcome: Any = (await asyncio.gather(ask(calls), return_exceptions=True))[0]
        assert (outcome == patch_of(1), host.asked) == (is_safe, asked_again)


async def test_a_call_that_kills_two_hosts_is_not_sent_again(tmp_path):
    async with asked(tmp_path, ends, is_safe=True) as (calls, host):
        with pytest.raises(HostDied):
            await ask(calls)
        assert host.asked == [1, 1]


async def test_a_call_of_which_part_of_an_answer_came_is_not_made_again(tmp_path):
    async with asked(tmp_path, once(DEATHS["half a header"]), is_safe=True) as (calls, host):
        with pytest.raises(HostDied):
            await ask(calls)
        assert host.asked == [1]


async def test_of_a_serial_host_the_oldest_call_alone_has_begun(tmp_path):
    def dies_with_three(host, writer, id):
        if host.asked == [1, 2, 3]:
            ends(host, writer, id)
        elif len(host.asked) > 3:
            right(host, writer, id)

    async with asked(tmp_path, dies_with_three) as (calls, _):
        outcomes = list[Any](await asyncio.gather(ask(calls), ask(calls), ask(calls), return_exceptions=True))
        assert isinstance(outcomes[0], HostDied)
        assert outcomes[1:] == [patch_of(2), patch_of(3)]


async def test_of_a_host_that_has_given_one_up_none_of_the_others_has_begun(tmp_path):
    def hangs(host, writer, id):
        if host.connections > 1:
            right(host, writer, id)

    async with asked(tmp_path, hangs, timeout_s=0.5) as (calls, host):
        with pytest.raises(Overrun):
            await ask(calls)
        waiting = ask(calls)
        await until(lambda: len(host.asked) == 2)
        host.cut()
        assert await waiting == patch_of(2)


async def test_of_any_other_host_every_call_may_have_begun(tmp_path):
    def dies_with_two(host, writer, id):
        if len(host.asked) == 2:
            ends(host, writer, id)

    async with asked(tmp_path, dies_with_two, greeting=hello(serial=False)) as (calls, _):
        outcomes = await asyncio.gather(ask(calls), ask(calls), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [HostDied, HostDied]


async def test_a_host_that_leaves_finishes_what_it_has_and_gets_nothing_new(tmp_path):
    def leaves(host, writer, id):
        if id == 1:
            writer.write(fields("leave"))
        else:
            for writer, id in zip(host.writers, host.asked, strict=False):
                right(host, writer, id)

    async with asked(tmp_path, leaves) as (calls, host):
        first = ask(calls)
        await until(lambda: host.connections == 2)
        assert await ask(calls) == patch_of(2)
        assert await first == patch_of(1)


async def test_the_idlest_host_is_asked(tmp_path):
    def never(host, writer, id):
        """Each connection keeps what it gets."""

    async with asked(tmp_path, never, slots=2) as (calls, host):
        await until(lambda: host.connections == 2 and calls.is_ready)
        pending = [ask(calls), ask(calls)]
        await until(lambda: len(host.asked) == 2)
        assert all(not call.done() for call in pending)


async def test_calls_that_wait_are_counted_and_refused_beyond_a_number(tmp_path):
    async with asked(tmp_path, lambda *_: None) as (calls, _):
        waiting = [ask(calls) for _ in range(module.MAX_CALLS)]
        with pytest.raises(HostDown, match="1024 calls wait"):
            await ask(calls)
        for call in waiting:
            call.cancel()


async def test_what_is_larger_than_a_frame_is_never_sent(tmp_path):
    async with asked(tmp_path, right) as (calls, host):
        with pytest.raises(ContractError, match="more than the"):
            await calls.ask(0, "endpoint_request", Request(body=bytes(MAX_FRAME_BYTES + 1)), None, "")
        assert host.asked == []
