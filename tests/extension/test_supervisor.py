"""The supervisor: hosts that die are replaced, those that hang or grow are ended, and nothing outlives its parent."""
import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from krakpy_sdk import Request

from krakpy.config.model_plugin import Recycle
from krakpy.extension.board import Board, State
from krakpy.extension.gates import Admission
from krakpy.extension.guard import Overrun
from krakpy.extension.policy import Policy
from krakpy.extension.remote import Facts, Remote
from krakpy.extension.remote_errors import HostDied, HostDown
from krakpy.extension.supervisor import Supervisor

from .hosted import spec_of
from .instances import candidate, guard

PATIENCE_S = 30
SOURCE = '''
import asyncio, os, time
from krakpy_sdk import *

KEPT = []

async def swallow():
    while True:
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            pass

class Geo(Extension):
    def endpoint_request(self, request):
        if request.path == "/exit":
            os._exit(3)
        if request.path == "/hang":
            time.sleep(600)
        if request.path == "/grow":
            KEPT.append(b"x" * 2 ** 26)
        return Patch().set_header("X-Pid", str(os.getpid()))

class Waits(Extension):
    async def endpoint_request(self, request):
        if request.path == "/hang":
            await asyncio.sleep(600)
        if request.path == "/swallow":
            await swallow()
        return Patch().set_header("X-Pid", str(os.getpid()))

class Late(Geo):
    def setup(self, context):
        folder = os.path.dirname(__file__)
        open(os.path.join(folder, f"starting-{os.getpid()}"), "w").close()
        while not os.path.exists(os.path.join(folder, "gate")):
            time.sleep(0.01)

class Never(Extension):
    def setup(self, context):
        raise ValueError("no database")
    def endpoint_request(self, request): ...
'''
FACTS = Facts(hooks=("endpoint_request",))


class Worker:
    """A worker that asks the hosts of one instance."""

    def __init__(self, supervisor, spec, facts=FACTS, **policy):
        self.supervisor, self.spec = supervisor, spec
        self.remote = Remote([spec], supervisor.hosts)
        need: Any = SimpleNamespace(name=spec.name, key=(spec.places[0], spec.name))
        self.admission = Admission(need, candidate(spec.id), Policy(**policy))
        self.hook = self.remote.hook(self.admission, facts, guard(**policy))
        self.board = Board.open(supervisor.hosts.board)

    async def open(self):
        await self.remote.open()

    async def ask(self, path="/a"):
        """The pid of the host that answered, or what went wrong instead."""
        try:
            call: Any = self.hook.call("endpoint_request")
            patch = await call(Request("GET", path), None)
        except Exception as error:
            return type(error.__cause__)
        return int(patch.changes[0][2])

    async def until(self, condition):
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await asyncio.sleep(0.005)

    async def ready(self, slot=0):
        await self.until(lambda: self.board.read(slot).state is State.READY)
        return self.board.read(slot).pid


@pytest.fixture
async def supervised(site):
    """A worker with hosts of its own: `await supervised(hosts=2)`."""
    running: list[Any] = []
    (site.path / "acme_geo.py").write_text(SOURCE)

    async def make(target="Geo", *, facts=FACTS, timeout_s=PATIENCE_S, **spec):
        hosted = spec_of(target=f"acme_geo:{target}", **spec)
        supervisor = Supervisor([hosted])
        running.append(supervisor)
        supervisor.start()
        worker = Worker(supervisor, hosted, facts, timeout_s=timeout_s)
        running.append(worker.remote)
        await worker.open()
        return worker

    yield make
    for one in reversed(running):
        one.close() if isinstance(one, Remote) else await asyncio.to_thread(one.stop)
    for _ in range(5):
        await asyncio.sleep(0)


async def test_calls_reach_a_host_that_is_neither_worker_nor_supervisor(supervised):
    worker = await supervised()
    assert await worker.ask() not in (os.getpid(), os.getppid())


