"""A body ends where it says, to the byte, and what is no body is refused at its first wrong byte."""
import pytest

from krakpy.server.body import Chunked, Known, RefusedError
from krakpy.server.limits import Limits
from krakpy.server.refusals import Refusal


def pieces(body, data: bytes, step: int) -> bytes:
    """What it takes of data that comes in pieces of this size, until it is complete."""
    found = b""
    for at in range(0, len(data), step):
        found += b"".join(body.feed(data[at:at + step]))
        if body.is_complete:
            break
    return found


@pytest.mark.parametrize("step", [1, 2, 7, 100])
def test_a_body_of_known_length_takes_that_many_bytes(step):
    body = Known(5)
    assert pieces(body, b"hello", step) == b"hello"
    assert (body.is_complete, body.missing, body.rest) == (True, 0, b"")


def test_what_follows_a_body_of_known_length_is_left():
    body = Known(5)
    body.feed(b"he")
    assert body.missing == 3
    assert body.feed(b"lloGET") == [b"llo"]
    assert body.rest == b"GET"


def test_no_body_is_complete_at_once():
    assert Known(0).is_complete


@pytest.mark.parametrize("step", [1, 2, 3, 5, 100])
@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (b"0\r\n\r\n", b""),
        (b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
        (b"005\r\nhello\r\n000\r\n\r\n", b"hello"),
        (b"a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", b"01234567890123456789"),
        (b"5;a\r\nhello\r\n0;b=c;d=\"e;\\\"f\"\r\n\r\n", b"hello"),
        (b"5 ; a = b\r\nhello\r\n0\r\n\r\n", b"hello"),
        (b"5\r\n\r\n\r\n\n\r\n0\r\nX: y\r\nZ:\r\n\r\n", b"\r\n\r\n\n"),
    ],
    ids=str,
)
def test_chunks_are_joined(sent, body, step):
    chunked = Chunked(Limits())
    assert pieces(chunked, sent, step) == body
    assert chunked.is_complete
    assert chunked.missing is None


def test_what_follows_chunks_is_left():
    chunked = Chunked(Limits())
    chunked.feed(b"0\r\n\r\nGET / HTTP/1.1")
    assert chunked.rest == b"GET / HTTP/1.1"


@pytest.mark.parametrize("step", [1, 2, 100])
@pytest.mark.parametrize(
    "sent",
    [
        b"\r\n", b"x\r\n", b"-1\r\n", b"+1\r\n", b"0x1\r\n", b" 1\r\n", b"1 \r\n", b"1_0\r\n", b"1,\r\n", b"\xb2\r\n",
        b"11111111111111111\r\n", b"1;\r\n", b"1; =a\r\n", b'1;a="b\r\n', b"1;a\0\r\n", b"1;a\rb\r\n", b"1;a\nb\r\n",
        b"1\n", b"1\r", b"1\ra\r\n", b"1\r\nab\r\n", b"1\r\na\n", b"1\r\na\rb", b"0\r\nX y: z\r\n", b"0\r\n X: y\r\n",
        b"0\r\nX\r\n", b"0\r\n\n", b"0\r\nX: \0\r\n", b"0\r\nContent-Length: 5\r\n", b"0\r\nTransfer-Encoding: x\r\n",
        b"1;" + b"a" * 255 + b"\r\n",
    ],
    ids=lambda sent: str(sent[:20]),
)  # fmt: skip
def test_what_are_no_chunks_is_refused(sent, step):
    with pytest.raises(RefusedError) as raised:
        pieces(Chunked(Limits()), sent + b"x", step)
    assert raised.value.refusal is Refusal.BAD


@pytest.mark.parametrize("step", [1, 1000])
def test_chunks_that_are_mostly_framing_are_refused(step):
    with pytest.raises(RefusedError):
        pieces(Chunked(Limits()), b"1;aaaaaaaaaaaaaaaa\r\nx\r\n" * 2000, step)


def test_small_chunks_are_no_attack():
    assert pieces(Chunked(Limits()), b"4\r\nabcd\r\n" * 5000 + b"0\r\n\r\n", 7000) == b"abcd" * 5000


@pytest.mark.parametrize(("count", "size"), [(3, 1), (1, 8200)], ids=["many", "large"])
def test_trailers_have_limits_as_headers_have(count, size):
    with pytest.raises(RefusedError) as raised:
        pieces(Chunked(Limits(max_headers=2)), b"0\r\n" + (b"a:" + b"b" * size + b"\r\n") * count + b"\r\n", 100)
    assert raised.value.refusal is Refusal.HEAD_TOO_LARGE


@pytest.mark.parametrize("limit", [4, 5, 6])
def test_chunks_hold_no_more_than_a_body_may(limit):
    body = Chunked(Limits(max_body=limit))
    sent = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    if limit == 4:
        with pytest.raises(RefusedError) as raised:
            pieces(body, sent, 4)
        assert raised.value.refusal is Refusal.BODY_TOO_LARGE
    else:
        assert pieces(body, sent, 4) == b"abcde"
