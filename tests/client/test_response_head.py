"""Heads of answers: what is strict HTTP/1.x is understood, the rest is refused."""
import pytest
from krakpy_sdk import UpstreamError

from krakpy.client.response_head import CHUNKED, UNTIL_CLOSE, check_beginning, check_trailer, parse


def head(*fields, line="HTTP/1.1 200 OK"):
    return "\r\n".join([line, *fields, "", ""]).encode("latin-1")


def test_fields_are_given_in_order_with_their_repeats():
    assert parse(head("B: 1", "a: 2", "B: 3")).headers.pairs == (("B", "1"), ("a", "2"), ("B", "3"))


@pytest.mark.parametrize("field", ["A:x", "A: x", "A: \tx", "A:x ", "A: x \t "])
def test_white_space_around_a_value_is_no_part_of_it(field):
    assert parse(head(field)).headers["a"] == "x"


@pytest.mark.parametrize("value", ["", "a:b", "\xe9", "a\tb", '"q"'])
def test_values_are_what_rfc_9110_allows(value):
    assert parse(head(f"A: {value}")).headers["a"] == value


@pytest.mark.parametrize(
    ("line", "status"),
    [("HTTP/1.1 200 OK", 200), ("HTTP/1.1 404 ", 404), ("HTTP/1.1 201", 201), ("HTTP/1.0 599 x y", 599)],
)
def test_status_is_read_with_and_without_a_reason(line, status):
    assert parse(head(line=line)).status == status


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(head(line="HTTP/1.1 999 ?"), id="C-15-status-999"),
        pytest.param(head(line="HTTP/1.1 099 ?"), id="C-15-status-099"),
        pytest.param(head(line="HTTP/1.1 20 OK"), id="C-15-short-status"),
        pytest.param(head(line="HTTP/1.1  200 OK"), id="C-15-two-spaces"),
        pytest.param(head(line="HTTP/2.0 200 OK"), id="C-15-http-2"),
        pytest.param(head(line="HTTP/1.2 200 OK"), id="C-15-http-1.2"),
        pytest.param(head(line="http/1.1 200 OK"), id="C-15-lower-case"),
        pytest.param(head(line="<html>"), id="C-15-http-0.9"),
        pytest.param(b"HTTP/1.1 200 OK\nA: b\r\n\r\n", id="C-15-bare-LF-in-status-line"),
        pytest.param(b"HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n", id="C-15-bare-LF"),
        pytest.param(head("A: b\rC: d"), id="C-15-bare-CR"),
        pytest.param(head("A: b\r"), id="C-15-CR-CR-LF"),
        pytest.param(head("A: \0"), id="C-15-NUL"),
        pytest.param(head("A: \x7f"), id="C-15-DEL"),
        pytest.param(head("A: 1", " folded"), id="C-15-folded"),
        pytest.param(head("A : 1"), id="C-15-space-before-colon"),
        pytest.param(head(" A: 1"), id="C-15-space-before-first-name"),
        pytest.param(head("A\xe9: 1"), id="C-15-name-not-ascii"),
        pytest.param(head(": 1"), id="C-15-no-name"),
        pytest.param(head("A"), id="C-15-no-colon"),
    ],
)
def test_anything_but_strict_syntax_is_refused(raw):
    with pytest.raises(UpstreamError, match="malformed"):
        parse(raw)


@pytest.mark.parametrize(
    ("fields", "length"),
    [
        ((), UNTIL_CLOSE),
        (("Content-Length: 0",), 0),
        (("content-LENGTH:12 ",), 12),
        (("Transfer-Encoding: chunked",), CHUNKED),
        (("Transfer-Encoding: Chunked",), CHUNKED),
        (("X-Content-Length: 3",), UNTIL_CLOSE),
        (("A: Content-Length: 3",), UNTIL_CLOSE),
    ],
)
def test_framing_is_what_the_fields_say(fields, length):
    assert parse(head(*fields)).length == length


