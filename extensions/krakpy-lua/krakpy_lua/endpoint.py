"""Scripts on a client's request, before anything of it is filtered.

    "modifier/lua-endpoint": {"pre": "if ctx.load():headers('X-Key') == '' then custom_error('no key', 401) end"}
"""
from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from krakpy_sdk import Headers, Proxy, Request, Response, RouterMiddleware, UpstreamError
from krakpy_sdk.screening import Settled

from krakpy_lua.config import LuaConfig
from krakpy_lua.errors import ScriptError
from krakpy_lua.scripted import Scripted


class LuaEndpoint(Scripted):
    """Runs `sources` and `pre`; one that refuses gives the client its status, and never a body (KrakenD: the same)."""

    inside: tuple[str, ...] = ("security/bot-detector", "auth/validator", "auth/signer")
    outside: tuple[str, ...] = ("qos/ratelimit/router",)
    _level = "endpoint"

    @staticmethod
    def applies_to(settings: Any) -> bool:
        """False where there is nothing to run."""
        config: LuaConfig = settings.config
        return bool(config.sources or config.pre)

    def __init__(self, settings: Any, next: Proxy) -> None:
        super().__init__(settings, next)
        if settings.config.post or settings.config.skip_next:
            self._log.warning("%s: `post` and `skip_next` mean nothing here", settings.place)

    def __call__(self, request: Request) -> Awaitable[Response]:
        try:
            begun = self._begin(request)
        except ScriptError as error:
            return Settled(self._refused(error))
        if begun is None or begun[2] is not None:
            return self._slowly(request, begun)
        return self._next(begun[0].exchange.request.finished())

    async def _slowly(self, request: Request, begun: Any) -> Response:
        try:
            run = await self._first(request, begun)
        except UpstreamError as error:
            return self._refused(error)
        self._release(run)
        return await self._next(run.exchange.request.finished())

    def _failing(self, error: ScriptError) -> Proxy:
        async def fail(request: Request) -> Response:  # noqa: ARG001  whatever is asked
            return self._refused(error)

        return fail

    def _refused(self, error: UpstreamError) -> Response:
        if not (isinstance(error, ScriptError) and error.is_custom):
            self._log.warning("%s", error)
        kind = error.headers if isinstance(error, ScriptError) else {}
        return Response(self._status(error), headers=Headers(kind), body=b"")

    def _status(self, error: UpstreamError) -> int:
        return error.status


class LuaService(LuaEndpoint):
    """Scripts of the service, on every request but health checks and redirects; whatever they refuse for is 500."""

    inside = ("security/http",)
    outside = (
        "security/bot-detector@service", "security/bot-detector", "auth/validator", "auth/signer",
        "modifier/lua-endpoint", "qos/ratelimit/router",
    )

    def _status(self, error: UpstreamError) -> int:  # noqa: ARG002  KrakenD does not look at it either
        return 500


_guard: type[RouterMiddleware] = LuaEndpoint
_service_guard: type[RouterMiddleware] = LuaService
