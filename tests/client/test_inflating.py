"""gzip is unpacked as Go unpacks it, and never into more than the limits allow."""
import gzip

import pytest
from krakpy_sdk import UpstreamError

from krakpy.client.inflating import Inflater

TEXT = bytes(range(256)) * 40


def unpacked(data, size=None, max_bytes=None):
    inflater = Inflater(max_bytes=max_bytes)
    size = size or len(data) or 1
    pieces = [piece for at in range(0, len(data), size) for piece in inflater.feed(data[at : at + size])]
    inflater.end()
    return b"".join(pieces)


@pytest.mark.parametrize("size", [1, 10, None])
@pytest.mark.parametrize("text", [b"", b"hello", TEXT, b"x" * 900_000], ids=["empty", "short", "long", "dense"])
def test_it_unpacks_however_the_bytes_are_cut(text, size):
    assert unpacked(gzip.compress(text), size) == text


@pytest.mark.parametrize("size", [1, None])
def test_members_in_a_row_are_one_body(size):
    assert unpacked(gzip.compress(b"hello ") + gzip.compress(b"") + gzip.compress(b"world"), size) == b"hello world"


def test_nothing_unpacks_to_nothing():
    assert unpacked(b"") == b""


@pytest.mark.parametrize("end", [1, 5, 12, -1])
def test_c13_what_is_cut_off_is_an_error(end):
    with pytest.raises(UpstreamError, match="cut off"):
        unpacked(gzip.compress(TEXT)[:end])


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"hello", id="C-13-no-gzip"),
        pytest.param(gzip.compress(TEXT)[:-8] + b"\0" * 8, id="C-13-checksum"),
        pytest.param(gzip.compress(TEXT) + b"trash", id="C-13-trash-behind"),
    ],
)
def test_what_is_no_gzip_is_an_error(data):
    with pytest.raises(UpstreamError, match="no valid gzip"):
        unpacked(data)


def test_c12_more_than_the_limit_is_an_error():
    assert unpacked(gzip.compress(TEXT), max_bytes=len(TEXT)) == TEXT
    with pytest.raises(UpstreamError, match="more than 10239 bytes"):
        unpacked(gzip.compress(TEXT), max_bytes=len(TEXT) - 1)


@pytest.mark.parametrize("size", [100, None])
def test_c12_a_bomb_is_an_error_before_it_goes_off(size):
    bomb = gzip.compress(b"\0" * 50_000_000)
    inflater = Inflater(max_bytes=None)
    given: list[int] = []

    def go_off():
        for at in range(0, len(bomb), size or len(bomb)):
            given.extend(len(piece) for piece in inflater.feed(bomb[at : at + (size or len(bomb))]))

    with pytest.raises(UpstreamError, match="100 times its size"):
        go_off()
    assert sum(given) < 6_000_000


def test_dense_data_below_a_megabyte_is_no_bomb():
    assert len(unpacked(gzip.compress(b"\0" * 1_000_000))) == 1_000_000
