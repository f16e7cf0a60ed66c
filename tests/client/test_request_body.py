"""Bodies are framed as KrakenD frames them."""
import pytest
from krakpy_sdk import Headers, Request, UpstreamError

from krakpy.client.request_body import chunked, counted, expecting, framed

CHUNKED = "\r\nTransfer-Encoding: chunked"


def request(method="POST", *, length=(), **fields):
    return Request(method, headers=Headers([("content-length", value) for value in length]), **fields)


async def pieces(*parts):
    for part in parts:
        yield part


async def joined(stream):
    return b"".join([piece async for piece in stream])


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_no_body_is_announced_where_one_is_expected(method):
    assert framed(request(method)) == ("\r\nContent-Length: 0", None)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(
    ("length", "written"),
    [([], (CHUNKED, b"0\r\n\r\n")), (["0"], ("\r\nContent-Length: 0", b""))],
    ids=["chunked", "announced"],
)
def test_an_empty_body_that_was_read_is_a_body_where_one_is_expected(method, length, written):
    assert framed(request(method, body=b"", length=length)) == written


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("body", [None, b""])
def test_no_body_is_not_mentioned_elsewhere(method, body):
    assert framed(request(method, body=body)) == ("", None)


def test_a_length_without_a_body_counts_for_nothing():
    assert framed(request("GET", length=["5"])) == ("", None)


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
def test_a_whole_body_is_one_chunk(method):
    assert framed(request(method, body=b"hello")) == (CHUNKED, b"5\r\nhello\r\n0\r\n\r\n")


@pytest.mark.parametrize("length", ["5", "9"])
def test_a_whole_body_has_its_own_length_where_the_client_announced_one(length):
    assert framed(request(body=b"hello", length=[length])) == ("\r\nContent-Length: 5", b"hello")


async def test_a_stream_is_sent_in_chunks():
    framing, body = framed(request(stream=pieces(b"hello", b"", b"!" * 16)))
    assert framing == CHUNKED
    assert await joined(body) == b"5\r\nhello\r\n10\r\n" + b"!" * 16 + b"\r\n0\r\n\r\n"


async def test_a_stream_whose_length_is_announced_is_sent_as_it_is():
    framing, body = framed(request(stream=pieces(b"hel", b"lo"), length=["5"]))
    assert framing == "\r\nContent-Length: 5"
    assert await joined(body) == b"hello"


@pytest.mark.parametrize("length", [["x"], ["-1"], ["+5"], ["5", "5"], ["5, 5"], [""], ["٥"], ["9" * 19]])
def test_a_length_that_is_no_single_number_counts_for_nothing(length):
    assert framed(request(body=b"hello", length=length))[0] == CHUNKED


@pytest.mark.parametrize("parts", [(b"hell",), (b"hello", b"!"), ()])
async def test_a_stream_of_another_length_is_an_error(parts):
    with pytest.raises(UpstreamError, match="Content-Length"):
        await joined(counted(pieces(*parts), 5))


async def test_what_is_past_the_length_is_never_sent():
    body = counted(pieces(b"hello", b"GET / HTTP/1.1"), 5)
    assert await anext(body) == b"hello"
    with pytest.raises(UpstreamError):
        await anext(body)


async def test_an_empty_stream_has_a_last_chunk():
    assert await joined(chunked(pieces())) == b"0\r\n\r\n"


async def test_a_large_piece_is_a_chunk_as_any_other():
    large = b"x" * 0x12345
    assert await joined(chunked(pieces(b"a", large))) == b"1\r\na\r\n12345\r\n" + large + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("fields", "is_told"),
    [
        ({"stream": pieces(b"x"), "headers": Headers((("expect", "100-Continue"),))}, True),
        ({"stream": pieces(b"x")}, False),
        ({"body": b"x", "headers": Headers((("Expect", "100-continue"),))}, False),
        ({"headers": Headers((("Expect", "100-continue"),))}, False),
    ],
    ids=["streamed", "nobody asked", "at hand", "no body"],
)
def test_the_backend_is_told_that_a_streamed_body_waits_where_the_client_asked_for_it(fields, is_told):
    framing, _ = expecting(Request("POST", **fields))
    assert framing.endswith("\r\nExpect: 100-continue") is is_told
