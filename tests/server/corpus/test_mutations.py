"""Whatever becomes of a valid request on its way: no error, and no other requests than a strict reader sees in it."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.server.corpus.mutations import mutant
from tests.server.corpus.oracle import requests
from tests.server.corpus.table import cases
from tests.server.corpus.verdicts import Verdict, verdict

OURS = {400, 408, 413, 414, 417, 431, 501, 505}

def agrees(found: Verdict, sent: bytes) -> None:
    """What was seen is what the other reader sees first, and the answers are one for each, then at most a refusal."""
    theirs = requests(sent)
    assert list(found.seen) == theirs[: len(found.seen)], f"{sent!r}: {found.seen}, but h11 sees {theirs}"
    assert found.statuses[: len(found.seen)] == (200,) * len(found.seen)
    assert len(found.statuses) <= len(found.seen) + 1
    assert set(found.statuses[len(found.seen) :]) <= OURS


@settings(max_examples=300, deadline=None)
@given(st.randoms())
async def test_a_mutant_is_read_as_a_strict_reader_reads_it_or_refused(random):
    sent = mutant(random)
    agrees(await verdict([sent]), sent)


@settings(max_examples=150, deadline=None)
@given(st.randoms())
async def test_a_mutant_in_pieces_has_the_same_verdict(random):
    sent = mutant(random)
    cuts = sorted(random.randint(0, len(sent)) for _ in range(random.randint(0, 4)))
    pieces = [sent[start:end] for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    assert await verdict(pieces) == await verdict([sent])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
async def test_any_bytes_are_refused_or_waited_for(sent):
    found = await verdict([sent])
    assert found.seen == ()
    assert set(found.statuses) <= OURS


@pytest.mark.parametrize("seed", range(4))
async def test_thousands_of_mutants_are_read_as_a_strict_reader_reads_them_or_refused(seed):
    random = Random(seed)
    for _ in range(500):
        sent = mutant(random, most=6)
        agrees(await verdict([sent]), sent)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1050))
async def test_a_hundred_thousand_mutants_are_read_as_a_strict_reader_reads_them_or_refused(seed):
    random = Random(seed)
    for _ in range(2000):
        sent = mutant(random, most=8)
        agrees(await verdict([sent]), sent)


ACCEPTED = [pytest.param(case, id=case.id) for case in cases() if case.sees and case.app == "patient"]


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_is_accepted_is_read_the_same_by_a_strict_reader(case):
    assert list(case.sees) == requests(case.sent)[: len(case.sees)]
