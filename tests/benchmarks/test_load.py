"""What wrk prints becomes a slice, or a reason why it is none."""
import pytest

from benchmarks.load import LoadError, command, measured, script
from benchmarks.workloads import MB, NOOP, WORKLOADS

OUTPUT = """Running 1s test @ http://127.0.0.1:1/noop
  1 threads and 32 connections
Requests/sec:  71999.00

MEASURED {{"requests":72000,"bytes":21000000,"us":1000000,"p50_us":370,"p99_us":2100,"refused":{},"socket":{}}}
"""
POST_1K = next(workload for workload in WORKLOADS if workload.name == "post-1k")


def test_the_last_line_is_what_counts():
    seen = measured(OUTPUT.format(0, 0))
    assert (seen.requests, seen.seconds, seen.p50_us, seen.p99_us, seen.problem) == (72000, 1.0, 370, 2100, "")


def test_requests_of_large_answers_are_counted_by_their_bytes():
    assert measured(OUTPUT.format(0, 0), answer_bytes=1_000_000).requests == 21


@pytest.mark.parametrize(
    ("refused", "socket", "problem"),
    [(3, 0, "3 refused, 0 socket errors"), (0, 2, "0 refused, 2 socket errors")],
    ids=["an answer of 400 or more", "a socket error"],
)
def test_one_bad_answer_makes_a_slice_invalid(refused, socket, problem):
    assert measured(OUTPUT.format(refused, socket)).problem == problem


def test_a_slice_without_an_answer_is_invalid():
    assert measured(OUTPUT.format(0, 0).replace("72000", "0")).problem == "no answer"


def test_output_without_figures_is_an_error_that_shows_it():
    with pytest.raises(LoadError, match="unable to connect"):
        measured("", complaint="unable to connect to 127.0.0.1:1")


def test_the_script_posts_a_body_only_where_the_workload_has_one(tmp_path):
    assert 'wrk.body = string.rep("x", 1024)' in script(tmp_path, POST_1K).read_text()
    assert "wrk.body" not in script(tmp_path, NOOP).read_text()


def test_wrk_is_asked_for_the_path_with_so_many_connections(tmp_path):
    called = command(MB, url="http://127.0.0.1:1", lua=tmp_path, connections=7, seconds=2)
    assert {"-c7", "-d2s", "http://127.0.0.1:1/mb"} <= set(called)