async def test_a_host_that_is_killed_is_replaced_and_what_comes_waits_for_the_next(supervised):
    worker = await supervised()
    pid = await worker.ask()
    os.kill(pid, signal.SIGKILL)
    answers = await asyncio.gather(*(worker.ask() for _ in range(20)))
    # NOTE: the first may have been read by the one that was killed
    assert len(set(answers[1:])) == 1
    assert answers[1] not in (pid, HostDied)


async def test_killing_hosts_again_and_again_costs_a_safe_hook_nothing(supervised):
    worker = await supervised(facts=Facts(hooks=("endpoint_request",), is_safe=True), hosts=2)
    answers: list[Any] = []

    async def ask_on():
        while len(answers) < 600:
            answers.append(await worker.ask())

    async def kill():
        for _ in range(6):
            count = len(answers)
            pid = await worker.ready()
            with suppress(ProcessLookupError):  # the board may not have heard of its end yet
                os.kill(pid, signal.SIGKILL)
            await worker.until(lambda count=count: len(answers) > count + 50 or len(answers) >= 600)

    await asyncio.gather(kill(), *(ask_on() for _ in range(4)))
    assert {type(answer) for answer in answers} == {int}


async def test_a_call_that_ends_its_host_fails_and_the_next_one_is_right(supervised):
    worker = await supervised()
    first = await worker.ask()
    assert await worker.ask("/exit") is HostDied
    assert await worker.ask() not in (first, HostDied)
    # NOTE: a host may have answered before its supervisor has heard that it is ready
    await worker.ready()
    assert worker.board.read(0).restarts == 1


async def test_a_host_that_hangs_is_ended_after_its_grace_and_replaced(supervised):
    worker = await supervised(timeout_s=1.0)
    pid = await worker.ready()
    assert await worker.ask("/hang") is Overrun
    await worker.until(lambda: worker.board.read(0).pid not in (0, pid))
    assert await worker.ask() != pid


async def test_an_async_call_is_cancelled_at_its_timeout_and_its_host_stays(supervised):
    worker = await supervised("Waits", timeout_s=1.0)
    pid = await worker.ready()
    assert await worker.ask("/hang") is Overrun
    assert await worker.ask() == pid


async def test_a_host_whose_call_ignores_that_it_was_cancelled_is_replaced(supervised):
    worker = await supervised("Waits", timeout_s=1.0)
    pid = await worker.ready()
    assert await worker.ask("/swallow") is Overrun
    await worker.until(lambda: worker.board.read(0).pid not in (0, pid))
    assert isinstance(await worker.ask(), int)


async def test_a_crash_loop_is_slowed_down_and_calls_are_refused_meanwhile(supervised):
    worker = await supervised()
    outcomes = set()
    await worker.ready()
    while worker.board.read(0).state is not State.DOWN:
        last = worker.board.read(0).pid
        outcomes.add(await worker.ask("/exit"))
        await worker.until(lambda last=last: is_another(worker.board.read(0), last))
    assert outcomes == {HostDied}
    assert await worker.ask() is HostDown
    assert 3 <= worker.board.read(0).restarts <= 6


async def test_a_host_that_cannot_be_set_up_is_down_and_says_why(supervised):
    worker = await supervised("Never")
    await worker.until(lambda: worker.remote.down(worker.admission) is not None)
    down = worker.remote.down(worker.admission)
    assert down.code.name == "SETUP"
    assert "ValueError: no database, at " in str(down)


@pytest.mark.parametrize(
    ("recycle", "path"),
    [
        pytest.param(Recycle(requests=5), "/a", id="requests"),
        pytest.param(Recycle(memory_mb=128), "/grow", id="memory", marks=pytest.mark.slow),
        pytest.param(Recycle(age=1.0), "/a", id="age", marks=pytest.mark.slow),
    ],
)
async def test_a_host_is_replaced_by_requests_age_or_memory_and_no_call_is_lost(supervised, recycle, path):
    worker = await supervised(recycle=recycle)
    answers = [await worker.ask()]
    async with asyncio.timeout(PATIENCE_S):
        while answers[-1] == answers[0]:
            answers.append(await worker.ask(path if len(answers) < 4 else "/a"))
            await asyncio.sleep(0.005)
    assert {type(answer) for answer in answers} == {int}


