"""Ratios are taken in a block, and the median is taken of the ratios."""
from benchmarks.figures import Range, against, cell, cells
from benchmarks.rounds import Sample


def sample(number, cpu_us, unit=10.0, gateway="krakpy", workload="json", **more):
    return Sample(round=number, workload=workload, gateway=gateway, cpu_us=cpu_us, yardstick_us=unit, **more)


def test_a_range_is_the_median_the_least_and_the_most():
    assert Range.of([3, 1, 10]) == Range(3, 1, 10)
    assert Range.of([]) is None


def test_a_ratio_is_taken_against_the_yardstick_of_its_own_round():
    slow_machine = [sample(0, 20, 10), sample(1, 200, 100), sample(2, 30, 10)]
    assert cell(slow_machine).ratio == Range(2, 2, 3)


def test_without_a_yardstick_there_is_no_ratio():
    assert cell([sample(0, 20, unit=0)]).ratio is None


def test_one_bad_round_makes_the_cell_invalid():
    assert cell([sample(0, 20), sample(1, 0, problem="3 refused")]).problem == "3 refused"


def test_there_is_a_cell_for_each_gateway_and_workload():
    measured = [sample(0, 1), sample(0, 1, gateway="nginx"), sample(1, 1), sample(0, 1, workload="noop")]
    found = [(one.workload, one.gateway) for one in cells(measured)]
    assert found == [("json", "krakpy"), ("json", "nginx"), ("noop", "krakpy")]


def test_gateways_are_compared_within_a_round():
    measured = [
        sample(0, 10), sample(0, 100, gateway="krakend"), sample(1, 80), sample(1, 200, gateway="krakend"),
        sample(2, 999), sample(3, 20), sample(3, 100, gateway="krakend", problem="refused"),
    ]
    assert against(measured, "krakpy", "krakend", "json") == Range(0.25, 0.1, 0.4)
    assert against(measured, "krakpy", "envoy", "json") is None


def test_latency_is_compared_the_same_way():
    measured = [sample(0, 1, p99_us=30), sample(0, 1, p99_us=60, gateway="krakend")]
    assert against(measured, "krakpy", "krakend", "json", "p99_us") == Range(0.5, 0.5, 0.5)
