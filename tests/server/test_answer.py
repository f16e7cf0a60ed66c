"""What an application says about its answer is checked, written once, and framed by the wire."""
import pytest

from krakpy.server.answer import (
    BODILESS,
    IN_CHUNKS,
    STATUS_LINES,
    UNTIL_CLOSE,
    Lines,
    framed,
    lined,
    status_line,
)


@pytest.mark.parametrize("kind", [list, tuple, iter])
@pytest.mark.parametrize("field", [(b"a", b"b"), [b"a", b"b"], (b"A", b"b"), (bytearray(b"a"), memoryview(b"b"))])
def test_fields_may_come_in_every_way_that_asgi_allows_and_some_more(kind, field):
    assert lined(kind([field]), Lines()) == (b"a: b\r\n", {b"a": b"b"})


def test_fields_that_are_the_wires_own_are_not_written():
    text, own = lined([(b"connection", b"close"), (b"content-length", b"5"), (b"b", b"c")], Lines())
    assert text == b"b: c\r\n"
    assert own[b"connection"] == b"close"


@pytest.mark.parametrize("field", [(b"a\n", b"b"), (b"a:", b"b"), (b"", b"b"), (b"a", b"b\r"), (b"a", b"\x7f")])
def test_a_field_that_cannot_be_sent_is_an_error(field):
    with pytest.raises(ValueError, match="cannot be sent"):
        lined([field], Lines())


def test_known_lines_are_bounded_in_number_and_size():
    lines = Lines()
    for number in range(3000):
        lines[b"a", b"%d" % number]
    assert 0 < len(lines) <= 2048
    before = len(lines)
    assert lines[b"a", b"x" * 1000] == b"a: " + b"x" * 1000 + b"\r\n"
    assert len(lines) == before


def test_only_final_statuses_have_a_line():
    assert min(STATUS_LINES) == 200
    assert status_line(599) == b"HTTP/1.1 599 \r\n"
    assert status_line(404) == b"HTTP/1.1 404 Not Found\r\n"
    with pytest.raises(ValueError, match="no final status"):
        status_line(100)


@pytest.mark.parametrize(
    ("whole", "minor", "expected"),
    [
        (5, 1, (5, b"content-length: 5\r\n")),
        (5, 0, (5, b"content-length: 5\r\n")),
        (None, 1, (IN_CHUNKS, b"transfer-encoding: chunked\r\n")),
        (None, 0, (UNTIL_CLOSE, b"")),
    ],
)
def test_a_body_tells_its_end(whole, minor, expected):
    assert framed(200, {}, whole, is_head=False, minor=minor) == expected


def test_an_answer_without_a_body_has_the_length_of_the_one_that_it_stands_for():
    own = {b"content-length": b"5"}
    assert framed(200, own, 0, is_head=True, minor=1) == (BODILESS, b"content-length: 5\r\n")
    assert framed(304, own, 0, is_head=False, minor=1) == (BODILESS, b"content-length: 5\r\n")
    assert framed(204, own, 0, is_head=False, minor=1) == (BODILESS, b"")


@pytest.mark.parametrize(("declared", "whole"), [(b"5", 4), (b"5", 6), (b"x", None), (b"", 0), (b"-1", None)])
def test_a_length_that_is_not_the_bodys_is_an_error(declared, whole):
    with pytest.raises(ValueError, match="content-length"):
        framed(200, {b"content-length": declared}, whole, is_head=False, minor=1)
