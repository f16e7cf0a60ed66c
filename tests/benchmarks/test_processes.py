"""What /proc tells of a tree of processes, and that nothing of it is left behind."""
import os
import resource
import signal
import sys
import time

import pytest

from benchmarks.processes import cores, cpu_s, fields, pss_bytes, settled, started, tree

BURN = "import time\nwhile time.process_time() < {0}: pass\n"
PARENT = f"""
import subprocess, sys, time
subprocess.run([sys.executable, "-c", {BURN.format(0.2)!r}], check=True)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
print(child.pid, flush=True)
time.sleep(1000)
"""
DEADLINE_S = 60
ALLOWED = os.sched_getaffinity(0)


def until(told):
    """What it tells as soon as that is something."""
    deadline = time.monotonic() + DEADLINE_S
    while not (value := told()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return value


@pytest.fixture
def family(tmp_path):
    """A process with one child that lives and one that used CPU and died."""
    log = tmp_path / "log"
    with started([sys.executable, "-c", PARENT], core=cores()[0], log=log) as process:
        until(log.read_text)
        yield process, int(log.read_text())


def test_the_fields_begin_after_a_name_that_may_hold_anything():
    assert fields("7 (a) (b c) S 1 2 3")[:2] == ["S", "1"]


def test_a_tree_is_the_process_and_all_below_it(family):
    process, child = family
    assert tree(process.pid) == [process.pid, child]


def test_the_cpu_of_a_child_that_died_is_counted(family):
    assert cpu_s(family[0].pid) >= 0.2


def test_the_cpu_of_a_child_that_lives_is_counted(tmp_path):
    source = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN.format(1000)!r}])"
    with started([sys.executable, "-c", source], core=cores()[0], log=tmp_path / "log") as process:
        assert until(lambda: cpu_s(process.pid) > 0.5)


def test_memory_is_told_for_each_process(family):
    sizes = pss_bytes(family[0].pid)
    assert len(sizes) == 2
    assert all(100_000 < size < 1_000_000_000 for size in sizes)


def test_nothing_of_a_tree_is_left(tmp_path):
    log = tmp_path / "log"
    with started([sys.executable, "-c", PARENT], core=cores()[0], log=log) as process:
        child = int(until(log.read_text))
    assert process.returncode == -signal.SIGTERM
    until(lambda: not is_alive(child))


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return fields(stat.read())[0] != "Z"
    except OSError:
        return False


def test_a_process_stays_on_its_core_and_this_one_where_it_was(tmp_path):
    core = cores()[0]
    with started([sys.executable, "-c", "import time; time.sleep(1000)"], core=core, log=tmp_path / "log") as process:
        assert os.sched_getaffinity(process.pid) == {core}
        assert os.sched_getaffinity(0) == ALLOWED


def test_what_is_settled_is_as_it_was_afterwards():
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with settled(cores()[-1]):
        assert os.sched_getaffinity(0) == {cores()[-1]}
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (limits[1], limits[1])
    assert (os.sched_getaffinity(0), resource.getrlimit(resource.RLIMIT_NOFILE)) == (ALLOWED, limits)
