"""A head that comes in pieces gets the verdict of the whole one: what is wrong at the earliest byte decides."""
import pytest

from krakpy.server.limits import Limits
from krakpy.server.refusals import Refusal
from krakpy.server.scanning import Scanner

LINE = b"GET / HTTP/1.1\r\n"
FULL = b"A:" + b"b" * 28 + b"\r\n"
GOOD = b"GET /path HTTP/1.1\r\nHost: x\r\nA:\tb \xe4\r\n\r\n"
TIGHT = Limits(max_line_bytes=30, max_url=20, max_header_line=30, max_headers=3, max_header_bytes=100)


def verdict(sent: bytes, step: int, limits: Limits = TIGHT):
    """What comes first of these bytes: a refusal, the length of the head, or nothing."""
    scanner = Scanner(limits)
    for at in range(0, len(sent), step):
        found = scanner.feed(sent[at:at + step])
        if found is not None:
            return found
    return None


@pytest.mark.parametrize("step", [1, 2, 3, 1000])
@pytest.mark.parametrize("before", [b"", b"\r\n"])
def test_a_head_ends_with_its_empty_line_and_may_have_one_before_it(before, step):
    assert verdict(before + GOOD, step) == len(GOOD)


def test_what_came_after_a_head_is_not_counted():
    assert verdict(GOOD + b"x" * 1000, 1000) == len(GOOD)


@pytest.mark.parametrize("step", [1, 1000])
def test_the_smaller_limit_is_reached_first(step):
    tight = Limits(max_line_bytes=30, max_header_bytes=20)
    assert verdict(b"G" * 40, step, tight) is Refusal.HEAD_TOO_LARGE


def test_what_came_after_a_head_is_not_lost():
    scanner = Scanner(TIGHT)
    scanner.feed(GOOD[:5])
    assert scanner.feed(GOOD[5:] + b"rest") == len(GOOD)
    assert scanner.taken(len(GOOD)) == (GOOD, b"rest")


@pytest.mark.parametrize(("sent", "is_empty"), [(b"", True), (b"\r\n", True), (b"\r", False), (b"G", False)])
def test_nothing_has_come_where_nothing_but_an_empty_line_has(sent, is_empty):
    scanner = Scanner(TIGHT)
    assert scanner.feed(sent) is None
    assert scanner.is_empty is is_empty


@pytest.mark.parametrize("step", [1, 2, 1000])
@pytest.mark.parametrize(
    ("sent", "found"),
    [
        (b"\r\n\r\n", Refusal.BAD),
        (b"\rG", Refusal.BAD),
        (b"\n", Refusal.BAD),
        (b"\x16\x03\x01", Refusal.BAD),
        (b"GET / HTTP/1.1\n", Refusal.BAD),
        (b"GET / HTTP/1.1\r\r", Refusal.BAD),
        (b"GET / HTTP/1.1\r\n\n", Refusal.BAD),
        (b"GET / HTTP/1.1\r\nA\r\n", Refusal.BAD),
        (b"GET / HTTP/1.1\r\nA : b\r\n", Refusal.BAD),
        (b"GET / HTTP/1.1\r\n A: b\r\n", Refusal.BAD),
        (b"GET / HTTP/1.1\r\nA: b\r\n\tc\r\n", Refusal.BAD),
        (b"GET / HTTP/1.1\r\n: b\r\n", Refusal.BAD),
        (b"GET / HTTP/1.1\r\nA: b\0", Refusal.BAD),
        (b"GET / HTTP/3.0\r\n", Refusal.VERSION),
        (b"G" * 30 + b"\0", Refusal.BAD),
        (b"G" * 31, Refusal.URL_TOO_LONG),
        (b"G" * 31 + b"\0", Refusal.URL_TOO_LONG),
        (b"G /" + b"a" * 20 + b" X\r\n", Refusal.BAD),
        (b"GET / HTTP/1.1\r\nA:" + b"b" * 28 + b"\r", None),
        (b"GET / HTTP/1.1\r\nA:" + b"b" * 28 + b"\r\r", Refusal.BAD),
        (b"GET / HTTP/1.1\r\nA:" + b"b" * 29, Refusal.HEAD_TOO_LARGE),
        (b"GET / HTTP/1.1\r\n" + b"A:b\r\n" * 3 + b"A:b\r", None),
        (b"GET / HTTP/1.1\r\n" + b"A:b\r\n" * 4, Refusal.HEAD_TOO_LARGE),
        (LINE + FULL * 2 + b"A:" + b"b" * 18, None),
        (LINE + FULL * 2 + b"A:" + b"b" * 19, Refusal.HEAD_TOO_LARGE),
        (LINE + FULL * 2 + b"A:" + b"b" * 16 + b"\r\n\r\n", Refusal.HEAD_TOO_LARGE),
        (LINE + FULL * 2 + b"A:" + b"b" * 14 + b"\r\n\r\n", 100),
    ],
    ids=lambda value: str(value[:40]) if isinstance(value, bytes) else "",
)  # fmt: skip
def test_the_earliest_wrong_byte_decides_however_they_come(sent, found, step):
    assert verdict(sent, step) == found


@pytest.mark.parametrize("step", [1, 1000])
@pytest.mark.parametrize("length", [19, 20, 21])
def test_a_target_is_as_long_as_the_limit_or_refused(length, step):
    sent = b"GET /" + b"a" * (length - 1) + b" HTTP/1.1\r\nA:\r\n\r\n"
    assert verdict(sent, step, Limits(max_url=20)) == (len(sent) if length <= 20 else Refusal.URL_TOO_LONG)
