"""Limits are exact: one below and as large as the limit passes, one above does not, and nothing waits for the rest."""
import tomllib

import pytest

from krakpy.server.body import MAX_CHUNK_LINE, MAX_TRAILER_BYTES
from krakpy.server.limits import Limits
from tests.server.corpus.table import FOLDER
from tests.server.corpus.verdicts import verdict

RULES = {rule["limit"]: rule for rule in tomllib.loads((FOLDER / "sizes.toml").read_text("utf-8"))["rule"]}
#: the other limits, out of the way
ROOM = dict.fromkeys(RULES.keys() & set(Limits.__struct_fields__), 1 << 24)
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
SMALL = {"max_line_bytes": 300, "max_url": 200, "max_header_line": 100, "max_headers": 9, "max_header_bytes": 700}


def line(size: int) -> bytes:
    return b"GET /" + b"a" * (size - 14) + b" HTTP/1.1\r\nHost: a\r\n\r\n"


def target(size: int) -> bytes:
    return b"GET /" + b"a" * (size // 2) + b"?" + b"b" * (size - size // 2 - 2) + b" HTTP/1.1\r\nHost: a\r\n\r\n"


def field(size: int) -> bytes:
    return b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * (size - 3) + b"\r\n\r\n"


def fields(size: int) -> bytes:
    return b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * (size - 1) + b"\r\n"


def head(size: int) -> bytes:
    rows, rest = divmod(size - 27, 50)
    return b"GET / HTTP/1.1\r\nHost: a\r\n" + (b"X: " + b"y" * 45 + b"\r\n") * (rows - 1) + (
        b"X: " + b"y" * (45 + rest) + b"\r\n\r\n"
    )


def body(size: int) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size + b"b" * size


def chunks(size: int) -> bytes:
    sizes = [64] * (size // 64) + [size % 64] * (size % 64 > 0)
    data = b"".join(b"%x\r\n%s\r\n" % (part, b"b" * part) for part in sizes)
    return CHUNKED + data + b"0\r\n\r\n"


def trailers(size: int) -> bytes:
    return CHUNKED + b"0\r\n" + b"X: y\r\n" * size + b"\r\n"


def trailer(size: int) -> bytes:
    return CHUNKED + b"0\r\nX: " + b"y" * (size - 3) + b"\r\n\r\n"


def extension(size: int) -> bytes:
    return CHUNKED + b"5;" + b"a" * (size - 2) + b"\r\nhello\r\n0\r\n\r\n"


MAKERS = {
    "max_line_bytes": (line,),
    "max_url": (target,),
    "max_header_line": (field,),
    "max_headers": (fields, trailers),
    "max_header_bytes": (head,),
    "max_body": (body, chunks),
}
SIZES = [
    pytest.param(limit, value, make, id=f"{make.__name__}-{value}")
    for limit, makers in MAKERS.items()
    for make in makers
    for value in (SMALL.get(limit, 200), getattr(Limits(), limit) or 5000)
]


FIXED = [("max_chunk_line", MAX_CHUNK_LINE, extension), ("max_trailer_bytes", MAX_TRAILER_BYTES, trailer)]


@pytest.mark.parametrize(("limit", "value", "make"), SIZES)
@pytest.mark.parametrize("beyond", [-1, 0, 1], ids=["one below", "exact", "one above"])
async def test_a_limit_is_exact(limit, value, make, beyond):
    found = await verdict([make(value + beyond)], limits=Limits(**{**ROOM, limit: value}))
    assert found.statuses == ((RULES[limit]["answer"],) if beyond > 0 else (200,))
    assert len(found.seen) == (beyond <= 0)
    assert found.closed == (beyond > 0)


@pytest.mark.parametrize(("limit", "value", "make"), SIZES[::2])
async def test_a_limit_is_as_exact_byte_by_byte(limit, value, make):
    limits = Limits(**{**ROOM, limit: value})
    for beyond in (-1, 0, 1):
        sent = make(value + beyond)
        assert await verdict([sent[at : at + 1] for at in range(len(sent))], limits=limits) == await verdict(
            [sent], limits=limits
        )


@pytest.mark.parametrize(("limit", "value", "make"), SIZES)
async def test_what_is_beyond_a_limit_is_refused_before_it_has_ended(limit, value, make):
    sent = make(value + 20)
    begun = {line: sent[: value + 2], target: sent[: sent.index(b"\n") + 1], body: sent[: -value - 20]}
    found = await verdict([begun.get(make, sent[:-9])], limits=Limits(**{**ROOM, limit: value}))
    assert found.statuses == (RULES[limit]["answer"],)
    assert found.closed


@pytest.mark.parametrize(("rule", "value", "make"), FIXED)
@pytest.mark.parametrize("beyond", [-1, 0, 1], ids=["one below", "exact", "one above"])
async def test_a_limit_that_nobody_sets_is_exact_too(rule, value, make, beyond):
    sent = make(value + beyond)
    found = await verdict([sent])
    assert found.statuses == ((RULES[rule]["answer"],) if beyond > 0 else (200,))
    assert await verdict([sent[at : at + 1] for at in range(len(sent))]) == found


def test_every_rule_about_a_size_has_its_requests():
    assert set(RULES) == {*MAKERS, *(rule for rule, _, _ in FIXED)}
