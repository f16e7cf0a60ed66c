"""A request that is under way, and the future of its answer."""
import asyncio
from typing import Any

import pytest
from krakpy_sdk import Headers, Refused

from krakpy.client.exchange import Answer, Exchange, late_head


class Keeper:
    """Who has an exchange, and what it is told."""

    def __init__(self):
        self.dropped = []

    def drop(self, exchange):
        self.dropped.append(exchange)


async def exchange(method="GET", body=None, *, is_retry=False) -> Any:
    made: Any = Exchange(loop=asyncio.get_running_loop())
    made.listener = None
    made.method, made.body, made.is_retry, made.holder = method, body, is_retry, Keeper()
    return made


async def pieces():
    yield b"x"


async def test_cancelling_tells_who_has_it_once():
    made = await exchange()
    keeper = made.holder
    made.cancel()
    made.cancel()
    assert keeper.dropped == [made]
    assert made.cancelled()


async def test_a_failure_is_given_to_who_waits():
    made = await exchange()
    made.fail(Refused("gone"))
    with pytest.raises(Refused, match="gone"):
        await made


async def test_only_the_first_end_counts():
    made = await exchange()
    made.set_result(Answer(200, Headers(), b"", None))
    made.fail(Refused("gone"))
    assert (await made).status == 200


@pytest.mark.parametrize(
    ("method", "body", "is_retry", "may_be_repeated"),
    [
        ("GET", None, False, True),
        ("PUT", b"x", False, True),
        ("GET", None, True, False),
        ("PUT", pieces(), False, False),
        ("POST", None, False, False),
        ("PATCH", b"x", False, False),
        ("PURGE", None, False, False),
    ],
)
async def test_idempotent_requests_with_a_body_at_hand_may_be_sent_once_more(method, body, is_retry, may_be_repeated):
    made = await exchange(method, body, is_retry=is_retry)
    assert made.may_be_repeated() is may_be_repeated


class Encrypted(asyncio.BaseTransport):
    """A transport under TLS, or not."""

    def __init__(self, context):
        super().__init__({"sslcontext": context})


@pytest.mark.parametrize(
    ("head", "context", "text"),
    [
        (b"GET /a?b=1 HTTP/1.1\r\nHost: h:81\r\n\r\n", None, 'Get "http://h:81/a?b=1"'),
        (b"POST / HTTP/1.1\r\nA: b\r\nhost: h\r\n\r\n", object(), 'Post "https://h/"'),
        (b"PUT / HTTP/1.1\r\n\r\n", None, 'Put "http:///"'),
    ],
    ids=["plain", "encrypted", "no host"],
)
def test_an_answer_that_does_not_begin_is_told_with_krakends_words(head, context, text):
    assert late_head(head, Encrypted(context)) == f"{text}: net/http: timeout awaiting response headers"
