"""Frames come back as they were sent, however the bytes arrive, and no length makes anybody allocate."""
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from krakpy_sdk.frames import MAX_FRAME_BYTES, FrameError, Splitter, framed

FRAMES = st.lists(st.tuples(st.binary(max_size=40), st.binary(max_size=40)), max_size=5)


@given(FRAMES, st.lists(st.integers(1, 60)))
def test_frames_are_the_same_however_their_bytes_are_cut(frames, cuts):
    data = b"".join(framed(header, body) for header, body in frames)
    splitter = Splitter()
    found: list[tuple[bytes, bytes]] = []
    for size in [*cuts, len(data) + 1]:
        found += splitter.feed(data[:size])
        data = data[size:]
    assert found == frames
    assert splitter.is_between_frames


def test_part_of_a_frame_is_known_to_be_there():
    splitter = Splitter()
    assert list(splitter.feed(framed(b"a", b"b")[:-1])) == []
    assert not splitter.is_between_frames


@pytest.mark.parametrize("lengths", [(2**31, 0), (0, 2**31), (MAX_FRAME_BYTES, 1)], ids=str)
def test_a_length_that_no_frame_has_is_refused_before_anything_is_kept(lengths):
    with pytest.raises(FrameError):
        list(Splitter().feed(struct.pack("!II", *lengths)))


def test_a_frame_that_is_too_large_is_not_made():
    with pytest.raises(FrameError):
        framed(b"", bytes(MAX_FRAME_BYTES + 1))
