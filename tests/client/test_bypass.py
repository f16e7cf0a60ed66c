"""Bodies that go straight to a client: moved by the kernel where that is possible, and read and written where not."""
import asyncio
import random
import socket
from typing import Any

import pytest

from krakpy.client.bypass import Bypass, Pipe
from krakpy.client.framing import Sized
from krakpy.client.options import Limits
from tests.client.conftest import ask
from tests.client.test_body import telling
from tests.client.upstream import answering, ending, ok

KIB = 1024
MIB = 1024 * KIB
LARGE = random.Random(1).randbytes(3 * MIB)


class Outlet:
    """A client's connection, with all that arrives there; `pushed` counts what came through this process."""

    def __init__(self, flow, *, is_plain=True):
        self.near, self.far = socket.socketpair()
        self.near.setblocking(False)
        self.flow = flow
        self.is_plain = is_plain
        self.is_stalled = False
        self.received = bytearray()
        self.pushed = 0
        self.moved = 0
        self.error = None
        self.over = asyncio.Event()

    def push(self, piece):
        self.pushed += len(piece)
        self.take()
        self.received += piece
        return not self.is_stalled

    def descriptor(self, size):
        return self.near.fileno() if self.is_plain and not self.is_stalled else -1

    def room(self):
        return 0

    def passed(self, size):
        self.moved += size
        self.take()

    def take(self):
        """Read what was moved."""
        while self.moved and len(self.received) < self.pushed + self.moved:
            try:
                self.received += self.far.recv(MIB, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return

    def end(self):
        self.over.set()

    def fail(self, error):
        self.error = error
        self.over.set()

    async def pour(self):
        self.flow.pour(self)
        return self

    async def wait(self):
        async with asyncio.timeout(30):
            await self.over.wait()
        self.take()
        return self.received

    def close(self):
        self.near.close()
        self.far.close()


@pytest.fixture
def outlets():
    """Makes outlets."""
    made = []

    def make(flow, **options):
        made.append(Outlet(flow, **options))
        return made[-1]

    yield make
    for outlet in made:
        outlet.close()


@pytest.fixture
def pipe():
    pipe = Pipe()
    assert pipe.is_open()
    yield pipe
    pipe.close()


@pytest.fixture
def pairs():
    """Two connected pairs of sockets that do not block."""
    ends = [*socket.socketpair(), *socket.socketpair()]
    for end in ends:
        end.setblocking(False)
    yield ends
    for end in ends:
        end.close()


def test_bytes_are_moved_from_one_socket_to_another(pipe, pairs):
    source, given, taken, target = pairs
    source.send(b"hello")
    assert pipe.move(given.fileno(), taken.fileno(), 100) == (5, b"")
    assert target.recv(100) == b"hello"


def test_no_more_are_moved_than_were_asked_for(pipe, pairs):
    source, given, taken, target = pairs
    source.send(b"hello, next")
    assert pipe.move(given.fileno(), taken.fileno(), 5) == (5, b"")
    assert (target.recv(100), given.recv(100)) == (b"hello", b", next")


def test_where_nothing_waits_nothing_is_moved(pipe, pairs):
    assert pipe.move(pairs[1].fileno(), pairs[2].fileno(), 100) == (0, b"")


def test_what_the_other_does_not_take_is_given_back(pipe, pairs):
    source, given, taken, _ = pairs
    while True:
        try:
            taken.send(b"x" * 65536)
        except BlockingIOError:
            break
    sent = source.send(LARGE[:100_000])
    size, rest = pipe.move(given.fileno(), taken.fileno(), MIB)
    assert 0 < size <= sent
    assert LARGE[:size].endswith(rest)
    assert rest
    assert pipe.move(pairs[1].fileno(), pairs[2].fileno(), 0) == (0, b"")


def test_a_target_that_is_gone_takes_nothing(pipe, pairs):
    source, given, taken, target = pairs
    target.close()
    source.send(b"hello")
    assert pipe.move(given.fileno(), taken.fileno(), 100) == (5, b"hello")


def test_a_closed_pipe_moves_nothing(pairs):
    pipe = Pipe()
    pipe.is_open()
    pipe.close()
    pairs[0].send(b"hello")
    assert (pipe.is_open(), pipe.move(pairs[1].fileno(), pairs[2].fileno(), 100)) == (False, (0, b""))


async def test_a_large_body_is_moved_but_for_its_beginning(serving, pooling, outlets):
    answer = await ask(pooling(), await serving(answering(ok(LARGE))), stream=True)
    outlet = outlets(answer.stream)
    await outlet.pour()
    assert await outlet.wait() == LARGE
    assert outlet.moved > 0


@pytest.mark.parametrize("is_plain", [True, False], ids=["plain", "tls"])
async def test_a_connection_serves_small_and_large_answers_in_turn(serving, pooling, outlets, is_plain):
    answers = (ok(LARGE), ok(b"small"), ok(LARGE[:MIB]), ok(LARGE[:MIB]), ok(b""), ok(LARGE))
    upstream, pool = await serving(answering(*answers)), pooling()
    for sent in answers:
        whole = sent.partition(b"\r\n\r\n")[2]
        answer = await ask(pool, upstream, stream=True)
        if answer.stream is None:
            assert answer.body == whole
            continue
        outlet = outlets(answer.stream, is_plain=is_plain)
        await outlet.pour()
        assert await outlet.wait() == whole
        assert is_plain or not outlet.moved
    assert upstream.connections == 1


async def test_a_body_that_is_to_be_kept_is_read_whole_after_one_that_was_moved(serving, pooling, outlets):
    upstream, pool = await serving(answering(ok(LARGE), ok(LARGE))), pooling()
    outlet = outlets((await ask(pool, upstream, stream=True)).stream)
    await outlet.pour()
    await outlet.wait()
    assert (await ask(pool, upstream)).body == LARGE
    assert upstream.connections == 1


async def test_what_comes_after_a_moved_body_is_nobodys(serving, pooling, outlets):
    upstream, pool = await serving(answering(ok(LARGE) + ok(b"wrong")), answering(ok(b"right"))), pooling()
    outlet = outlets((await ask(pool, upstream, stream=True)).stream)
    await outlet.pour()
    assert await outlet.wait() == LARGE
    assert (await ask(pool, upstream)).body == b"right"


async def test_c07_a_moved_body_that_is_cut_off_fails(serving, pooling, outlets):
    answer = await ask(pooling(), await serving(ending(ok(LARGE)[:-10])), stream=True)
    outlet = outlets(answer.stream)
    await outlet.pour()
    assert LARGE.startswith(await outlet.wait())
    assert "within its answer" in str(outlet.error)


async def test_c05_the_deadline_holds_for_a_moved_body(serving, pooling, outlets):
    script, _ = telling(ok(LARGE)[:-10], b"")
    answer = await ask(pooling(), await serving(script), stream=True, within=0.5)
    outlet = outlets(answer.stream)
    await outlet.pour()
    await outlet.wait()
    assert str(outlet.error) == "context deadline exceeded"


async def test_c11_a_client_that_is_behind_stops_the_upstream_until_it_goes_on(serving, pooling, outlets):
    sent = 0

    async def script(peer):
        nonlocal sent
        await peer.answer(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (64 * MIB))
        for _ in range(64):
            await peer.send(LARGE[:MIB])
            sent += 1

    outlet = outlets((await ask(pooling(Limits()), await serving(script), stream=True)).stream)
    outlet.is_stalled = True
    await outlet.pour()
    before = -1, -1
    while before != (sent, outlet.pushed):
        before = sent, outlet.pushed
        await asyncio.sleep(0.2)
    assert (outlet.pushed <= 256_000, outlet.moved) == (True, 0)
    assert sent < 32
    outlet.is_stalled = False
    outlet.flow.go_on()
    assert await outlet.wait() == LARGE[:MIB] * 64


class Source:
    """A connection's transport."""

    def get_extra_info(self, name):
        return None

    def is_reading(self):
        return False

    def set_protocol(self, protocol):
        """Nobody reads."""


@pytest.mark.parametrize(("room", "most"), [(0, 1000), (999, 1000), (5000, 5000)])
def test_no_more_is_taken_than_the_client_takes_or_may_be_kept_for_it(pipe, pairs, outlets, room, most):
    source, given, _, _ = pairs
    source.send(LARGE[:20_000])
    outlet, framing = outlets(None), Sized(MIB)
    outlet.room = lambda: room
    transport: Any = Source()
    Bypass(transport, given.fileno(), pipe, 1000).move(asyncio.Protocol(), framing, outlet)
    assert outlet.moved == MIB - framing.left == most
    assert bytes(outlet.received) == LARGE[:most]


@pytest.mark.parametrize("size", [10, 100_000], ids=["with its end", "before its end"])
async def test_c24_whoever_takes_a_piece_may_close_the_flow(serving, pooling, outlets, size):
    """At the last piece too: what was pushed is then as good as lost."""
    errors: list = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
    script, tell = telling(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size, LARGE[:10])
    upstream, pool = await serving(script, answering(ok(b"next"))), pooling()
    outlet = outlets((await ask(pool, upstream, stream=True)).stream)
    await outlet.pour()
    outlet.push = lambda piece: outlet.flow.close()
    tell()
    async with asyncio.timeout(20):
        await upstream.someone_left.wait()
    assert (await ask(pool, upstream)).body == b"next"
    assert (outlet.over.is_set(), errors) == (False, [])


async def test_c24_a_flow_that_is_closed_closes_its_connection(serving, pooling, outlets):
    upstream = await serving(telling(ok(LARGE)[:-10])[0])
    outlet = outlets((await ask(pooling(), upstream, stream=True)).stream)
    await outlet.pour()
    outlet.flow.close()
    async with asyncio.timeout(20):
        await upstream.someone_left.wait()
