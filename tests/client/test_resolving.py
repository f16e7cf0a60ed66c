"""Addresses are asked for once in a while, and never on the event loop."""
import asyncio
import socket
import threading

import pytest
from krakpy_sdk import Refused

from krakpy.client.resolving import Address, Resolver, look_up

HERE = [Address(socket.AF_INET, ("127.0.0.1", 80))]


class Names:
    """A name server of our own."""

    def __init__(self, *answers):
        self.answers = answers or (HERE,)
        self.asked = []

    async def __call__(self, host, port):
        self.asked.append(host)
        await asyncio.sleep(0.01)
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_an_answer_is_remembered_for_a_moment():
    names = Names()
    resolver = Resolver(lookup=names, ttl_s=60)
    assert [await resolver.resolve("a.test", 80) for _ in range(3)] == [HERE] * 3
    assert names.asked == ["a.test"]


async def test_an_answer_is_asked_for_again_later():
    names = Names()
    resolver = Resolver(lookup=names, ttl_s=0)
    for _ in range(2):
        await resolver.resolve("a.test", 80)
    assert names.asked == ["a.test", "a.test"]


async def test_questions_at_the_same_time_are_asked_once():
    names = Names()
    resolver = Resolver(lookup=names)
    await asyncio.gather(*[resolver.resolve("a.test", 80) for _ in range(9)])
    assert names.asked == ["a.test"]


async def test_hosts_and_ports_have_answers_of_their_own():
    names = Names()
    resolver = Resolver(lookup=names)
    for key in (("a.test", 80), ("a.test", 81), ("b.test", 80)):
        await resolver.resolve(*key)
    assert names.asked == ["a.test", "a.test", "b.test"]


@pytest.mark.parametrize("error", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long")])
async def test_c21_a_name_without_an_address_is_refused_and_asked_for_again(error):
    resolver = Resolver(lookup=Names(error, HERE))
    with pytest.raises(Refused, match=r"'a\.test' has no address"):
        await resolver.resolve("a.test", 80)
    assert await resolver.resolve("a.test", 80) == HERE


async def test_c21_a_question_that_hangs_is_asked_once():
    loop, asked = asyncio.get_running_loop(), []

    async def hanging(host, port):
        asked.append(host)
        await loop.create_future()

    resolver = Resolver(lookup=hanging, ttl_s=0)
    for _ in range(5):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.005):
                await resolver.resolve("a.test", 80)
    assert asked == ["a.test"]


async def test_c21_names_that_hang_delay_no_other_name():
    """Event loops have four to six threads for names; each question has one of its own."""
    release = threading.Event()
    before = socket.getaddrinfo

    class Slow(str):
        """A host whose look-up ends when the test says so."""

        def encode(self, *_: object) -> bytes:
            release.wait(30)
            return b"localhost"

    waiting = [asyncio.ensure_future(look_up(Slow(f"slow{number}"), 80)) for number in range(40)]
    try:
        await asyncio.sleep(0)
        assert Address(socket.AF_INET, ("127.0.0.1", 81)) in await look_up("localhost", 81)
        assert socket.getaddrinfo is before
    finally:
        release.set()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_who_gives_up_leaves_the_answer_to_the_others():
    resolver = Resolver(lookup=Names())
    first, second = [asyncio.ensure_future(resolver.resolve("a.test", 80)) for _ in range(2)]
    await asyncio.sleep(0)
    first.cancel()
    assert await second == HERE


async def test_the_memory_is_bounded():
    resolver = Resolver(lookup=Names())
    await asyncio.gather(*[resolver.resolve(f"{number}.test", 80) for number in range(300)])
    assert len(resolver._known) <= 256


@pytest.mark.parametrize("name", ["localhost", "localhost."])
async def test_the_system_knows_localhost(name):
    assert Address(socket.AF_INET, ("127.0.0.1", 81)) in await look_up(name, 81)
