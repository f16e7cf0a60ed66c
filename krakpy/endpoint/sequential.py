"""Ask backends one after the other, with values of earlier answers in later requests.

    {"proxy": {"sequential": true}}         # then {"url_pattern": "/orders/{resp0_user.id}"}
"""
from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, Awaitable, Mapping, Sequence

from krakpy_sdk import EndpointSettings, KrakpyError, Merger, Proxy, Request, Response, Timeout, UpstreamError

from krakpy.bodies import most_kept, whole
from krakpy.endpoint.joining import ends_request, union, without_query
from krakpy.endpoint.propagation import Source, sources, value_at
from krakpy.logs import event

log = logging.getLogger("krakpy.endpoint")


class Sequential:
    """Makes a proxy that asks its backends in their order, all within `merge_timeout_s` (KrakenD: sequential merge).

    The first backend's failure is the request's. A later one's, or an incomplete answer, ends the sequence: what was
    answered until then is given, incomplete. Documents are joined key by key, and the later one wins.
    """

    #: which values later backends get is in the settings: see `krakpy.depth`
    paths = ()

    def __init__(self, config: object) -> None:
        pass

    def merge(self, settings: EndpointSettings, backends: Sequence[Proxy]) -> Proxy:
        """The proxy of them all; a single backend is its own."""
        return backends[0] if len(backends) == 1 else _Sequence(settings, backends)


class _Sequence:
    def __init__(self, settings: EndpointSettings, backends: Sequence[Proxy]) -> None:
        patterns = [backend.url_pattern for backend in settings.backends]
        self._max_kept_body = most_kept(settings)
        self._endpoint = f"{settings.method} {settings.endpoint}"
        self._timeout_s = settings.merge_timeout_s
        self._steps = tuple(zip(backends, sources(patterns, settings.sequential_propagated_params), strict=True))

    async def __call__(self, request: Request) -> Response:
        deadline = asyncio.get_running_loop().time() + self._timeout_s
        if request.deadline is None or deadline < request.deadline:
            request = request.replace(deadline=deadline)
        answers: list[Response] = []
        values: dict[str, str] = {}
        for proxy, needed in self._steps:
            await self._resolve(needed, answers, values)
            try:
                answer = await _within(deadline, proxy, _with(request, values))
            except KrakpyError as error:
                if not answers or ends_request(error):
                    raise
                self._report(error, len(answers))
                return union(answers, is_complete=False).replace(errors=(error,))
            answers.append(answer)
            if not answer.is_complete:
                break
        return union(answers, is_complete=len(answers) == len(self._steps))

    async def _resolve(self, needed: Sequence[Source], answers: list[Response], values: dict[str, str]) -> None:
        """Add the values that are there; one that was found for an earlier backend stays as it is."""
        for source in needed:
            if not values.get(source.key):
                value = await self._value(source, answers)
                if value is not None:
                    values[source.key] = value

    async def _value(self, source: Source, answers: list[Response]) -> str | None:
        answer = answers[source.backend]
        if source.path:
            return value_at(answer.data or {}, source.path)
        if answer.body is None and answer.stream is not None:
            answer = answers[source.backend] = answer.replace(body=await self._propagated(answer.stream), stream=None)
        return None if answer.body is None else answer.body.decode("utf-8", "replace")

    def _propagated(self, stream: AsyncIterable[bytes]) -> Awaitable[bytes]:
        return whole(stream, self._max_kept_body, refuse=UpstreamError, what="the body that is propagated")

    def _report(self, error: KrakpyError, index: int) -> None:
        event(
            log, logging.WARNING, "the sequence ended early", endpoint=self._endpoint, backend=index,
            errors=[without_query(error)],
        )


async def _within(deadline: float, proxy: Proxy, request: Request) -> Response:
    try:
        async with asyncio.timeout_at(deadline) as limit:
            return await proxy(request)
    except TimeoutError as error:
        if limit.expired():
            raise Timeout("context deadline exceeded") from error
        raise


def _with(request: Request, values: Mapping[str, str]) -> Request:
    return request.replace(params={**request.params, **values}) if values else request


_guard: type[Merger] = Sequential
