"""A verdict depends on the bytes alone: it is the same for every way in which they can be cut."""
from collections.abc import Iterator

import pytest

from tests.server.corpus.borrowed import borrowed
from tests.server.corpus.table import cases
from tests.server.corpus.verdicts import verdict

#: longer requests are cut in fewer places in the default suite
LONG = 400
SHARDS = 8

Request = tuple[str, bytes, str]


def requests() -> list[Request]:
    """Id, bytes and manner of the application of both corpora."""
    table = [(case.id, case.sent, case.app) for case in cases()]
    return table + [(f"gunicorn-{one.id}", sent, "patient") for one in borrowed() for sent in {one.sent, one.with_host}]


REQUESTS = requests()
SHORT = [request for request in REQUESTS if len(request[1]) <= LONG]
REST = [request for request in REQUESTS if len(request[1]) > LONG]


def cuts(sent: bytes, step: int = 1) -> Iterator[list[bytes]]:
    """Cut in two at each byte, or at each so many."""
    return ([sent[:at], sent[at:]] for at in range(1, len(sent), step))


def single_bytes(sent: bytes) -> list[bytes]:
    return [sent[at : at + 1] for at in range(len(sent))]


async def changed(request: Request, ways: Iterator[list[bytes]]) -> list[str]:
    """Where the verdict is another one than that on the whole."""
    name, sent, manner = request
    whole = await verdict([sent], manner=manner)
    found = [(len(chunks), len(chunks[0]), await verdict(chunks, manner=manner)) for chunks in ways]
    return [f"{name}, {count} parts, first {first}: {cut}, not {whole}" for count, first, cut in found if cut != whole]


@pytest.mark.parametrize("shard", range(SHARDS))
async def test_a_request_cut_in_two_at_any_byte_has_the_same_verdict(shard):
    for request in SHORT[shard::SHARDS]:
        assert await changed(request, cuts(request[1])) == []


@pytest.mark.parametrize("shard", range(SHARDS))
async def test_a_request_in_single_bytes_has_the_same_verdict(shard):
    for request in SHORT[shard::SHARDS]:
        assert await changed(request, iter([single_bytes(request[1])])) == []


@pytest.mark.parametrize("request_", [pytest.param(request, id=request[0]) for request in REST])
async def test_a_long_request_cut_in_two_has_the_same_verdict(request_):
    assert await changed(request_, cuts(request_[1], step=max(1, len(request_[1]) // 40))) == []


@pytest.mark.slow
@pytest.mark.parametrize("request_", [pytest.param(request, id=request[0]) for request in REST])
async def test_a_long_request_cut_anywhere_or_in_single_bytes_has_the_same_verdict(request_):
    assert await changed(request_, cuts(request_[1])) == []
    assert await changed(request_, iter([single_bytes(request_[1])])) == []
