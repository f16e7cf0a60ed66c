"""Asks a backend with a token that the gateway gets for itself (`auth/client-credentials`).

    "auth/client-credentials": {"client_id": "gw", "client_secret": "…", "token_url": "https://idp.test/token"}
"""
from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from krakpy_sdk import ClientMiddleware, ClientSettings, Proxy, Request, Response, UpstreamError

from krakpy_client_credentials.config import Config
from krakpy_client_credentials.grant import Denied, Grant, Token, granted
from krakpy_client_credentials.sharing import SharedToken, name_of

NAMESPACE = "auth/client-credentials"

#: how long a request for a token may take, and how large its answer may be
DEADLINE_S = 10.0
MAX_ANSWER_BYTES = 1 << 20


class ClientCredentials:
    """Sets `Authorization`, whatever the client has sent there.

    One token for each backend and all workers, asked for when it is first needed, by one request however many wait for
    it, and renewed in the background before it ends. UpstreamError where there is none (KrakenD: 500).
    """

    Config = Config
    inside = ("modifier/martian", "plugin/http-client", "qos/http-cache", "redirects")
    outside = ("decompression",)

    @staticmethod
    def applies_to(settings: ClientSettings) -> bool:
        """Whether it is not disabled."""
        own = settings.extra_config.get(NAMESPACE)
        return not (isinstance(own, Mapping) and own.get("is_disabled") is True)

    def __init__(
        self, settings: ClientSettings, next: Proxy, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        config: Config = settings.config
        self._next = next
        self._log = settings.log
        self._clock = clock
        self._server = urlsplit(config.token_url).hostname
        self._grant = Grant(config)
        self._shared = SharedToken(settings.shared_folder, name_of(settings.place, config))
        self._token: Token | None = None
        self._renewal: asyncio.Task[Token] | None = None

    def __call__(self, request: Request) -> Awaitable[Response]:
        token, now = self._token, self._clock()
        if token is None or now >= token.expires_at:
            return self._later(request)
        if now >= token.stale_at:
            self._renew()
        return self._asked(request, token)

    async def _later(self, request: Request) -> Response:
        try:
            # NOTE: who leaves gives up waiting; the others still want the token
            token = await asyncio.shield(self._renew())
        except UpstreamError as error:
            raise UpstreamError(f'{request.method.capitalize()} "{request.url}": {error}') from error
        return await self._asked(request, token)

    def _asked(self, request: Request, token: Token) -> Awaitable[Response]:
        return self._next(request.replace(headers=request.headers.set("Authorization", token.authorization)))

    def _renew(self) -> asyncio.Task[Token]:
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renewed())
            self._renewal.add_done_callback(self._seen)
        return self._renewal

    def _seen(self, renewal: asyncio.Task[Token]) -> None:
        """Tell of a failure once, for nobody may be waiting for it."""
        if not renewal.cancelled() and (error := renewal.exception()) is not None:
            # SECURITY: the kind of failure and the server's word for it, and nothing of the request
            word = error if isinstance(error, Denied) else type(error).__name__
            self._log.warning("no token from %s: %s", self._server, word)

    async def _renewed(self) -> Token:
        """A new token, of another worker's if there is one."""
        try:
            async with asyncio.timeout(2 * DEADLINE_S), self._shared.turn():
                last = self._shared.read() or self._token
                if last is None or self._clock() >= last.stale_at:
                    last = await self._asked_for(last)
                    self._shared.write(last)
        except TimeoutError:
            raise Denied("oauth2: the server of the tokens does not answer in time") from None
        except OSError as error:
            raise Denied(f"oauth2: the token cannot be shared: {error.strerror}") from error
        self._token = last
        return last

    async def _asked_for(self, last: Token | None) -> Token:
        """The secret goes into the header field, and into the body where that fails; what works is kept (KrakenD)."""
        if last is not None:
            return await self._granted(is_basic=last.is_basic)
        try:
            return await self._granted(is_basic=True)
        except Denied:
            return await self._granted(is_basic=False)

    async def _granted(self, *, is_basic: bool) -> Token:
        deadline = asyncio.get_running_loop().time() + DEADLINE_S
        request = self._grant.request(is_basic=is_basic).replace(deadline=deadline)
        async with asyncio.timeout_at(deadline):
            response = await self._next(request)
            body = await _whole(response)
        kind = response.headers.get("content-type", "")
        return granted(response.status, kind, body, now=self._clock(), is_basic=is_basic)

    async def teardown(self) -> None:
        """Give a renewal up."""
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.wait({self._renewal})

    def status(self) -> Mapping[str, object]:
        """Whether there is a token."""
        return {"has_token": self._token is not None and self._clock() < self._token.expires_at}


async def _whole(response: Response) -> bytes:
    """All of an answer, which a `no-op` backend gives in pieces."""
    if response.stream is None:
        return response.body or b""
    body = bytearray()
    async for piece in response.stream:
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise Denied("oauth2: the answer is too large")
    return bytes(body)


_guard: type[ClientMiddleware] = ClientCredentials
