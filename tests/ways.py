"""One gateway asked in each of its ways: by a lane, without a task, by ASGI. Clients and upstreams are no sockets.

    async with open_gateway(prepared(config), answering) as gateway:
        visitor = gateway.visitor(LANE)
        await visitor.ask(b"GET /users/7 HTTP/1.1\r\nHost: gw\r\n\r\n")
        visitor.heard, gateway.upstream.requests

Event loops are `Turned`: their time passes when a test says so.
"""
import asyncio
import json
import logging
import random
import re
import tempfile
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from krakpy.client.pools import Pools
from krakpy.client.transport import HttpTransport
from krakpy.config.loading import load
from krakpy.extension.catalog import Catalog, read_catalog
from krakpy.extension.preparing import prepare
from krakpy.gateway import Gateway
from krakpy.server.limits import Limits
from krakpy.server.service import Service
from krakpy.testing import _candidates, _opened, _unprobed
from tests.origins import Origins
from tests.server.dialogue import Clock, Dialogue

LANE, DIRECT, ASGI = "lane", "direct", "asgi"
WAYS = (LANE, DIRECT, ASGI)



def get(target: str = "/a", *fields: str, method: str = "GET", host: str = "gw.test", version: str = "1.1") -> bytes:
    """A request without a body."""
    return "\r\n".join((f"{method} {target} HTTP/{version}", f"Host: {host}", *fields, "", "")).encode("latin-1")


def bodies(heard: bytes) -> list:
    """The documents of answers."""
    return [json.loads(answer.split(b"\r\n\r\n", 1)[1]) for answer in heard.split(b"HTTP/1.1 ")[1:]]


def run(work):
    """Run a test's coroutine on a loop whose time is the test's; whatever it leaves behind is an error."""
    with asyncio.Runner(loop_factory=Turned) as runner:
        return runner.run(_watched(work))


async def _watched(work):
    loop, errors = asyncio.get_running_loop(), []
    loop.set_exception_handler(lambda _, context: errors.append(context))
    result = await work
    await settle()
    assert errors == []
    return result


class Turned(asyncio.SelectorEventLoop):
    """An event loop whose time stands still until it is told that some has passed."""

    now = 1000.0

    def time(self) -> float:
        return self.now


async def settle(is_there: Callable[[], bool] | None = None) -> None:
    """Let everybody do what they can, until nobody can do more; or until something is there."""
    loop: Any = asyncio.get_running_loop()
    await asyncio.sleep(0)
    while loop._ready:
        await asyncio.sleep(0)
    until = time.monotonic() + 20
    while is_there is not None and not is_there():
        assert time.monotonic() < until
        time.sleep(0.001)
        await asyncio.sleep(0)


async def turn(seconds: float) -> None:
    """Let so much time pass, a tenth of a second at a time."""
    loop = asyncio.get_running_loop()
    for _ in range(round(seconds * 10)):
        assert isinstance(loop, Turned)
        loop.now += 0.1
        await settle()


class Visitor(Dialogue):
    """A client of a gateway; all that it is answered is in `heard`."""

    async def ask(self, *requests: bytes) -> bytes:
        """Send these at once; what is heard then, all in all."""
        self.transport.unread.extend(requests)
        before = -1
        while before != (before := len(self.heard)):
            await self.settle()
        return self.heard

    async def settle(self) -> None:
        self.transport.deliver()
        await settle()
        self.transport.deliver()


class Asked:
    """A gateway that is open."""

    def __init__(self, gateway: Gateway, upstream: Origins) -> None:
        self.app = gateway.app
        self.upstream = upstream
        self.by_lane: list[bool] = []
        """Whether a lane has taken a request that was offered to it."""

    def service(self, way: str = LANE, limits: Limits | None = None) -> Service:
        """A worker's, for clients that come in one way."""
        loop, clock = asyncio.get_running_loop(), Clock()
        service = Service(self.app, limits or Limits(), loop=loop, clock=clock, wall=clock)
        service.begin = getattr(self.app, "begin", None) if way != ASGI else None
        express = getattr(self.app, "express", None)
        service.express = None if express is None or way != LANE else partial(self._offered, express)
        return service

    def _offered(self, express, *request) -> bool:
        self.by_lane.append(express(*request))
        return self.by_lane[-1]

    def visitor(self, way: str = LANE, **options) -> Visitor:
        """A client that comes in one way."""
        service = options.pop("service", None) or self.service(way, options.pop("limits", None))
        return Visitor(service=service, **options)


