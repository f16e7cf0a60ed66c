"""A host that does what a test says: it greets as hosts do, unless it is told otherwise, and answers by a function."""
import asyncio
import json
import os
from contextlib import asynccontextmanager

from krakpy_sdk import Request
from krakpy_sdk.frames import WIRE, Splitter, framed

from krakpy.extension.calls import Calls
from krakpy.extension.slots import Slot

REQUEST = Request("GET", "/a")
PATIENCE_S = 20


def fields(*values):
    """A frame with this header."""
    return framed(json.dumps(values).encode())


def hello(*, serial=True, wire=WIRE):
    return fields("hello", wire, {"pid": os.getpid(), "serial": serial, "problems": []})


class ScriptedHost:
    """`answer(host, writer, id)` is called for each call; connections and calls are counted."""

    def __init__(self, path, answer, greeting=None):
        self.path = str(path)
        self.answer = answer
        self.greeting = hello() if greeting is None else greeting
        self.connections = 0
        self.asked = []
        self.writers = []

    async def serve(self, reader, writer):
        self.connections += 1
        self.writers.append(writer)
        splitter = Splitter()
        try:
            writer.write(self.greeting)
            while data := await reader.read(65536):
                for header, _ in splitter.feed(data):
                    id, *_ = json.loads(header)
                    self.asked.append(id)
                    self.answer(self, writer, id)
        except ConnectionError:
            pass
        finally:
            writer.close()

    def cut(self):
        """Break every connection off."""
        for writer in self.writers:
            writer.transport.abort()


@asynccontextmanager
async def asked(tmp_path, answer, *, greeting=None, slots=1, told=None, expected=lambda: True, **options):
    """The calls of a worker to such a host."""
    host = ScriptedHost(tmp_path / "s", answer, greeting)
    server = await asyncio.start_unix_server(host.serve, host.path)
    options = {"is_safe": False, "timeout_s": PATIENCE_S, **options}
    tell = (lambda *_: None) if told is None else (lambda what, _: told.append(what))
    calls = Calls([Slot(host.path, number, is_expected=expected) for number in range(slots)], tell=tell, **options)
    calls.open()
    try:
        yield calls, host
    finally:
        calls.close()
        server.close()
        host.cut()
        for _ in range(5):
            await asyncio.sleep(0)


def ask(calls):
    return calls.ask(0, "endpoint_request", REQUEST, None, "")


async def until(condition):
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.005)
