"""Whatever a backend does wrong, the client gets what KrakenD's rules say, in time, and the next request is right."""
from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
import uvloop

from .backend_faults import FAULTS, Ending, Fault
from .campaign import DEADLINE_S, MODES, Run, campaign

RUNS = [(fault, mode) for fault in FAULTS for mode in MODES]
GOOD = {"single": {"good": True}, "merged": {"good": True, "other": True}, "no-op": {"good": True}}
#: how much later than its deadline an answer may be on a machine that is busy with other things
MARGIN_S = 1.5
TELLS = {"single": "request failed", "merged": "the answer is incomplete", "no-op": "request failed"}


def expected(fault: Fault, mode: str) -> Ending:
    """How a run has to end."""
    return fault.no_op if mode == "no-op" else fault.decoded


def ending(*endings: Ending) -> pytest.MarkDecorator:
    """The runs that have to end like this."""
    runs = [run for run in RUNS if expected(*run) in endings]
    return pytest.mark.parametrize(("fault", "mode"), runs, ids=[f"{fault.id}-{mode}" for fault, mode in runs])


@pytest.fixture(scope="module")
def runs(tmp_path_factory: Any) -> Mapping[tuple[str, str], Run]:
    """Every run, made once, on the event loop of the workers."""
    return uvloop.run(campaign(FAULTS, tmp_path_factory.mktemp("back")))


@pytest.fixture
def run(runs: Mapping[tuple[str, str], Run], fault: Fault, mode: str) -> Run:
    """One of them."""
    return runs[fault.id, mode]


@ending("good")
def test_what_a_backend_may_do_is_no_failure(run, mode):
    assert [(one.status, one.json(), one.is_cut) for one in [*run.warm, run.outcome]] == [
        (200, GOOD[mode], False)
    ] * (len(run.warm) + 1)


@ending("failed")
def test_a_failed_backend_is_500_or_a_part_of_the_answer(run, mode):
    outcome = run.outcome
    assert (outcome.is_cut, outcome.is_complete) == (False, False)
    if mode == "merged":
        assert (outcome.status, outcome.json()) == (200, {"other": True})
    else:
        assert (outcome.status, outcome.body) == (500, b"")


@ending("broken")
def test_an_answer_that_breaks_off_never_ends_cleanly(run):
    assert run.outcome.is_cut or (run.outcome.status, run.outcome.body) == (500, b"")
    assert not run.outcome.is_complete


@ending("passed")
def test_what_is_whole_is_passed_on(run):
    assert (run.outcome.status, run.outcome.is_cut) == (run.fault.status, False)


@ending("failed", "broken")
def test_the_log_names_the_kind_of_failure(run, fault, mode):
    told = [event for event in run.events if event["message"] in (TELLS[mode], "answer broken off")]
    assert len(told) == 1, run.events
    assert re.search(fault.said, str(told[0].get("error") or told[0].get("errors")))
    if mode != "merged":
        assert told[0]["cause"] in (fault.cause, "Timeout" if fault.waits else fault.cause)


WAITING = [run for run in RUNS if run[0].waits and expected(*run) != "passed"]


@pytest.mark.parametrize(("fault", "mode"), WAITING, ids=lambda it: getattr(it, "id", it))
def test_a_backend_that_hangs_or_drips_costs_the_deadline_and_no_more(run, mode):
    due = DEADLINE_S * (0.85 if mode == "merged" else 1.0)
    earliest = 0.0 if run.fault.id == "C-11 endless" else due - 0.05
    assert earliest <= run.outcome.seconds <= due + MARGIN_S


@pytest.mark.parametrize(("fault", "mode"), RUNS, ids=lambda it: getattr(it, "id", it))
def test_the_connection_is_dropped_and_the_next_request_is_right(run, fault, mode):
    assert run.is_dropped or fault.is_kept or not run.upstream.connections
    if run.next is None:
        return
    if fault.id.startswith("C-20"):  # this backend never stops
        assert run.next.status == (200 if mode == "merged" else 500)
        return
    assert (run.next.status, run.next.json(), run.next.is_cut) == (200, GOOD[mode], False)
    assert run.upstream.connections >= (1 if fault.is_kept else 2)


def test_bytes_that_are_no_utf_8_never_reach_a_client_that_asks_for_json(runs):
    """As Go has it: they become U+FFFD."""
    assert runs["C-14 no UTF-8", "single"].outcome.json() == {"a": "\ufffd"}


@pytest.mark.parametrize("mode", MODES)
def test_what_is_not_idempotent_is_never_sent_twice(runs, mode):
    run = runs["C-02 POST on a used connection", mode]
    # the one that warmed the connection, the one that was lost, and the next
    assert len(run.upstream.requests) == 3


@pytest.mark.parametrize("mode", MODES)
def test_nobody_is_asked_who_cannot_prove_who_they_are(runs, mode):
    for fault in FAULTS:
        if fault.tls not in ("", "good"):
            assert runs[fault.id, mode].upstream.requests == []
