"""A gateway in this process whose upstreams are real sockets, and a client that notices when an answer breaks off."""
from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

from krakpy_sdk import ASGIApp

from krakpy.client.pools import Pools
from krakpy.client.resolving import Address, Resolver
from krakpy.client.transport import HttpTransport
from krakpy.config.loading import load
from krakpy.extension.catalog import Catalog, read_catalog
from krakpy.extension.preparing import prepare
from krakpy.gateway import Gateway
from krakpy.testing import _unprobed

#: what a request may take at most before its test fails, however slow the machine is
PATIENCE_S = 30.0


@dataclass
class Outcome:
    """What a client saw of one request."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_cut: bool = False
    """Whether the answer broke off: a server closes the connection then, so that the client can see it."""
    seconds: float = 0.0

    def json(self) -> Any:
        """The document."""
        return json.loads(self.body)

    @property
    def is_complete(self) -> bool:
        """What `X-Krakend-Completed` says."""
        return self.headers.get("x-krakend-completed") == "true"


class Client:
    """Asks an application as a server would, one task for each request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def ask(
        self,
        target: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: Sequence[bytes] = (),
        gone: asyncio.Event | None = None,
    ) -> Outcome:
        """The outcome; the client goes away when `gone` is set."""
        outcome, loop = Outcome(), asyncio.get_running_loop()
        left = list(body) or [b""]

        async def receive() -> dict[str, Any]:
            if left:
                piece = left.pop(0)
                return {"type": "http.request", "body": piece, "more_body": bool(left)}
            await (gone or asyncio.Event()).wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                outcome.status = message["status"]
                outcome.headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
            outcome.body += message.get("body", b"")

        started = loop.time()
        task = loop.create_task(cast("Any", self._app)(scope(method, target, headers or {}, body), receive, send))
        done, _ = await asyncio.wait([task], timeout=PATIENCE_S)
        outcome.seconds = loop.time() - started
        assert done, f"{target} was never answered"
        # NOTE: an application that ends with an error has its server close the connection
        outcome.is_cut = task.cancelled() or task.exception() is not None
        return outcome


def scope(method: str, target: str, headers: Mapping[str, str], body: Sequence[bytes]) -> dict[str, Any]:
    """A request as ASGI has it."""
    path, _, query = target.partition("?")
    fields = {"host": "gateway.test"} | {name.lower(): value for name, value in headers.items()}
    if body:
        fields.setdefault("content-length", str(sum(map(len, body))))
    return {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": unquote(path), "raw_path": path.encode(),
        "query_string": query.encode(), "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()],
        "client": ("127.0.0.1", 50000), "server": ("127.0.0.1", 8080),
    }  # fmt: skip


class Names:
    """A name server of the tests: names for which it has no answer are the system's; an error is raised."""

    def __init__(self, known: Mapping[str, str | Exception | float]) -> None:
        self._known = dict(known)

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        answer = self._known.get(host, "127.0.0.1")
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            answer = "127.0.0.1"
        if isinstance(answer, Exception):
            raise answer
        return [Address(socket.AF_INET, (answer, port))]


@asynccontextmanager
async def serving(
    config: Mapping[str, Any], folder: Path, *, names: Names | None = None
) -> AsyncIterator[Client]:
    """A gateway with this configuration, whose connections are its own."""
    path = folder / "krakend.json"
    path.write_text(json.dumps({"version": 3, **config}))
    candidates = [one for one in read_catalog().candidates if one.distribution.startswith("krakpy")]
    prepared = prepare(
        load(path, {}).settings,
        environ={},
        catalog=Catalog(tuple(candidates)),
        examine=_unprobed,
    )
    pools = Pools(prepared.settings.transport, resolver=Resolver(lookup=names or Names({})))
    gateway = Gateway(prepared, lambda own: HttpTransport(own, pools.of(own.http_client.client_tls)))
    await gateway.open()
    try:
        yield Client(gateway.app)
    finally:
        await gateway.close()
        await pools.close()


class Log(logging.Handler):
    """Keeps krakpy's events as long as a `with` block lasts."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []
        self._logger = logging.getLogger("krakpy")

    def __enter__(self) -> Log:
        self._logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.events.append({"message": record.getMessage(), **getattr(record, "fields", {})})

    def of(self, endpoint: str) -> list[dict[str, Any]]:
        """The events of one endpoint."""
        return [event for event in self.events if event.get("endpoint", "").endswith(f" {endpoint}")]
