"""Hosts are looked up beside the requests, and never in one."""
import logging
from threading import current_thread

import pytest
from krakpy_dns.watch import GIVEN_UP_S, RETRY_S, Watch, in_thread
from krakpy_sdk import UpstreamError

TTL_S = 30.0


class Clock:
    """A clock that is set by hand."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Zone:
    """What the look-ups find, in turn; an exception is raised, and the last one is found again."""

    def __init__(self, *found):
        self.found = found
        self.asked = 0

    def __call__(self):
        self.asked += 1
        found = self.found[min(self.asked, len(self.found)) - 1]
        if isinstance(found, Exception):
            raise found
        return found


class Later(list):
    """Keeps jobs until they are run by hand."""

    def run(self):
        while self:
            self.pop(0)()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def later():
    return Later()


def watching(zone, clock, start=lambda job: job()):
    return Watch("a.test", zone, ttl_s=TTL_S, start=start, clock=clock)


def test_the_first_call_looks_up(clock, later):
    zone = Zone(("a",))
    watch = watching(zone, clock, later.append)
    assert (watch(), watch.answered.is_set()) == ((), False)
    later.run()
    assert (watch(), watch.answered.is_set(), zone.asked) == (("a",), True, 1)


@pytest.mark.parametrize(("age_s", "asked"), [(TTL_S - 0.1, 1), (TTL_S, 2)])
def test_hosts_are_looked_up_again_when_they_are_old(clock, age_s, asked):
    zone = Zone(("a",), ("b",))
    watch = watching(zone, clock)
    watch()
    clock.now += age_s
    watch()
    assert zone.asked == asked


def test_a_call_never_waits_for_the_look_up_that_it_starts(clock, later):
    watch = watching(Zone(("a",), ("b",)), clock, later.append)
    watch()
    later.run()
    clock.now += TTL_S
    assert watch() == ("a",)
    later.run()
    assert watch() == ("b",)


def test_there_is_one_look_up_at_a_time(clock, later):
    watch = watching(Zone(("a",)), clock, later.append)
    for _ in range(9):
        watch()
    assert len(later) == 1


def test_a_look_up_that_never_comes_back_is_given_up(clock, later):
    watch = watching(Zone(("a",)), clock, later.append)
    watch()
    clock.now += GIVEN_UP_S
    watch()
    assert len(later) == 2


def test_a_failure_keeps_the_last_hosts(clock):
    zone = Zone(("a",), UpstreamError("down"))
    watch = watching(zone, clock)
    watch()
    clock.now += TTL_S
    watch()
    assert (watch(), zone.asked) == (("a",), 2)


def test_records_without_hosts_are_no_failure(clock):
    watch = watching(Zone(("a",), ()), clock)
    watch()
    clock.now += TTL_S
    watch()
    assert watch() == ()


@pytest.mark.parametrize("found", [UpstreamError("down"), ()], ids=["failed", "empty"])
def test_a_name_without_hosts_is_looked_up_again_soon(clock, found):
    zone = Zone(found, ("a",))
    watch = watching(zone, clock)
    watch()
    clock.now += RETRY_S
    watch()
    assert (watch(), zone.asked) == (("a",), 2)


@pytest.mark.parametrize("bad", [UpstreamError("down"), ()], ids=["failed", "empty"])
def test_what_is_wrong_is_told_once_until_it_is_over(clock, caplog, bad):
    zone = Zone(("a",), bad, bad, ("a",), bad)
    watch = watching(zone, clock)
    told = []
    logging.getLogger("krakpy.extension.dns").setLevel(logging.INFO)
    with capturing(caplog):
        for _ in range(5):
            watch()
            told.append([record.levelname for record in caplog.records])
            caplog.clear()
            clock.now += TTL_S
    assert told == [[], ["WARNING"], [], ["INFO"], ["WARNING"]]


def capturing(caplog):
    """NOTE: the gateway's own set-up keeps what is logged below `krakpy` from the root."""
    return _Capturing(logging.getLogger("krakpy.extension.dns"), caplog.handler)


class _Capturing:
    def __init__(self, logger, handler):
        self.logger, self.handler = logger, handler

    def __enter__(self):
        self.propagates, self.logger.propagate = self.logger.propagate, False
        self.logger.addHandler(self.handler)

    def __exit__(self, *_):
        self.logger.removeHandler(self.handler)
        self.logger.propagate = self.propagates


def test_look_ups_have_a_thread_of_their_own_that_keeps_nobody_from_ending():
    threads = []

    def find():
        threads.append(current_thread())
        return ("a",)

    watch = Watch("a.test", find, ttl_s=TTL_S, start=in_thread)
    watch()
    assert watch.answered.wait(5)
    assert (threads[0].daemon, threads[0] is current_thread()) == (True, False)