@pytest.mark.parametrize("status", ["100", "204", "304"])
def test_answers_of_these_statuses_have_no_body_whatever_they_say(status):
    assert parse(head("Content-Length: 3", line=f"HTTP/1.1 {status} x")).length == 0


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(("Content-Length: 3", "Transfer-Encoding: chunked"), id="C-09-both"),
        pytest.param(("Content-Length: 3", "Content-Length: 3"), id="C-09-two-equal"),
        pytest.param(("Content-Length: 3", "Content-Length: 4"), id="C-09-two-different"),
        pytest.param(("Content-Length: 3, 3",), id="C-09-list"),
        pytest.param(("Content-Length: -3",), id="C-09-negative"),
        pytest.param(("Content-Length: +3",), id="C-09-sign"),
        pytest.param(("Content-Length: 0x3",), id="C-09-hexadecimal"),
        pytest.param(("Content-Length: 1_0",), id="C-09-underscore"),
        pytest.param(("Content-Length: 3 3",), id="C-09-inner-space"),
        pytest.param(("Content-Length:",), id="C-09-empty"),
        pytest.param(("Content-Length: " + "9" * 19,), id="C-09-overflow"),
        pytest.param(("Transfer-Encoding: gzip, chunked",), id="C-09-gzip-chunked"),
        pytest.param(("Transfer-Encoding: identity",), id="C-09-identity"),
        pytest.param(("Transfer-Encoding: chunked, chunked",), id="C-09-chunked-twice"),
        pytest.param(("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), id="C-09-two-codings"),
        pytest.param(("Transfer-Encoding: \x0bchunked",), id="C-09-vertical-tab"),
        pytest.param(("Transfer-Encoding:",), id="C-09-no-coding"),
    ],
)
def test_framing_that_two_readers_could_understand_differently_is_refused(fields):
    with pytest.raises(UpstreamError):
        parse(head(*fields))


def test_transfer_encoding_in_http_1_0_is_refused():
    with pytest.raises(UpstreamError, match="Transfer-Encoding"):
        parse(head("Transfer-Encoding: chunked", line="HTTP/1.0 200 OK"))


@pytest.mark.parametrize(
    ("line", "fields", "is_persistent"),
    [
        ("HTTP/1.1 200 OK", ("Content-Length: 0",), True),
        ("HTTP/1.1 200 OK", ("Content-Length: 0", "Connection: keep-alive"), True),
        ("HTTP/1.1 200 OK", ("Content-Length: 0", "Connection: close"), False),
        ("HTTP/1.1 200 OK", ("Content-Length: 0", "Connection: x, Close"), False),
        ("HTTP/1.1 200 OK", ("Content-Length: 0", "Connection: x", "Connection: close"), False),
        ("HTTP/1.1 200 OK", (), False),
        ("HTTP/1.0 200 OK", ("Content-Length: 0", "Connection: keep-alive"), False),
    ],
)
def test_a_connection_persists_only_if_nothing_speaks_against_it(line, fields, is_persistent):
    assert parse(head(*fields, line=line)).is_persistent is is_persistent


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(head("A: " + "x" * 2000), "longer than 1024", id="C-10-long"),
        pytest.param(head(*["A: 1"] * 9), "9 header fields", id="C-10-many"),
    ],
)
def test_heads_above_the_limits_are_refused(raw, reason):
    with pytest.raises(UpstreamError, match=reason):
        parse(raw, max_bytes=1024, max_fields=8)


@pytest.mark.parametrize("raw", [b"", b"H", b"HTTP/1.", b"HTTP/1.1 200 OK\r", b"HTTP/1.1 200 OK\r\nA: b\r\n\r"])
def test_the_beginning_of_a_good_head_is_waited_for(raw):
    check_beginning(raw, max_bytes=1024)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"X", id="C-15-no-http"),
        pytest.param(b"HTTP/2", id="C-15-http-2"),
        pytest.param(b"HTTP/1.1 200 OK\nA: b\n\n", id="C-15-LF-only"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200, id="C-10-long"),
    ],
)
def test_a_head_that_can_no_longer_be_good_is_refused_before_its_end(raw):
    with pytest.raises(UpstreamError):
        check_beginning(raw, max_bytes=1024)


@pytest.mark.parametrize("raw", [b"\r\n", b"A: b\r\n\r\n"])
def test_trailers_may_have_fields(raw):
    check_trailer(raw)


@pytest.mark.parametrize("raw", [b"A b\r\n\r\n", b"A: \0\r\n\r\n", b"A: b\nC: d\r\n\r\n", b"A: b\r\n" * 129 + b"\r\n"])
def test_malformed_trailers_are_refused(raw):
    with pytest.raises(UpstreamError, match="trailer"):
        check_trailer(raw)