@asynccontextmanager
async def open_gateway(prepared, answer, *, reachable=True):
    """A gateway that asks nobody but `answer`."""
    upstream = Origins(answer, is_reachable=reachable)
    dialer: Any = upstream
    pools = Pools(prepared.settings.transport)

    def connect(settings):
        pool = pools.of(settings.http_client.client_tls)
        pool._dialer = dialer
        return HttpTransport(settings, pool)

    # NOTE: load balancers begin with a host by chance
    random.seed(7)
    gateway = Gateway(prepared, connect)
    await gateway.open()
    try:
        yield Asked(gateway, upstream)
    finally:
        await gateway.close()
        await pools.close()
        upstream.close()


_DATE = re.compile(rb"date: [^\r]*\r\n")


@dataclass
class Outcome:
    """What became of a conversation, for everybody who took part; equal where it was the same for all of them."""

    heard: bytes
    """What the client was answered, without the dates."""
    is_closed: bool
    is_reset: bool
    requests: list[bytes]
    asked: list[str]
    gone: int
    events: list[dict]
    """What was logged; of pipelined requests, one that is refused at once may be told of before the one before it."""


async def conversation(prepared, way, answer, *requests: bytes, seconds: float = 0.0, **client) -> Outcome:
    """What becomes of these requests, sent one after the other, when so much time has passed."""
    with Lines() as lines:
        async with open_gateway(prepared, answer) as gateway:
            visitor = gateway.visitor(way, **client)
            for request in requests:
                await visitor.ask(request)
            await turn(seconds)
            heard = _DATE.sub(b"", visitor.heard)
            ends = visitor.is_closed, visitor.is_reset
            await visitor.leave()
            upstream = gateway.upstream
            events = sorted(lines.events, key=repr)
            return Outcome(heard, *ends, upstream.requests, upstream.asked, upstream.gone, events)


def outcomes(prepared, answer, *requests: bytes, ways=WAYS, **options) -> list[Outcome]:
    """The same conversation in each way; `answer` is made anew for each."""
    return [run(conversation(prepared, way, answer(), *requests, **options)) for way in ways]


def endpoint(path="/a", *backends, **own):
    """An endpoint with these backends, or one."""
    own["backend"] = [{"host": ["http://up.test"], "url_pattern": "/up"} | backend for backend in backends or ({},)]
    return {"endpoint": path, **own}


def prepared(*own, endpoints=(), extensions=None, are_trusted=False, **root):
    """What a worker gets of this configuration; extensions are classes, as in `krakpy.testing`, or krakpy's own."""
    candidates = [replace(each, is_first_party=are_trusted) for each in _candidates(extensions or {})]
    config = _opened({"endpoints": [*own, *endpoints], "disable_rest": True, **root}, candidates)
    with tempfile.TemporaryDirectory(prefix="krakpy-") as folder:
        path = Path(folder, "krakend.json")
        path.write_text(json.dumps(config), "utf-8")
        settings = load(path, {}).settings
    return prepare(
        settings, environ={"KRAKPY_ENABLE_PLUGINS": "1"}, catalog=Catalog((*_own(), *candidates)), examine=_unprobed
    )


@cache
def _own():
    return tuple(candidate for candidate in read_catalog().candidates if candidate.distribution == "krakpy")


class Lines(logging.Handler):
    """Keeps what is logged as long as a `with` block lasts, but for how long it took."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict] = []
        self._logger = logging.getLogger("krakpy")

    def __enter__(self):
        self._before = self._logger.level, self._logger.propagate
        self._logger.setLevel(logging.INFO)
        self._logger.propagate = False
        self._logger.addHandler(self)
        return self

    def __exit__(self, *_) -> None:
        self._logger.removeHandler(self)
        level, self._logger.propagate = self._before
        self._logger.setLevel(level)

    def emit(self, record) -> None:
        fields = dict(getattr(record, "fields", {}))
        fields.pop("duration_ms", None)
        if isinstance(fields.get("errors"), list):
            # NOTE: in the order in which backends failed, which is chance where they fail in one moment
            fields["errors"] = sorted(fields["errors"])
        self.events.append({"logger": record.name, "message": record.getMessage(), **fields})

    def of(self, logger: str) -> list[dict]:
        """What one logger was told."""
        return [event for event in self.events if event["logger"] == logger]
