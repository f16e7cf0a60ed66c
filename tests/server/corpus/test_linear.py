"""A head costs in proportion to its length, whatever is in it."""
import sys
import time

import pytest

from krakpy.server.head import read, read_line
from krakpy.server.limits import Limits
from krakpy.server.scanning import Scanner

pytestmark = pytest.mark.skipif("coverage" in sys.modules, reason="measuring coverage takes time of its own")

SIZE = 64 * 1024
LINE = b"GET / HTTP/1.1\r\nHost: a\r\n"
#: nothing in it ends a head early: what is measured is the whole of it
ROOMY = Limits(max_line_bytes=1 << 20, max_url=1 << 20, max_header_line=1 << 20, max_headers=1 << 20,
               max_header_bytes=1 << 20)  # fmt: skip

#: before, what is repeated, after
ADVERSARIES = {
    "spaces in a value": (LINE + b"X: y", b" ", b"z\r\n\r\n"),
    "spaces after a value": (LINE + b"X: y", b" ", b"\r\n\r\n"),
    "spaces before a value": (LINE + b"X:", b" ", b"\r\n\r\n"),
    "tabs and spaces": (LINE + b"X:", b" \t", b"\0\r\n\r\n"),
    "spaces before a colon": (LINE + b"X", b" ", b": y\r\n\r\n"),
    "spaces in the request line": (b"GET", b" ", b"/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    "colons": (LINE, b":", b"\r\n\r\n"),
    "colons in a value": (LINE + b"X", b":", b"\r\n\r\n"),
    "a name without an end": (LINE, b"X", b"\r\n\r\n"),
    "a name with a bad end": (LINE, b"X", b"@: y\r\n\r\n"),
    "a method without an end": (b"", b"G", b"\r\nHost: a\r\n\r\n"),
    "names of one letter": (LINE, b"X:\r\n", b"\r\n"),
    "names of one letter, then a bad one": (LINE, b"X:\r\n", b"X\r\n\r\n"),
    "hosts": (LINE, b"Host: a\r\n", b"\r\n"),
    "lengths": (LINE, b"Content-Length: 0\r\n", b"\r\n"),
    "digits": (LINE + b"Content-Length: ", b"0", b"5\r\n\r\n"),
    "codings": (LINE + b"Transfer-Encoding: x", b", x", b"\r\n\r\n"),
    "codings with spaces": (LINE + b"Transfer-Encoding: x", b" \t", b",chunked\r\n\r\n"),
    "codings and a bad one": (LINE + b"Transfer-Encoding: x", b", x", b", @\r\n\r\n"),
    "options": (LINE + b"Connection: close", b",x", b"\r\n\r\n"),
    "fields of options": (LINE, b"Connection: x, y\r\n", b"\r\n"),
    "expectations": (LINE + b"Expect: 100-continue", b", 100-continue", b"\r\n\r\n"),
    "underscores": (LINE, b"_", b": y\r\n\r\n"),
    "names with underscores": (LINE, b"x_y: z\r\n", b"\r\n"),
    "a long host": (b"GET / HTTP/1.1\r\nHost: a", b"a", b"@\r\n\r\n"),
    "colons in a host": (b"GET / HTTP/1.1\r\nHost: a", b":", b"\r\n\r\n"),
    "colons in brackets": (b"GET / HTTP/1.1\r\nHost: [", b":", b"]\r\n\r\n"),
    "groups in brackets": (b"GET / HTTP/1.1\r\nHost: [", b"1:", b"]\r\n\r\n"),
    "percent signs in a host": (b"GET / HTTP/1.1\r\nHost: a", b"%41", b"%\r\n\r\n"),
    "digits in a port": (b"GET / HTTP/1.1\r\nHost: a:", b"0", b"\r\n\r\n"),
    "slashes": (b"GET ", b"/", b" HTTP/1.1\r\nHost: a\r\n\r\n"),
    "question marks": (b"GET /", b"?", b" HTTP/1.1\r\nHost: a\r\n\r\n"),
    "number signs": (b"GET /?", b"#", b" HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a target without a version": (b"GET /", b"a", b"\r\nHost: a\r\n\r\n"),
    "a long authority": (b"GET http://", b"a", b"@/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    "schemes": (b"GET ", b"http://", b" HTTP/1.1\r\nHost: a\r\n\r\n"),
    "bytes above 127": (LINE + b"X: ", b"\xc3\xa9", b"\r\n\r\n"),
    "lone carriage returns": (LINE + b"X: y", b"\r", b"\r\n\r\n"),
    "lone line feeds": (LINE, b"X: y\n", b"\r\n"),
}  # fmt: skip


def head(name: str, size: int) -> bytes:
    before, repeated, after = ADVERSARIES[name]
    return before + repeated * ((size - len(before) - len(after)) // len(repeated)) + after


def judged(sent: bytes) -> None:
    """Read it in every way that there is."""
    read(sent)
    read_line(sent.partition(b"\r\n")[0])
    Scanner(ROOMY).feed(sent)


def dripped(sent: bytes) -> None:
    """Take it in byte by byte until it is refused."""
    scanner = Scanner(ROOMY)
    for byte in sent:
        if scanner.feed(bytes((byte,))) is not None:
            break


def seconds(work, sent: bytes, runs: int = 5) -> float:
    """The least CPU time of a few runs, which what else the machine does hardly changes."""
    times = []
    for _ in range(runs):
        start = time.thread_time()
        work(sent)
        times.append(time.thread_time() - start)
    return min(times)


@pytest.mark.parametrize("name", ADVERSARIES)
def test_a_head_of_64_kib_is_judged_within_50_ms(name):
    assert seconds(judged, head(name, SIZE)) < 0.05


@pytest.mark.parametrize("name", ADVERSARIES)
def test_four_times_the_head_takes_no_more_than_about_four_times_as_long(name):
    """A square would take 16 times as long; what takes less than a millisecond is as good as nothing."""
    assert seconds(judged, head(name, SIZE)) < 9 * seconds(judged, head(name, SIZE // 4)) + 0.001


@pytest.mark.parametrize("name", ADVERSARIES)
def test_a_head_that_comes_byte_by_byte_costs_in_proportion_too(name):
    long, short = (seconds(dripped, head(name, size), runs=2) for size in (SIZE // 4, SIZE // 16))
    assert long < 9 * short + 0.005
