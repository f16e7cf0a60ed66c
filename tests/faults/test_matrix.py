"""Every fault in every tier: bystanders lose nothing that was not in flight, and the operator is told."""
from __future__ import annotations

import pytest

from .matrix import STATUSES, TIERS, Matrix, Row, faults_of
from .report import AT_START, PAGE, holds, page, rows_of
from .report import TIERS as TIER_NAMES

#: one of each kind in a worker, for every run; `isolated` has those of the other tier
SOME = (
    "X-19 ignores cancellation", "X-22 kill", "X-24 fork", "X-25 monkey patch", "X-29 descriptors",
    "X-30 closes everything", "X-31 signals", "X-32 stops the loop", "X-33 globals", "X-35 huge answer",
    "X-46 crash loop",
)  # fmt: skip


def test_every_fault_has_its_answers_in_every_tier_that_it_applies_to():
    assert {tier: set(faults_of(tier)) - set(STATUSES[tier]) for tier in TIERS} == {tier: set() for tier in TIERS}


def test_some_faults_in_a_worker_cost_what_was_in_flight_there(tmp_path):
    faults = {id: fault for id, fault in faults_of("inproc").items() if id in SOME}
    assert set(faults) == set(SOME)
    with Matrix("inproc", faults, tmp_path) as matrix:
        rows = matrix.run()
    assert {row.id: row.faults for row in rows if row.faults} == {}


@pytest.mark.slow
@pytest.mark.parametrize("tier", TIERS)
def test_every_fault_holds(tmp_path, tier):
    rows = rows_of(tier, tmp_path / tier)
    assert {row.id: row.faults or row.told for row in rows if not holds(row)} == {}


def test_the_page_tells_what_holds_and_what_does_not():
    good = Row("X-22 segfault", "inproc", statuses=[0], asked=10, lost=4, allowed=4, told="KX056", recovery_s=0.1)
    bad = Row("X-22 segfault", "process", statuses=[200], asked=10, lost=1, told="")
    text = page([good, bad], "today")
    assert "| X-22 segfault | - | 4 of 10 | [KX056](errors.md#kx056) | 0.10 s | 200 **✗** | 1 of 10 |  |  |" in text
    assert "| in a worker | 2 of 2 | 0.10 s |" in text
    assert "| in a process of its own | 1 of 2 (not X-22) |" in text


def test_the_page_in_the_documentation_has_every_fault():
    text = PAGE.read_text()
    ids = {id for tier in TIERS for id in faults_of(tier)} | set(AT_START)
    assert {id for id in ids if f"| {id} |" not in text} == set()
    assert all(f"| {words} |" in text for words in TIER_NAMES.values())
    assert "✗" not in text, "what does not hold is mended, or said in words"
