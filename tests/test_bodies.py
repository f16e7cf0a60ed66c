"""A body is read to its end, and no further than its limit."""
import pytest
from krakpy_sdk import RejectedError, UpstreamError

from krakpy.bodies import MAX_BODY_BYTES, whole


async def pieces(*parts):
    for part in parts:
        yield part


async def test_the_pieces_become_one():
    assert await whole(pieces(b"he", b"", b"llo"), 5) == b"hello"
    assert await whole(pieces()) == b""


async def test_above_the_limit_the_client_is_to_blame_unless_somebody_says_otherwise():
    with pytest.raises(RejectedError, match=r"^the body has more than 4 bytes$") as raised:
        await whole(pieces(b"hello"), 4)
    assert raised.value.status == 413
    with pytest.raises(UpstreamError, match=r"^the answer has more than 4 bytes$"):
        await whole(pieces(b"hello"), 4, refuse=UpstreamError, what="the answer")


async def test_what_is_too_much_is_not_read_to_its_end():
    read = []

    async def endless():
        while True:
            read.append(1)
            yield bytes(1024 * 1024)

    with pytest.raises(RejectedError):
        await whole(endless())
    assert len(read) == MAX_BODY_BYTES // (1024 * 1024) + 1
