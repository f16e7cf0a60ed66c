"""A gateway as it is written for one's own five endpoints: nothing is checked, nothing can be configured."""
from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any

import falcon.asgi
import httpx
from falcon.asgi import Request, Response


class Upstream:
    """The service behind, asked with a pool of connections."""

    def __init__(self, address: str) -> None:
        limits = httpx.Limits(max_connections=1024, max_keepalive_connections=1024)
        self._client = httpx.AsyncClient(base_url=address, limits=limits, timeout=30)

    async def document(self, path: str) -> Any:
        """What it answers, decoded."""
        answer = await self._client.get(path)
        answer.raise_for_status()
        return answer.json()

    async def passed(self, path: str, resp: Response, content: AsyncIterator[bytes] | None = None) -> None:
        """What it answers, as it comes."""
        request = self._client.build_request("POST" if content else "GET", path, content=content)
        answer = await self._client.send(request, stream=True)
        resp.status = str(answer.status_code)
        resp.content_type = answer.headers.get("Content-Type")
        resp.set_header("Content-Length", answer.headers["Content-Length"])
        resp.stream = answer.aiter_raw()


class Passed:
    """The same path there, the answer untouched."""

    def __init__(self, upstream: Upstream, there: str) -> None:
        self._upstream, self._there = upstream, there

    async def on_get(self, _: Request, resp: Response) -> None:
        await self._upstream.passed(self._there, resp)

    async def on_post(self, req: Request, resp: Response) -> None:
        await self._upstream.passed(self._there, resp, aiter(req.stream))


class Document:
    """One document, decoded and rendered."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def on_get(self, _: Request, resp: Response, id: str) -> None:
        resp.media = await self._upstream.document(f"/small/{id}")


class Merged:
    """Three documents in one."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def on_get(self, _: Request, resp: Response) -> None:
        a, b, c = await asyncio.gather(*(self._upstream.document("/small") for _ in range(3)))
        resp.media = {"a": a, "b": b, "c": c}


class Shaped:
    """A part of a large document, under other names."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def on_get(self, _: Request, resp: Response) -> None:
        whole = await self._upstream.document("/rows")
        page, links = {"total": whole["page"]["total"]}, {"self": whole["links"]["self"]}
        resp.media = {"shop": {"id": whole["id"], "products": whole["items"], "page": page, "links": links}}


def application() -> falcon.asgi.App[Any, Any]:
    """The whole of it; the address of the service is in the environment."""
    made, upstream = falcon.asgi.App(), Upstream(os.environ["UPSTREAM"])
    made.add_route("/noop", Passed(upstream, "/small"))
    made.add_route("/json/{id}", Document(upstream))
    made.add_route("/merge3", Merged(upstream))
    made.add_route("/shape10k", Shaped(upstream))
    made.add_route("/mb", Passed(upstream, "/mb"))
    made.add_route("/post", Passed(upstream, "/post"))
    return made
