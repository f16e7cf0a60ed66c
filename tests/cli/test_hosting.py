"""One supervisor serves; the one before it ends with its workers, one that never served at the next attempt."""
from types import SimpleNamespace
from typing import Any

from krakpy.cli.hosting import Hosting


class Told:
    """A supervisor that remembers what it was told."""

    def __init__(self, *_, **__):
        self.calls = []
        self.has_ended = False

    def __getattr__(self, name):
        return lambda: self.calls.append(name)


def supervisors(count):
    kind: Any = Told
    own = Hosting(kind)
    prepared: Any = SimpleNamespace(admissions=(), settings=SimpleNamespace(plugin=None, logging=None))
    return own, [lambda: own.supervisor(prepared)] * count


def test_the_one_before_is_retired_when_the_next_takes_over():
    own, make = supervisors(2)
    first = make[0]()
    own.adopt()
    second = make[1]()
    assert first.calls == []
    own.adopt()
    assert (first.calls, second.calls) == (["retire"], [])
    own.tend()
    assert second.calls == ["tend"]


def test_one_that_never_took_over_is_retired_at_the_next_attempt():
    own, make = supervisors(3)
    first = make[0]()
    own.adopt()
    given_up, third = make[1](), make[2]()
    assert (first.calls, given_up.calls, third.calls) == ([], ["retire"], [])


def test_one_whose_reload_was_given_up_is_retired_at_once():
    own, make = supervisors(2)
    first = make[0]()
    own.adopt()
    given_up = make[1]()
    own.drop(first)
    own.drop(given_up)
    assert (first.calls, given_up.calls) == ([], ["retire"])
    own.stop()
    assert (first.calls, given_up.calls) == (["stop"], ["retire", "stop"])


def test_all_of_them_are_stopped_at_the_end():
    own, make = supervisors(3)
    first = make[0]()
    own.adopt()
    second = make[1]()
    own.adopt()
    own.stop()
    assert (first.calls, second.calls) == (["retire", "stop"], ["stop"])