async def test_a_host_serves_until_its_successor_is_ready(supervised, site):
    gate = site.path / "gate"
    gate.touch()
    worker = await supervised("Late", recycle=Recycle(requests=2))
    first = await worker.ready()
    gate.unlink()
    assert [await worker.ask(), await worker.ask()] == [first] * 2
    await worker.until(lambda: len(list(site.path.glob("starting-*"))) == 2)
    assert await worker.ask() == first
    gate.touch()
    await worker.until(lambda: worker.board.read(0).pid != first)
    await worker.until(lambda: not is_running(first))
    assert await worker.ask() != first


async def test_an_instance_may_have_several_hosts(supervised):
    worker = await supervised(hosts=3)
    pids = {await worker.ready(slot) for slot in range(3)}
    assert len(pids) == 3


async def test_sockets_are_for_the_gateways_user_alone(supervised):
    worker = await supervised()
    await worker.ready()
    folder = worker.supervisor.hosts.folder
    assert os.stat(folder).st_mode & 0o777 == 0o700
    names = {name: name.partition("-")[0] for name in os.listdir(folder)}
    modes = {kind: os.stat(os.path.join(folder, name)).st_mode for name, kind in names.items()}
    assert {kind: mode & 0o777 for kind, mode in modes.items()} == {
        "board": 0o600, "control.sock": 0o600, "0.sock": 0o600, "krakpy": 0o700,
    }  # fmt: skip


async def test_a_supervisor_that_was_killed_is_started_again_on_the_same_sockets(supervised):
    worker = await supervised()
    pid = await worker.ask()
    os.kill(worker.supervisor._process.pid, signal.SIGKILL)
    await worker.until(lambda: not is_running(pid))
    await worker.until(lambda: worker.supervisor.tend() or is_another(worker.board.read(0), pid))
    assert await worker.ask() == await worker.ready() != pid


async def test_stopping_ends_every_host_and_leaves_nothing_behind(supervised):
    worker = await supervised()
    pid, folder = await worker.ask(), worker.supervisor.hosts.folder
    worker.supervisor.stop()
    assert not is_running(pid)
    assert not os.path.exists(folder)


async def test_a_supervisor_that_is_retired_ends_with_its_last_worker(supervised):
    worker = await supervised()
    pid, supervisor, folder = await worker.ask(), worker.supervisor, worker.supervisor.hosts.folder
    supervisor.retire()
    assert await worker.ask() == pid
    worker.remote.close()
    await worker.until(lambda: supervisor.has_ended)
    assert (is_running(pid), os.path.exists(folder)) == (False, False)


def test_without_anything_to_host_nothing_is_started():
    supervisor = Supervisor([])
    supervisor.start()
    supervisor.tend()
    supervisor.retire()
    supervisor.stop()
    assert (supervisor.hosts, supervisor.has_ended) == (None, True)


def is_another(entry, pid):
    """Whether there is another host, or nobody is expected."""
    return entry.state is State.DOWN or (entry.state is State.READY and entry.pid != pid)


PARENT = """
import os, sys
sys.path[:0] = [{root!r}, {site!r}]
from krakpy.extension.supervisor import Supervisor
from tests.extension.hosted import spec_of
supervisor = Supervisor([spec_of()])
supervisor.start()
print(supervisor.hosts.folder, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda number: number.name)
def test_nothing_outlives_the_parent(site, number):
    (site.path / "acme_geo.py").write_text(SOURCE)
    program = PARENT.format(root=os.getcwd(), site=str(site.path))
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert parent.stdout is not None
    folder = parent.stdout.readline().decode().strip()
    board = Board.open(os.path.join(folder, "board"))
    wait(lambda: board.read(0).state is State.READY)
    parent.send_signal(number)
    parent.communicate()
    wait(lambda: not is_running(board.read(0).pid) and not os.path.exists(folder))


def wait(condition):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().split()[2] != "Z"
    except FileNotFoundError:
        return False
