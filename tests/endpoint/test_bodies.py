"""A body that several calls will send is read once."""
import pytest
from krakpy_sdk import RejectedError, Request

from krakpy.endpoint.bodies import with_body


async def stream(*pieces):
    for piece in pieces:
        yield piece


@pytest.mark.parametrize(("pieces", "body"), [((b"ab", b"", b"c"), b"abc"), ((), b"")])
async def test_a_stream_becomes_a_body(pieces, body):
    request = await with_body(Request(stream=stream(*pieces)), 9)
    assert (request.body, request.stream) == (body, None)


async def test_no_body_becomes_an_empty_one():
    assert (await with_body(Request(), 9)).body == b""


async def test_a_body_that_is_there_stays():
    request = Request(body=b"abc")
    assert await with_body(request, 1) is request


async def test_a_body_of_the_limit_is_read_whole():
    assert (await with_body(Request(stream=stream(b"ab", b"cd")), 4)).body == b"abcd"


async def test_a_body_above_the_limit_is_refused_as_soon_as_it_is_known():
    async def endless():
        while True:
            yield b"x"

    with pytest.raises(RejectedError, match="more than 4 bytes") as refusal:
        await with_body(Request(stream=endless()), 4)
    assert refusal.value.status == 413
