"""What may hang or crash is done in a child: its result comes back, or a sentence that says why there is none."""
import os
import signal
import time
from pathlib import Path

import pytest

from krakpy.server.bell import Bell
from krakpy.server.errand import Errand, Result

GENEROUS_S = 60.0


@pytest.fixture
def bell():
    bell = Bell()
    yield bell
    bell.leave()


def ended(errand: Errand, bell: Bell) -> Result:
    deadline = time.monotonic() + GENEROUS_S
    while (result := errand.result(time.monotonic())) is None:
        assert time.monotonic() < deadline
        bell.wait(0.05)
    return result


def crash() -> bytes:
    os.kill(os.getpid(), signal.SIGSEGV)
    return b""


def leave_a_grandchild() -> bytes:
    grandchild = os.fork()
    if grandchild == 0:
        time.sleep(3600)
    return b"%d" % grandchild


def hang() -> bytes:
    time.sleep(3600)
    return b""


def raise_it() -> bytes:
    raise SystemExit("no\nway")


@pytest.mark.parametrize("content", [b"", b"x", b"y" * 5_000_000], ids=["nothing", "a byte", "more than a pipe holds"])
def test_the_result_comes_back_whole(bell, content):
    assert ended(Errand(lambda: content, within_s=GENEROUS_S, bell=bell), bell) == Result(content)


@pytest.mark.parametrize(
    ("work", "failure"),
    [
        (crash, "was killed by SIGSEGV"),
        (lambda: os._exit(3), "ended with exit status 3"),
        (raise_it, "failed: SystemExit: no\nway"),
        (lambda: 1 / 0, "failed: ZeroDivisionError: division by zero"),
    ],
    ids=["crash", "exit", "SystemExit", "exception"],
)
def test_a_child_that_fails_is_a_sentence(bell, work, failure):
    assert ended(Errand(work, within_s=GENEROUS_S, bell=bell), bell) == Result(failure=failure)


def test_one_that_hangs_is_killed_at_its_deadline(bell):
    errand = Errand(hang, within_s=0.05, bell=bell)
    assert ended(errand, bell) == Result(failure="did not come back within 0.05 s")
    assert_gone(errand)


def test_one_that_says_too_much_is_killed(bell):
    errand = Errand(lambda: b"x" * 10_000_000, within_s=GENEROUS_S, bell=bell, most_bytes=1000)
    assert ended(errand, bell) == Result(failure="said more than 1000 bytes")


def test_who_is_left_behind_and_holds_the_pipe_open_delays_nothing_and_is_killed(bell):
    grandchild = int(ended(Errand(leave_a_grandchild, within_s=GENEROUS_S, bell=bell), bell).content)
    deadline = time.monotonic() + GENEROUS_S
    while is_alive(grandchild):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_one_that_nobody_waits_for_any_more_is_ended(bell):
    errand = Errand(hang, within_s=GENEROUS_S, bell=bell)
    assert_gone(errand)


def test_the_child_lets_go_first_of_what_is_not_its_own(bell, tmp_path):
    mark = tmp_path / "left"
    errand = Errand(lambda: mark.read_bytes(), within_s=GENEROUS_S, bell=bell, leave=lambda: mark.write_bytes(b"yes"))
    assert ended(errand, bell) == Result(b"yes")


def test_another_child_closes_its_copy_of_the_pipe(bell):
    errand = Errand(lambda: b"", within_s=GENEROUS_S, bell=bell)
    child = os.fork()
    if child == 0:
        errand.leave()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert ended(errand, bell) == Result(b"")


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def assert_gone(errand: Errand) -> None:
    deadline = time.monotonic() + GENEROUS_S
    while not errand.end():
        assert time.monotonic() < deadline
        time.sleep(0.01)
