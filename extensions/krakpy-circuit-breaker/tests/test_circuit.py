"""Closed, open, half-open, closed: whatever comes at once, there is one probe (C-25)."""
import pytest
from krakpy_circuit_breaker import BreakerConfig, Circuit, CircuitOpen
from krakpy_store import Memory


class Clock:
    """Stands still until somebody moves it."""

    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def changes():
    return []


@pytest.fixture
def store(clock):
    return Memory(clock=clock)


@pytest.fixture
def made(store, clock, changes):
    """A circuit; every one of them is another worker's view of the same."""

    def make(**config):
        config = {"interval": 60, "timeout": 10, "max_errors": 2, **config}
        tell = lambda *change: changes.append(change)  # noqa: E731  a list takes one argument
        return Circuit(store, "breaker/a", BreakerConfig(**config), probe_s=5.0, tell=tell, clock=clock)

    return make


def fails(circuit, times=1):
    for _ in range(times):
        circuit.fail(circuit.admit())


def said(circuit):
    try:
        circuit.admit()
    except CircuitOpen as error:
        return str(error)
    return ""


def test_it_opens_after_max_errors_and_one_more(made):
    circuit = made(max_errors=2)
    fails(circuit, 2)
    assert circuit.state == "closed"
    fails(circuit)
    assert (circuit.state, said(circuit)) == ("open", "circuit breaker is open")


def test_without_max_errors_the_first_failure_opens_it(made):
    circuit = made(max_errors=0)
    fails(circuit)
    assert circuit.state == "open"


def test_a_success_in_between_begins_anew(made):
    circuit = made(max_errors=2)
    fails(circuit, 2)
    circuit.succeed(circuit.admit())
    fails(circuit, 2)
    assert circuit.state == "closed"


def test_failures_outside_of_the_interval_do_not_count(made, clock):
    circuit = made(max_errors=2, interval=60)
    fails(circuit, 2)
    clock.now += 61
    fails(circuit, 2)
    assert circuit.state == "closed"


def test_without_an_interval_failures_count_whenever_they_were(made, clock):
    circuit = made(max_errors=1, interval=0)
    fails(circuit)
    clock.now += 3_600
    fails(circuit)
    assert circuit.state == "open"


@pytest.mark.parametrize(("timeout", "rests_s"), [(10, 10), (0, 60)])
def test_it_rests_for_its_time(made, clock, timeout, rests_s):
    circuit = made(timeout=timeout, max_errors=0)
    fails(circuit)
    clock.now += rests_s - 0.1
    assert said(circuit) == "circuit breaker is open"
    clock.now += 0.1
    assert circuit.state == "half-open"


def test_of_a_hundred_that_come_at_once_one_is_the_probe(made, clock):
    workers = [made(max_errors=0) for _ in range(4)]
    fails(workers[0])
    clock.now += 10
    found = [said(workers[number % 4]) for number in range(100)]
    assert found == ["", *["too many requests"] * 99]


def test_a_probe_that_succeeds_closes_it(made, clock):
    circuit = made(max_errors=0)
    fails(circuit)
    clock.now += 10
    circuit.succeed(circuit.admit())
    assert (circuit.state, said(circuit), said(circuit)) == ("closed", "", "")


def test_a_probe_that_fails_opens_it_for_the_whole_time_again(made, clock):
    circuit = made(max_errors=5)
    fails(circuit, 6)
    clock.now += 10
    fails(circuit)
    clock.now += 9
    assert said(circuit) == "circuit breaker is open"
    clock.now += 1
    assert (said(circuit), said(circuit)) == ("", "too many requests")


def test_after_a_probe_that_told_nothing_the_next_one_tries(made, clock):
    circuit = made(max_errors=0)
    fails(circuit)
    clock.now += 10
    circuit.forget(circuit.admit())
    assert (said(circuit), said(circuit)) == ("", "too many requests")


def test_a_probe_that_never_ended_is_replaced_in_the_end(made, clock):
    """Its worker died."""
    circuit = made(max_errors=0)
    fails(circuit)
    clock.now += 10
    circuit.admit()
    assert said(circuit) == "too many requests"
    clock.now += 5
    assert said(circuit) == ""


def test_who_was_let_through_before_it_opened_tells_nothing(made, clock):
    circuit = made(max_errors=0)
    late, later = circuit.admit(), circuit.admit()
    fails(circuit)
    clock.now += 9
    circuit.fail(late)
    circuit.succeed(later)
    assert circuit.state == "open"
    clock.now += 1
    assert circuit.state == "half-open"


def test_workers_count_together(made):
    one, other = made(max_errors=3), made(max_errors=3)
    fails(one, 2)
    fails(other, 2)
    assert (one.state, other.state) == ("open", "open")


def test_each_change_is_told_once(made, clock, changes):
    circuit = made(max_errors=0)
    fails(circuit)
    clock.now += 10
    circuit.succeed(circuit.admit())
    assert changes == [("closed", "open"), ("open", "half-open"), ("half-open", "closed")]


def test_what_is_refused_was_not_asked():
    assert CircuitOpen.was_asked is False
