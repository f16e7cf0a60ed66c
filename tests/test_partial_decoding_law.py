"""The law of partial decoding, over the whole pipeline and documents of any kind, broken ones among them.

Where the fully decoded document is accepted, so is the one that is opened in part, and the client gets the same,
numbers by value. What either refuses is an upstream's failure, which is answered and logged as that: no defect.
"""
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krakpy import testing
from tests.test_depth import PADDING, backends, bodies, endpoints, proxy, written
from tests.test_partial_decoding import EXTENSIONS, asked, raw, read

#: what stands in place of some bytes, or between them
ODD = (
    b"", b'"', b"\\", b"\\u", b"\\ud800", b"{", b"}", b"[", b"]", b",", b":", b" ", b"\n", b"\x00", b"\x1f", b"\x80",
    b"\xff", b"\xed\xa0\x80", b"-", b"-0", b"1e999", b"1.", b"01", b"9" * 5000, b"null", b"NaN", b"Infinity", b"/*",
    b"[" * 70, b'{"a":' * 70,
)
edits = st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 3), st.sampled_from(ODD)), max_size=2)
sent = st.tuples(backends, bodies, st.booleans(), edits)


def broken(body: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    """A body with changes in what is not padding."""
    body = body.removesuffix(PADDING)
    for place, removed, odd in edits:
        at = place % (len(body) + 1)
        body = body[:at] + odd + body[at + removed :]
    return body + PADDING


class Defects(logging.Handler):
    """Collects what is logged as a defect."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def defects() -> Iterator[list[logging.LogRecord]]:
    handler, logger = Defects(), logging.getLogger("krakpy")
    logger.addHandler(handler)
    try:
        yield handler.records
    finally:
        logger.removeHandler(handler)


async def answered(endpoint, bodies):
    """What the client gets where the documents are opened in part, and where they are opened whole."""
    upstream = testing.Upstream({f"/{number}": raw(body) for number, body in enumerate(bodies)})
    paths = {"/part": False, "/full": True}
    asking = [asked(endpoint, path, is_looked_at=looks) for path, looks in paths.items()]
    async with testing.gateway({"timeout": "1m", "endpoints": asking}, upstream, **EXTENSIONS) as client:
        return [await client.get(path) for path in paths]


def fields_of(response):
    """The header without what tells how long the body is: `1.0` and `1.00` are the same number."""
    return {name.lower(): value for name, value in response.headers.pairs if name.lower() != "content-length"}


def is_accepted(response):
    """Whether every document was."""
    return response.status == 200 and response.headers["x-krakend-completed"] == "true"


def assert_readable(response):
    # NOTE: numbers that nobody looked at may have any size, also one that nothing in Python can hold
    if response.body and response.headers["content-type"].startswith("application/json"):
        json.loads(response.body, parse_float=str, parse_int=str, parse_constant=pytest.fail)


async def check(drawn, endpoint, is_sequential):
    own = endpoint.get("extra_config", {}).get("proxy", {})
    backends = [
        {**backend, "url_pattern": f"/{number}", "is_collection": isinstance(body, list)}
        for number, (backend, body, _, _) in enumerate(drawn)
    ]
    bodies = [broken(written(body, is_spaced), edits) for _, body, is_spaced, edits in drawn]
    with defects() as found:
        part, full = await answered({**endpoint, "backend": backends, **proxy(**own, sequential=is_sequential)}, bodies)
    assert not found
    assert {part.status, full.status} <= {200, 500}
    assert_readable(part)
    if is_accepted(full):
        assert is_accepted(part)
        assert (fields_of(part), read(part)) == (fields_of(full), read(full))


LAW = {"drawn": st.lists(sent, min_size=1, max_size=3), "endpoint": endpoints, "is_sequential": st.booleans()}


@settings(deadline=None, max_examples=50)
@given(**LAW)
async def test_what_is_opened_in_part_is_answered_as_what_is_opened_whole(drawn, endpoint, is_sequential):
    await check(drawn, endpoint, is_sequential)


@pytest.mark.slow
@settings(deadline=None, max_examples=600)
@given(**LAW)
async def test_what_is_opened_in_part_is_answered_as_what_is_opened_whole_however_often(
    drawn, endpoint, is_sequential
):
    await check(drawn, endpoint, is_sequential)
