"""Scripts around what an endpoint asks, and around one of its backends.

    "modifier/lua-proxy": {"post": "response.load():data():set('seen', true)"}
"""
from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from krakpy_sdk import BackendMiddleware, EndpointMiddleware, KrakpyError, Proxy, Request, Response

from krakpy_lua.config import LuaConfig
from krakpy_lua.run import Run
from krakpy_lua.scripted import Scripted


class _Pipe(Scripted):
    """Runs `sources` and `pre`, asks what it wraps unless `skip_next`, and runs `post` on an answer that lacks nothing.

    ScriptError for what a script refuses, and for one that is wrong; what it says reaches clients where messages do.
    """

    @staticmethod
    def applies_to(settings: Any) -> bool:
        """False where there is nothing to run."""
        config: LuaConfig = settings.config
        return bool(config.sources or config.pre or config.post or config.skip_next)

    def __init__(self, settings: Any, next: Proxy) -> None:
        super().__init__(settings, next)
        self._has_post = bool(settings.config.post)
        self._skips: bool = settings.config.skip_next

    def __call__(self, request: Request) -> Awaitable[Response]:
        begun = self._begin(request)
        if begun is None or begun[2] is not None:
            return self._slowly(request, begun)
        run = begun[0]
        if self._has_post or self._skips:
            return self._asked(run)
        return self._next(run.exchange.request.finished())

    async def _slowly(self, request: Request, begun: Any) -> Response:
        run = await self._first(request, begun)
        return await self._asked(run)

    async def _asked(self, run: Run) -> Response:
        if self._skips:
            response = Response(body=b"", is_complete=False) if self._is_no_op else Response(data={}, is_complete=False)
        else:
            try:
                response = await self._next(run.exchange.request.finished())
            except KrakpyError:
                self._release(run)
                raise
        # NOTE: a partial answer is a failure to scripts (KrakenD: the same)
        if response.errors or not self._has_post:
            self._release(run)
            return response
        return await self._last(run, response, is_made=self._skips)


class LuaProxy(_Pipe):
    """Scripts of an endpoint, around everything that it asks (KrakenD: `modifier/lua-proxy`)."""

    outside = (
        "validation/cel", "validation/json-schema", "shadow", "static", "plugin/req-resp-modifier", "buffer_body",
    )
    _level = "proxy"


class LuaBackend(_Pipe):
    """Scripts of one backend, whose address is made and document formatted (KrakenD: `modifier/lua-backend`)."""

    inside = (
        "load_balancer", "filter_headers", "backend/graphql", "plugin/req-resp-modifier", "qos/circuit-breaker",
        "qos/ratelimit/proxy",
    )
    outside = ("validation/cel", "formatting", "decoding", "status_rules")
    _level = "backend"


_endpoint_guard: type[EndpointMiddleware] = LuaProxy
_backend_guard: type[BackendMiddleware] = LuaBackend
