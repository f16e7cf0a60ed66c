"""What is measured seconds apart, and in which order."""
from benchmarks.gateways.handwritten import Handwritten
from benchmarks.gateways.krakpy import Krakpy
from benchmarks.gateways.nginx import Nginx
from benchmarks.rounds import Plan, Sample, in_units, turned
from benchmarks.workloads import JSON, MERGE3, NOOP, chosen

GATEWAYS = (Krakpy(), Nginx(), Handwritten())


def block(workload, gateways=GATEWAYS):
    return [(gateway.name, asked.name) for gateway, asked in Plan(gateways=gateways, workloads=[]).block(workload)]


def test_the_yardstick_is_measured_beside_each_workload():
    assert block(JSON) == [("krakpy", "json"), ("handwritten", "json"), ("nginx", "noop")]


def test_the_workload_that_is_the_yardstick_is_measured_once():
    assert block(NOOP) == [("krakpy", "noop"), ("nginx", "noop"), ("handwritten", "noop")]


def test_without_nginx_there_is_no_yardstick():
    assert block(JSON, [Krakpy()]) == [("krakpy", "json")]


def test_a_start_needs_no_yardstick():
    (boot,) = chosen(["boot"])
    assert block(boot) == [("krakpy", "boot"), ("nginx", "boot"), ("handwritten", "boot")]


def test_what_a_workload_is_compared_with_is_measured_beside_it():
    (hooks,) = chosen(["json-hooks"])
    assert block(hooks) == [("krakpy", "json-hooks"), ("krakpy", "json"), ("nginx", "noop")]
    measured = [sample("krakpy", "json-hooks", 35), sample("krakpy", "json", 30), sample("nginx", "noop", 12)]
    assert [(one.workload, one.base_us) for one in in_units(measured, hooks)] == [("json-hooks", 30)]


def test_every_round_has_another_order():
    assert [turned("abc", number) for number in range(4)] == [list("abc"), list("bca"), list("cab"), list("abc")]
    assert turned("", 3) == []


def test_each_sample_carries_the_yardstick_of_its_block():
    measured = [sample("krakpy", "json", 30), sample("nginx", "noop", 12)]
    assert in_units(measured, JSON) == [sample("krakpy", "json", 30, 12)]


def test_a_yardstick_that_went_wrong_is_none():
    measured = [sample("krakpy", "json", 30), sample("nginx", "noop", 12, problem="1 refused")]
    assert in_units(measured, JSON) == [sample("krakpy", "json", 30, 0)]


def test_the_steps_are_the_measurements_that_are_shown():
    assert Plan(gateways=GATEWAYS, workloads=[NOOP, MERGE3], rounds=4).steps == 4 * (3 + 2)


def sample(gateway, workload, cpu_us, unit=0.0, problem=""):
    return Sample(
        round=0, gateway=gateway, workload=workload, cpu_us=cpu_us, yardstick_us=float(unit), problem=problem
    )
