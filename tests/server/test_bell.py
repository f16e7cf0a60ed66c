"""One thread sleeps until a signal, a descriptor or its own deadline wants something."""
import os
import selectors
import signal
import socket
import time

import pytest

from krakpy.server.bell import Bell


@pytest.fixture
def bell():
    bell = Bell()
    yield bell
    bell.leave()


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_who_is_concerned_is_called_with_what_happened(bell, pair):
    ours, theirs = pair
    rung: list[int] = []
    bell.watch(ours.fileno(), selectors.EVENT_READ, rung.append)
    theirs.send(b"x")
    bell.wait(60)
    assert rung == [selectors.EVENT_READ]


def test_what_is_said_last_of_a_descriptor_counts(bell, pair):
    ours, _ = pair
    rung = []
    bell.watch(ours.fileno(), selectors.EVENT_READ, lambda _: rung.append("read"))
    bell.watch(ours.fileno(), selectors.EVENT_WRITE, lambda _: rung.append("write"))
    bell.wait(60)
    assert rung == ["write"]


def test_nobody_is_called_for_a_descriptor_that_is_forgotten(bell, pair):
    ours, theirs = pair
    bell.watch(ours.fileno(), selectors.EVENT_READ, lambda _: pytest.fail("called"))
    bell.forget(ours.fileno())
    theirs.send(b"x")
    bell.wait(0.01)


def test_one_that_forgets_another_is_the_last_to_be_called(bell, pair):
    rung = []

    def ring(which, other):
        rung.append(which)
        bell.forget(pair[other].fileno())

    for number, sock in enumerate(pair):
        bell.watch(sock.fileno(), selectors.EVENT_WRITE, lambda _, n=number: ring(n, 1 - n))
    bell.wait(60)
    assert len(rung) == 1


def test_a_signal_ends_the_sleep_even_if_it_came_before(bell):
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    try:
        bell.listen()
        os.kill(os.getpid(), signal.SIGUSR1)
        started = time.monotonic()
        bell.wait(60)
        assert time.monotonic() - started < 30
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_a_sleep_ends_by_itself(bell):
    bell.wait(0.001)
