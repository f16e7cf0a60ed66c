"""A clock that is set by hand, a Redis of our own, and one that does whatever a test says."""
import asyncio
import shutil
import socket
import subprocess
import time

import hiredis
import pytest


class Clock:
    """Stands still until somebody moves it."""

    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory):
    """A real server, for as long as the tests run."""
    if shutil.which("redis-server") is None:
        pytest.skip("there is no redis-server on PATH (Debian: apt-get install redis-server)")
    path = tmp_path_factory.mktemp("redis") / "socket"
    command = ["redis-server", "--port", "0", "--unixsocket", str(path), "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not _is_open(str(path)) and time.monotonic() < deadline:
        time.sleep(0.01)
    yield f"unix://{path}"
    server.kill()
    server.wait()


def _is_open(path):
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(path) == 0


class Scripted:
    """Speaks as much of Redis' protocol as a test wants: `answer(command)` gives bytes, None for silence."""

    def __init__(self):
        self.answer = lambda _: b"+OK\r\n"
        self.asked = []
        self.connections = 0
        self.writers = []

    async def open(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}"

    async def close(self):
        self._server.close()
        self.break_all()

    def break_all(self):
        for writer in self.writers:
            writer.transport.abort()
        self.writers.clear()

    async def _serve(self, reader, writer):
        self.connections += 1
        self.writers.append(writer)
        parser = hiredis.Reader()
        try:
            while piece := await reader.read(65_536):
                parser.feed(piece)
                while (command := parser.gets()) is not False:
                    self.asked.append(command)
                    if (answer := self.answer(command)) is not None:
                        writer.write(answer)
        except OSError:
            pass
        finally:
            writer.close()


@pytest.fixture
async def scripted():
    server = Scripted()
    await server.open()
    yield server
    await server.close()
