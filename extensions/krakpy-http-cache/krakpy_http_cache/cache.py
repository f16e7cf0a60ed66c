"""Keeps what backends answer, as long as they say.

    {"url_pattern": "/users", "extra_config": {"qos/http-cache": {"shared": true}}}
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import partial
from time import time

from krakpy_sdk import (
    BackendMiddleware,
    BackendSettings,
    ClientMiddleware,
    ClientSettings,
    Proxy,
    Request,
    Response,
    UpstreamError,
)
from krakpy_sdk.screening import Settled
from krakpy_store import store_of

from krakpy_http_cache import directives
from krakpy_http_cache.config import CacheConfig
from krakpy_http_cache.directives import Directives
from krakpy_http_cache.entry import Entry, Use, entry, is_storable, is_worth_it, kept_fields, varied_by
from krakpy_http_cache.flights import Flights
from krakpy_http_cache.recording import recorded
from krakpy_http_cache.shelf import BoundedShelf, Shelf, settled

#: what makes a request one of its own
_CONDITIONS = frozenset({
    "range", "if-none-match", "if-modified-since", "if-match", "if-unmodified-since", "if-range",
})  # fmt: skip
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_SUCCESS = frozenset({200, 201})
#: statuses whose answers are no whole ones
_PARTIAL = frozenset({206, 304})
_MARTIAN = "modifier/martian"

Keep = Callable[[Response], Awaitable[Response]]
"""Keeps an answer, and gives what is passed on."""

#: where an answer waits to be kept until what stands around the cache has changed its fields
_waiting: ContextVar[list[Keep] | None] = ContextVar("_waiting", default=None)


class HttpCache:
    """Gives answers that are kept as long as they are fresh, and asks the backend about those that are not any more.

    GET and HEAD without a body and conditions of the client's (RFC 9111, as a shared cache; KrakenD: private). Of
    requests of one worker that want the same answer at the same time one asks. An unsafe request that succeeds forgets
    what was kept for its URL.
    """

    Config = CacheConfig
    inside = ("plugin/http-client", "qos/circuit-breaker/http", "modifier/martian", "redirects")
    outside = ("auth/client-credentials", "decompression")

    def __init__(self, settings: ClientSettings, next: Proxy, *, clock: Callable[[], float] = time) -> None:
        config: CacheConfig = settings.config
        self._shelf = _shelf(settings, config)
        self._max_entry_size = config.max_entry_size
        self._adds_age = config.add_age
        self._is_no_op = settings.is_no_op
        self._flights = Flights()
        self._clock = clock
        self._next = next
        self.given: tuple[str, Entry] | None = None
        """What was given last, with its key, where every request for the key gets it. PERF: the gateway keeps what it
        makes of it, as long as it is `still` given."""

    def still(self, given: tuple[str, Entry]) -> bool:
        """Whether this is given again, to requests without `Cache-Control`."""
        key, kept = given
        found = self._shelf.get(key)
        return isinstance(found, Entry) and found == kept and found.use(directives.NONE, self._clock()) == "fresh"

    def __call__(self, request: Request) -> Awaitable[Response]:
        if request.method not in ("GET", "HEAD") or not _is_plain(request):
            return self._passed(request)
        key = request.url if request.method == "GET" else f"HEAD {request.url}"
        asked = directives.of(request.headers)
        found = self._shelf.get(key)
        if isinstance(found, Entry) and self._use(found, request, asked) == "fresh":
            # PERF: an answer that is there is given as it is, without a coroutine
            if not (asked or found.varied or self._adds_age):
                self.given = key, found
            return Settled(self._given(found))
        return self._looked_for(request, key, asked, found)

    async def _looked_for(
        self, request: Request, key: str, asked: Directives, found: Entry | Awaitable[Entry | None] | None
    ) -> Response:
        """What is kept, maybe once somebody else has asked for it, or what the backend says."""
        while True:
            kept = await settled(found)
            use = self._use(kept, request, asked)
            if kept and use == "fresh":
                return self._given(kept)
            if "only-if-cached" in asked:
                return Response(504, body=b"")
            flight = None if "no-cache" in asked else self._flights.open(key)
            if flight is None or not await self._flights.landed(flight):
                break
            found = self._shelf.get(key)
        return await self._led(request, key, asked, kept, use)

    def _use(self, kept: Entry | None, request: Request, asked: Directives) -> Use:
        return kept.use(asked, self._clock()) if kept and kept.matches(request) else "none"

    async def _led(self, request: Request, key: str, asked: Directives, kept: Entry | None, use: Use) -> Response:
        """The backend's answer, which others may wait for."""
        is_leader = self._flights.start(key)
        try:
            response, is_kept = await self._asked(request, key, asked, kept if use == "stale" else None)
        except BaseException:
            if is_leader:
                self._flights.fail(key)
            raise
        if is_leader:
            self._flights.end(key, is_kept=bool(is_kept))
        if kept is not None and is_kept is False:
            await self._shelf.delete(key)
        return response

    async def _asked(
        self, request: Request, key: str, asked: Directives, kept: Entry | None
    ) -> tuple[Response, bool | None]:
        """The backend's answer, and whether it was kept; None where another one stands in for it."""
        try:
            response = await self._next(request if kept is None else _conditional(request, kept))
        except UpstreamError:
            if kept is not None and kept.stands_in(asked, self._clock()):
                return self._given(kept), None
            raise
        if kept is not None:
            if response.status == 304:
                kept = kept.confirmed(response, self._clock())
                return self._given(kept), await self._shelf.put(key, kept)
            if response.status >= 500 and kept.stands_in(asked, self._clock()):
                return self._given(kept), None
        keep = partial(self._kept, request, key, asked)
        waiting = _waiting.get()
        if waiting is None:
            return await keep(response)
        waiting.append(lambda changed: _first(keep(changed)))
        return response, False

    async def _kept(self, request: Request, key: str, asked: Directives, response: Response) -> tuple[Response, bool]:
        """Keeps an answer, if it may be kept; one whose body is on its way once it has passed."""
        if not (self._is_answer(response) and is_storable(request, asked, response)):
            return response, False
        fields, varied = kept_fields(response.headers), varied_by(response.headers, request)
        found = entry(response.status, fields, response.body or b"", varied, self._clock())
        if not is_worth_it(found):
            return response, False
        if response.stream is None:
            return response, await self._shelf.put(key, found)

        async def keep(body: bytes) -> None:
            now = self._clock()
            await self._shelf.put(key, entry(response.status, fields, body, varied, now))

        return response.replace(stream=recorded(response.stream, keep, self._max_entry_size)), False

    def _is_answer(self, response: Response) -> bool:
        """Whether it is more than a failure (KrakenD: only what is read is kept)."""
        return response.status in _SUCCESS if not self._is_no_op else response.status not in _PARTIAL

    def _given(self, kept: Entry) -> Response:
        return kept.answer(kept.age(self._clock()) if self._adds_age else None)

    async def _passed(self, request: Request) -> Response:
        response = await self._next(request)
        if request.method not in _SAFE and response.status < 400:
            await self._shelf.delete(request.url)
            await self._shelf.delete(f"HEAD {request.url}")
        return response


