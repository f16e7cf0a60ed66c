"""Answers are unpacked where the gateway asked for gzip, and where they are decoded."""
import gzip
from types import SimpleNamespace
from typing import Any

import pytest
from krakpy_sdk import Headers, Request, Response, UpstreamError
from krakpy_sdk.testing import answers, backend_settings

from krakpy.client.decompression import Decompression
from krakpy.config.model import BackendLimits
from krakpy.config.settings import TransportSettings

TEXT = b'{"a": 1}' * 100
PACKED = gzip.compress(TEXT)


def settings_of(*, is_no_op: bool = False, disable_compression: bool = False, **limits: Any) -> Any:
    """A backend's settings with those of the transport."""
    transport = TransportSettings(disable_compression=disable_compression, limits=BackendLimits(**limits))
    return SimpleNamespace(**vars(backend_settings(is_no_op=is_no_op)), transport=transport)


def response(body=PACKED, encoding="gzip", **fields):
    pairs = [("Content-Type", "x"), ("content-encoding", encoding), ("Content-Length", "9")]
    return Response(200, headers=Headers(pairs), body=body, **fields)


async def through(answer, request=None, **settings):
    return await Decompression(settings_of(**settings), answers(answer))(request or Request())


async def pieces(data, size):
    for at in range(0, len(data), size):
        yield data[at : at + size]


@pytest.mark.parametrize("encoding", ["gzip", "GZIP"])
async def test_a_compressed_answer_is_unpacked(encoding):
    assert (await through(response(encoding=encoding))).body == TEXT


async def test_the_fields_about_compression_are_dropped():
    assert (await through(response())).headers.pairs == (("Content-Type", "x"),)


@pytest.mark.parametrize("encoding", ["br", "deflate", "identity", "gzip, gzip"])
async def test_other_encodings_pass_as_they_are(encoding):
    answer = response(encoding=encoding)
    assert await through(answer) is answer


async def test_an_answer_that_is_not_compressed_passes_as_it_is():
    answer = Response(200, body=TEXT)
    assert await through(answer) is answer


@pytest.mark.parametrize("field", ["Accept-Encoding", "Range"])
@pytest.mark.parametrize("is_no_op", [True, False])
async def test_what_the_client_asked_for_passes_as_it_is_only_for_no_op(field, is_no_op):
    request = Request(headers=Headers(((field, "x"),)))
    given = await through(response(), request, is_no_op=is_no_op)
    assert given.body == (PACKED if is_no_op else TEXT)


@pytest.mark.parametrize("size", [7, 10_000])
async def test_a_stream_is_unpacked_as_it_comes(size):
    given = await through(response(body=None, stream=pieces(PACKED, size)), is_no_op=True)
    assert b"".join([piece async for piece in given.stream]) == TEXT


async def test_c13_a_stream_that_is_cut_off_raises():
    given = await through(response(body=None, stream=pieces(PACKED[:-3], 7)), is_no_op=True)
    with pytest.raises(UpstreamError, match="cut off"):
        [piece async for piece in given.stream]


async def test_c12_a_bomb_in_a_stream_raises():
    bomb = gzip.compress(b"\0" * 20_000_000)
    given = await through(response(body=None, stream=pieces(bomb, 4096)), is_no_op=True)
    with pytest.raises(UpstreamError, match="100 times"):
        [piece async for piece in given.stream]


@pytest.mark.parametrize(
    "body",
    [PACKED[:-1], b"no gzip", gzip.compress(b"\0" * 20_000_000)],
    ids=["C-13-cut-off", "C-13-no-gzip", "C-12-bomb"],
)
async def test_a_body_that_cannot_be_unpacked_raises(body):
    with pytest.raises(UpstreamError):
        await through(response(body=body))


async def test_a_large_body_is_unpacked_too():
    noise = bytes((number * number * 31 >> 3) % 251 for number in range(300_000))
    packed = gzip.compress(noise, 0)
    assert (await through(response(body=packed))).body == noise


async def test_an_answer_without_a_body_has_none_afterwards():
    assert (await through(response(body=b""))).body == b""


async def test_the_request_leaves_before_the_answer_is_awaited():
    upstream = []

    def next(request):
        upstream.append(request)
        return answers(Response())(request)

    waiting = Decompression(settings_of(), next)(Request())
    assert len(upstream) == 1
    await waiting


@pytest.mark.parametrize(
    ("is_no_op", "disable_compression", "applies"),
    [(False, False, True), (False, True, True), (True, False, True), (True, True, False)],
)
def test_it_is_absent_where_nothing_is_to_be_unpacked(is_no_op, disable_compression, applies):
    settings = settings_of(is_no_op=is_no_op, disable_compression=disable_compression)
    assert Decompression.applies_to(settings) is applies


DENSE = gzip.compress(b"\0" * 3_000_000)


@pytest.mark.parametrize("fields", [{"body": DENSE}, {"body": None, "is_no_op": True}], ids=["whole", "stream"])
async def test_the_operator_says_how_far_a_body_may_unpack(fields):
    async def unpacked(**limits):
        stream = None if fields["body"] else pieces(DENSE, 1000)
        answer = response(body=fields["body"], stream=stream)
        given = await through(answer, is_no_op="is_no_op" in fields, **limits)
        return given.body or b"".join([piece async for piece in given.stream])

    with pytest.raises(UpstreamError, match="100 times its size"):
        await unpacked()
    assert len(await unpacked(max_inflation=2000)) == 3_000_000
