"""Bodies end where their framing says, however the bytes are cut."""
import pytest
from krakpy_sdk import UpstreamError

from krakpy.client.framing import Chunked, Sized, UntilClose, framing_of
from krakpy.client.response_head import CHUNKED, UNTIL_CLOSE

CHUNKS = b'5\r\nhello\r\n1;a="b"\r\n \r\n00A\r\n0123456789\r\n0\r\nA: b\r\n\r\n'
PAYLOAD = b"hello 0123456789"


def fed(framing, data, size):
    return b"".join(framing.feed(data[at : at + size]) for at in range(0, len(data), size))


@pytest.mark.parametrize(("length", "kind"), [(CHUNKED, Chunked), (UNTIL_CLOSE, UntilClose), (3, Sized)])
def test_a_length_has_its_framing(length, kind):
    assert isinstance(framing_of(length), kind)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_chunks_give_their_payload_however_they_are_cut(size):
    framing = Chunked()
    assert fed(framing, CHUNKS, size) == PAYLOAD
    assert (framing.is_complete, framing.has_extra) == (True, False)


@pytest.mark.parametrize("end", range(len(CHUNKS)))
def test_chunks_are_not_complete_before_their_last_byte(end):
    framing = Chunked()
    framing.feed(CHUNKS[:end])
    assert not framing.is_complete


@pytest.mark.parametrize(
    "extra", [b"\r\n", b"x", b"HTTP/1.1 200 OK\r\n\r\n"], ids=["C-17-CRLF", "C-17-byte", "C-17-answer"]
)
def test_bytes_after_the_last_chunk_are_noted(extra):
    framing = Chunked()
    assert framing.feed(CHUNKS + extra) == PAYLOAD
    assert framing.has_extra


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"zz\r\n", id="C-08-no-number"),
        pytest.param(b"\r\n", id="C-08-empty"),
        pytest.param(b"-1\r\n", id="C-08-negative"),
        pytest.param(b"+1\r\nx\r\n", id="C-08-sign"),
        pytest.param(b" 1\r\nx\r\n", id="C-08-space-before"),
        pytest.param(b"1 \r\nx\r\n", id="C-08-space-after"),
        pytest.param(b"0x1\r\nx\r\n", id="C-08-0x"),
        pytest.param(b"1_0\r\n", id="C-08-underscore"),
        pytest.param(b"1\nx\r\n", id="C-08-bare-LF"),
        pytest.param(b"1\r\nxy\r\n", id="C-08-chunk-too-long"),
        pytest.param(b"1\r\nx\n", id="C-08-bare-LF-after-chunk"),
        pytest.param(b"1" * 16 + b"\r\n", id="C-08-overflow"),
        pytest.param(b"1;\0\r\nx\r\n", id="C-08-NUL-in-extension"),
        pytest.param(b"1;" + b"x" * 5000, id="C-08-endless-extension"),
        pytest.param(b"0\r\nA b\r\n\r\n", id="C-08-bad-trailer"),
        pytest.param(b"0\r\n" + b"A: b\r\n" * 3000, id="C-08-endless-trailer"),
        pytest.param((b"1;" + b"x" * 1000 + b"\r\ny\r\n") * 20, id="C-08-all-overhead"),
    ],
)
@pytest.mark.parametrize("size", [1, 100_000], ids=["bytewise", "whole"])
def test_malformed_chunks_are_refused(data, size):
    with pytest.raises(UpstreamError):
        fed(Chunked(), data, size)


@pytest.mark.parametrize("size", [1, 2, 4, 9])
def test_a_sized_body_ends_at_its_size(size):
    framing = Sized(9)
    assert fed(framing, b"012345678", size) == b"012345678"
    assert (framing.is_complete, framing.has_extra) == (True, False)


def test_what_goes_another_way_counts():
    framing = Sized(10)
    framing.feed(b"01234")
    framing.skip(3)
    assert (framing.left, framing.is_complete) == (2, False)
    framing.skip(2)
    assert framing.is_complete


def test_bytes_after_a_sized_body_are_dropped_and_noted():
    framing = Sized(3)
    assert framing.feed(b"abcd") == b"abc"
    assert (framing.is_complete, framing.has_extra) == (True, True)


def test_a_body_without_a_length_is_never_complete_by_itself():
    framing = UntilClose()
    assert framing.feed(b"abc") == b"abc"
    assert not framing.is_complete


def test_pieces_of_a_known_length_are_handed_on_as_they_are():
    """Nothing is parsed or copied once the head is read."""
    framing, piece = Sized(10), b"01234"
    assert framing.feed(piece) is piece
