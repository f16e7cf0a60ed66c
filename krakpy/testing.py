"""A gateway in this process, with a scripted upstream: for krakpy's tests and for authors of extensions.

    upstream = Upstream({"/users/1": {"name": "Ada"}})
    async with gateway(config, upstream, hooks={"geo": Geo}) as client:
        response = await client.get("/users/1")
    assert response.json() == {"name": "Ada"}
    assert upstream.requests[0].headers["X-Country"] == "NO"

Extensions are given as classes here; nothing is installed and no child is spawned.
"""
from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from krakpy_sdk import ASGIApp, Headers, Request, Response
from krakpy_sdk.testing import answers, backend_settings, endpoint_settings, server_settings

from krakpy.config.loading import load
from krakpy.config.settings import ServiceSettings
from krakpy.extension.catalog import OPENERS, Candidate, Catalog, read_catalog
from krakpy.extension.contracts import contract_of
from krakpy.extension.preparing import prepare
from krakpy.extension.probe import Job, Verdict
from krakpy.extension.shared_folder import SharedFolder
from krakpy.gateway import Gateway

__all__ = [
    "Client",
    "Upstream",
    "answers",
    "backend_settings",
    "endpoint_settings",
    "gateway",
    "request",
    "response",
    "server_settings",
]


def request(method: str = "GET", path: str = "/", **fields: Any) -> Request:
    """A request; `headers` may be a plain mapping."""
    fields["headers"] = Headers(fields.get("headers", {}))
    return Request(method, path, **fields)


def response(*, complete: bool = True, **data: Any) -> Response:
    """A decoded response whose document has these members."""
    return Response(data=data, is_complete=complete)


class Upstream:
    """Answers every backend of a gateway from a table of paths, and remembers what it was asked.

    A document is answered as JSON with 200; a Response as it is; a function is called with the request; an exception
    is raised. What is not in the table is answered 404.
    """

    def __init__(self, routes: Mapping[str, Any] | None = None) -> None:
        self.routes = dict(routes or {})
        self.requests: list[Request] = []

    async def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        answer = self.routes.get(urlsplit(request.url).path, Response(404, body=b""))
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer(request)
        return answer if isinstance(answer, Response) else _document(answer)


def _document(document: Any) -> Response:
    body = json.dumps(document).encode()
    return Response(200, headers=Headers({"Content-Type": "application/json"}), body=body)


class Client:
    """Asks an ASGI application, without sockets."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def get(self, target: str, headers: Mapping[str, str] | None = None) -> Response:
        """Ask with GET; the target may have a query string."""
        return await self.request("GET", target, headers)

    async def request(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Response:
        """Ask, and give the whole answer as status, headers and body."""
        parts: list[Mapping[str, Any]] = []
        sent = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if sent.is_set():
                await asyncio.get_running_loop().create_future()
            sent.set()
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            parts.append(message)

        await self._app(_scope(method, target, headers or {}, body), receive, send)
        return Response(
            parts[0]["status"],
            headers=Headers.from_raw(list(parts[0]["headers"])),
            body=b"".join(part.get("body", b"") for part in parts[1:]),
        )


def _scope(method: str, target: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    path, _, query = target.partition("?")
    fields = {"host": "gateway.test"} | {name.lower(): value for name, value in headers.items()}
    if body:
        fields.setdefault("content-length", str(len(body)))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8080),
    }


@asynccontextmanager
async def gateway(
    config: Mapping[str, Any], upstream: Upstream, **extensions: Mapping[str, type]
) -> AsyncIterator[Client]:
    """A gateway with this configuration, open as long as the context is.

    Extensions are keywords by group: `hooks={"geo": Geo}`, `backend={"acme/retry": Retry}`, `decoder={"csv": Csv}`;
    their classes must be importable. `drivers={"acme": Acme}` says that they ask for drivers of that family by name,
    with this Protocol. krakpy's own packages are there as they are installed. Raises ConfigurationError as `krakpy run`
    would.
    """
    openers = list(_candidates({OPENERS: extensions.pop(OPENERS, {})}))
    candidates = list(_candidates(extensions))
    own = _own(candidates)
    prepared = prepare(
        _loaded(_opened(config, candidates)),
        environ={"KRAKPY_ENABLE_PLUGINS": "1"},
        catalog=Catalog((*own.candidates, *candidates), openers=(*own.openers, *openers)),
        examine=_unprobed,
    )
    running = Gateway(prepared, lambda _: upstream, folder=SharedFolder.temporary())
    await running.open()
    try:
        yield Client(running.app)
    finally:
        await running.close()


def _candidates(extensions: Mapping[str, Mapping[str, type]]) -> Iterable[Candidate]:
    for family, classes in extensions.items():
        for name, loaded in classes.items():
            target = f"{loaded.__module__}:{loaded.__qualname__}"
            yield Candidate("tested", "0", family, 1, name, EntryPoint(name, target, contract_of(family).group))


def _own(tested: Iterable[Candidate]) -> Catalog:
    """What krakpy and its packages have, but for what is tested instead."""
    installed, taken = read_catalog(), {(candidate.family, candidate.name) for candidate in tested}
    own = (candidate for candidate in installed.candidates if candidate.is_first_party)
    kept = tuple(candidate for candidate in own if (candidate.family, candidate.name) not in taken)
    return Catalog(kept, openers=tuple(opener for opener in installed.openers if opener.is_first_party))


def _opened(config: Mapping[str, Any], candidates: Iterable[Candidate]) -> dict[str, Any]:
    """The configuration with the gates open for what is tested: its author has decided to run it."""
    plugin = dict(config.get("plugin") or {})
    instances = {candidate.id: {"isolation": "inproc"} for candidate in candidates}
    plugin["instances"] = instances | dict(plugin.get("instances") or {})
    return {"version": 3, **config, "plugin": plugin}


def _loaded(config: Mapping[str, Any]) -> ServiceSettings:
    with tempfile.TemporaryDirectory(prefix="krakpy-") as folder:
        path = Path(folder, "krakend.json")
        path.write_text(json.dumps(config), "utf-8")
        return load(path, {}).settings


def _unprobed(jobs: Iterable[Job]) -> tuple[Verdict, ...]:
    return tuple(Verdict(job.candidate) for job in jobs)


_check: Callable[[Iterable[Job]], tuple[Verdict, ...]] = _unprobed
