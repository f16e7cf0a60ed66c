"""One timer for many deadlines."""
import math

from krakpy.client.alarm import Alarm


class Timer:
    """A call that is due."""

    def __init__(self, when, call):
        self.when, self.call = when, call

    def cancel(self):
        self.when = math.inf


class Loop:
    """A clock that is turned by hand."""

    def __init__(self):
        self.now = 0.0
        self.timers = []

    def time(self):
        return self.now

    def call_at(self, when, call):
        self.timers.append(Timer(when, call))
        return self.timers[-1]

    def turn(self, now):
        self.now = now
        due = [timer for timer in self.timers if timer.when <= now]
        self.timers = [timer for timer in self.timers if timer not in due]
        for timer in due:
            timer.call()


def alarm():
    loop, due = Loop(), [math.inf]
    rung: list[float] = []
    return loop, due, rung, Alarm(lambda: due[0], lambda: rung.append(loop.now), loop=loop)


def test_it_rings_when_the_time_has_come():
    loop, due, rung, clock = alarm()
    due[0] = 5.0
    clock.set(5.0)
    loop.turn(4.9)
    assert rung == []
    loop.turn(5.0)
    assert rung == [5.0]


def test_a_deadline_that_moves_later_needs_no_new_timer():
    loop, due, rung, clock = alarm()
    due[0] = 5.0
    clock.set(5.0)
    due[0] = 8.0
    assert len(loop.timers) == 1
    loop.turn(5.0)
    assert rung == []
    loop.turn(8.0)
    assert rung == [8.0]


def test_nothing_due_sets_nothing():
    loop, _, rung, clock = alarm()
    clock.set(5.0)
    loop.turn(5.0)
    assert (rung, loop.timers, clock.at) == ([], [], math.inf)


def test_an_earlier_time_replaces_the_later():
    loop, due, rung, clock = alarm()
    clock.set(5.0)
    due[0] = 2.0
    clock.set(2.0)
    loop.turn(2.0)
    loop.turn(5.0)
    assert rung == [2.0]


def test_a_cancelled_alarm_is_silent():
    loop, due, rung, clock = alarm()
    due[0] = 5.0
    clock.set(5.0)
    clock.cancel()
    loop.turn(9.0)
    assert (rung, clock.at) == ([], math.inf)


def test_a_loop_that_is_a_little_early_is_forgiven():
    loop, due, rung, clock = alarm()
    due[0] = 5.0005
    clock.set(5.0)
    loop.turn(5.0)
    assert rung == [5.0]