class AfterMartian:
    """Has answers kept with the fields that the backend's Martian modifiers give them (KrakenD: the same).

    So `Cache-Control` may be the gateway's word. Absent where there are none.
    """

    Config = CacheConfig
    inside = (
        "filter_query", "url_pattern", "concurrent_calls", "load_balancer", "filter_headers", "backend/graphql",
        "plugin/req-resp-modifier", "qos/circuit-breaker", "qos/ratelimit/proxy", "modifier/lua-backend",
        "validation/cel", "formatting", "decoding", "status_rules",
    )  # fmt: skip
    paths = ()

    @staticmethod
    def applies_to(settings: BackendSettings) -> bool:
        return _MARTIAN in settings.extra_config

    def __init__(self, settings: BackendSettings, next: Proxy) -> None:  # noqa: ARG002  the other part has them
        self._next = next

    async def __call__(self, request: Request) -> Response:
        waiting: list[Keep] = []
        token = _waiting.set(waiting)
        try:
            response = await self._next(request)
        finally:
            _waiting.reset(token)
        return await waiting[-1](response) if waiting else response


def _shelf(settings: ClientSettings, config: CacheConfig) -> Shelf:
    store = store_of(settings, "cache")
    bounded = "bounded" if config.is_bounded else "all"
    name = f"shared/{bounded}" if config.shared else f"{settings.place}/{settings.endpoint}"
    if config.is_bounded:
        return BoundedShelf(store, name, config)
    return Shelf(store, name, config.max_entry_size)


def _is_plain(request: Request) -> bool:
    has_body = bool(request.body) or request.stream is not None
    return not has_body and _CONDITIONS.isdisjoint(request.headers)


def _conditional(request: Request, kept: Entry) -> Request:
    """The request that asks whether an answer is still the right one."""
    headers = request.headers
    if kept.etag:
        headers = headers.set("If-None-Match", kept.etag)
    if kept.last_modified:
        headers = headers.set("If-Modified-Since", kept.last_modified)
    return request.replace(headers=headers)


async def _first(pair: Awaitable[tuple[Response, bool]]) -> Response:
    return (await pair)[0]


_guard: type[ClientMiddleware] = HttpCache
_outer: type[BackendMiddleware] = AfterMartian
