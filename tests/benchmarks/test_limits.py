"""The numbers to hold, told from a run."""
import pytest

from benchmarks.gateways.krakend import Krakend
from benchmarks.gateways.krakpy import Krakpy
from benchmarks.limits import Limit, Verdict, limits
from benchmarks.results import Machine, Results
from benchmarks.rounds import Boot, Plan, Sample
from benchmarks.stage import Memory

MACHINE = Machine(date="", processor="", cores=2, kernel="", python="", load=0)


def sample(workload, cpu_us, gateway="krakpy", **more):
    return Sample(round=0, workload=workload, gateway=gateway, cpu_us=cpu_us, yardstick_us=10, **more)


def results(*samples, boots=(), memory=(), rivals=()):
    plan = Plan(gateways=[Krakpy(), *rivals], workloads=[])
    return Results(machine=MACHINE, plan=plan, samples=samples, boots=boots, memory=memory)


def told(name, found, unit=""):
    (limit,) = [one for one in limits(found) if one.name == name and unit in one.unit]
    return limit.measured(found)


def test_a_limit_is_held_up_to_its_number_and_not_without_a_measurement():
    limit = Limit("x", 2.4, "", lambda _: None)
    words = [Verdict(limit, measured).word for measured in (2.4, 2.41, None)]
    assert words == ["pass", "FAIL", "not measured"]
    assert not Verdict(limit, None).is_held


def test_cpu_is_told_in_units_of_the_yardstick():
    assert told("CPU of noop", results(sample("noop", 24)), "nginx") == pytest.approx(2.4)


def test_an_invalid_cell_is_not_measured():
    assert told("CPU of noop", results(sample("noop", 24), sample("noop", 24, problem="refused")), "nginx") is None


def test_the_rival_counts_only_where_it_ran():
    alone = results(sample("noop", 24))
    both = results(sample("noop", 24), sample("noop", 60, "krakend"), rivals=[Krakend()])
    assert not [limit for limit in limits(alone) if "KrakenD" in limit.unit]
    assert told("CPU of noop", both, "KrakenD") == pytest.approx(0.4)


def test_starting_is_the_shortest_of_the_starts():
    boots = [
        Boot(round=number, workload="boot", gateway="krakpy", seconds=seconds)
        for number, seconds in enumerate((0.4, 0.9, 0.5))
    ]
    assert told("boot", results(boots=boots)) == 0.4


def test_the_memory_is_the_most_that_one_process_held():
    memory = [Memory(gateway="krakpy", idle_bytes=(10, 30_000_000), loaded_bytes=(10, 41_000_000))]
    assert told("memory of the worker", results(memory=memory)) == 41


def test_many_endpoints_are_compared_with_few():
    found = results(sample("json-5000", 21, base_us=20), sample("json-5000", 999))
    assert told("json among 5,000 endpoints", found) == pytest.approx(1.05)


def test_hooks_are_what_they_add_to_json():
    assert told("10 in-process hooks", results(sample("json-hooks", 27, base_us=20))) == pytest.approx(7)


def test_what_was_not_run_is_not_measured():
    names = [limit.name for limit in limits(results()) if limit.name != "guard of one call"]
    assert [told(name, results()) for name in names] == [None] * len(names)
