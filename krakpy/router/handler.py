"""The end of the router seat: asks the endpoint for the client, and writes what it answers.

    handler = EndpointHandler(service, settings, endpoint_proxy, JsonRenderer(None))
    await handler(request)      # X-Krakend: Version 1.2.3, X-Krakend-Completed: true, …
"""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable
from functools import partial
from typing import Any, Protocol

from krakpy_sdk import Proxy, Renderer, Request, Response, Timeout
from krakpy_sdk.messages import NO_HEADERS
from krakpy_sdk.screening import Settled

from krakpy.abilities import can
from krakpy.config.settings import EndpointSettings, ServiceSettings
from krakpy.direct import Flow
from krakpy.errors import KrakpyError, Problem, problem_response
from krakpy.proxy import Promise, at_hand, awaited, fulfilled, tell
from krakpy.router.bounded import DEADLINE_EXCEEDED, BoundedStream, close
from krakpy.router.deadlines import Deadlines
from krakpy.router.failures import report, response_to
from krakpy.router.forwarding import forwarder
from krakpy.router.headers import Raw, RawHeaders, answered
from krakpy.router.signature import signed
from krakpy.router.sniffing import content_type

Then = Callable[["Response | Awaitable[Response] | Exception"], None]
"""What is told when there is an answer, something to be awaited for it, or a defect."""

#: statuses whose answers have no body (RFC 9110 §6.4.1)
BODILESS = frozenset({204, 304})


class EndpointHandler:
    """Forwards what is listed, bounds the time, and renders (KrakenD: the endpoint handler).

    A failure is answered with 500, or the error's status, and the error's text with `return_error_msg`. Without a
    renderer (`no-op`) status, fields and body pass as they are; so does an answer that has a body and no document.
    """

    def __init__(
        self, service: ServiceSettings, settings: EndpointSettings, next: Proxy, renderer: Renderer | None
    ) -> None:
        router = service.router
        self._endpoint = f"{settings.method} {settings.endpoint}"
        self._shows_messages = router.return_error_msg
        self.forward = forwarder(settings)
        self.forwards_query = bool(settings.input_query_strings)
        self.deadlines = Deadlines(settings.timeout_s)
        self.next = next
        self._renderer = renderer
        writer: object = renderer
        self._write = writer.write if can(writer, Writes) else None
        self.looks_at_request = renderer is not None and self._write is None
        """Whether the answer depends on more than the endpoint's."""
        self._incomplete = signed(router, is_complete=False)
        self._complete = (*signed(router, is_complete=True), *_cache_control(settings.cache_ttl_s))
        kind = writer.content_type if can(writer, Writes) else ""
        #: the fields of a document that has none of its own: incomplete, complete
        self._typed = [
            answered(own, (("Content-Type", kind),)).headers for own in (self._incomplete, self._complete)
        ]
        # NOTE: KrakenD gives `{}` for a raw answer where a document is to be rendered
        self._may_be_raw = any(backend.is_no_op for backend in settings.backends)

    async def __call__(self, request: Request) -> Response:
        task, deadline = self.deadlines.start()
        try:
            made = self._made(request, await self.next(self.forward(request, deadline)), deadline)
            return made if isinstance(made, Response) else await made
        except asyncio.CancelledError:
            return self._cancelled(task)
        except KrakpyError as error:
            return self.failed(error)
        finally:
            self.deadlines.end(task)

    def begin(self, request: Request, then: Then) -> Awaitable[Response] | None:
        """Ask the endpoint without a task, and tell `then` what it gave.

        Gives the future that is waited for, which may be cancelled, or a coroutine in place of it all where it takes a
        task, or None where `then` was told already. The deadline is kept by who has made the promise.
        """
        deadline = self.deadlines.next()
        try:
            answer = self.next(self.forward(request, deadline))
        except KrakpyError as error:
            then(self.failed(error))
            return None
        return self.promise(request, answer, deadline, then)

    def promise(
        self, request: Request, answer: Awaitable[Response], deadline: float, then: Then
    ) -> Awaitable[Response] | None:
        """Tell `then` what is made of an answer that is under way; see `begin`."""
        future = awaited(answer)
        # NOTE: any other future may be anybody's, who knows of no deadline
        if not isinstance(future, Promise):
            settled = at_hand(answer)
            if settled is None:
                return self._answered(request, answer, deadline)
            self._finish(request, answer, deadline, then, settled)
            return None
        tell(future, partial(self._land, request, answer, deadline, then))
        return None if future.done() else future

    def _land(
        self,
        request: Request,
        answer: Awaitable[Response],
        deadline: float,
        then: Then,
        future: asyncio.Future[Response],
    ) -> None:
        if not future.cancelled():
            self._finish(request, answer, deadline, then, future)

    def _finish(
        self,
        request: Request,
        answer: Awaitable[Response],
        deadline: float,
        then: Then,
        done: asyncio.Future[Response] | Settled,
    ) -> None:
        result: Response | Awaitable[Response] | Exception
        try:
            response = fulfilled(answer, done)
            if isinstance(response, Response):
                made = self._made(request, response, deadline)
                result = made if isinstance(made, Response) else self._kept(made)
            else:
                result = self._answered(request, response, deadline, is_late=True)
        except KrakpyError as error:
            result = self.failed(error)
        except Exception as error:  # noqa: BLE001  as if it had been raised through `__call__`
            result = error
        then(result)

    async def _kept(self, made: Awaitable[Response]) -> Response:
        """What is made of an answer, or of its failure."""
        try:
            return await made
        except KrakpyError as error:
            return self.failed(error)

    async def _answered(
        self, request: Request, answer: Awaitable[Response], deadline: float, *, is_late: bool = False
    ) -> Response:
        """What is made of an answer that has to be awaited."""
        task = self.deadlines.resume(deadline) if is_late else self.deadlines.start(deadline)[0]
        try:
            made = self._made(request, await answer, deadline)
            return made if isinstance(made, Response) else await made
        except asyncio.CancelledError:
            return self._cancelled(task)
        except KrakpyError as error:
            return self.failed(error)
        finally:
            self.deadlines.end(task)

    def _cancelled(self, task: asyncio.Task[Any]) -> Response:
        """The answer where the time is over; whoever else cancels has his way."""
        if not self.deadlines.is_cause(task):
            raise
        return self.failed(Timeout(DEADLINE_EXCEEDED))

    def _made(self, request: Request, response: Response, deadline: float) -> Response | Awaitable[Response]:
        """What the client gets of an endpoint's answer."""
        if self._renderer is None or self._is_final(response):
            if response.stream is None:
                return self._passed(response)
            return self._relayed(response, response.stream, deadline)
        if response.stream is not None:
            return self._unread(self._renderer, request, response, response.stream)
        return self._rendered(self._renderer, request, response)

    async def _unread(
        self, renderer: Renderer, request: Request, response: Response, stream: AsyncIterable[bytes]
    ) -> Response:
        await close(stream)
        return self._rendered(renderer, request, response)

    def _rendered(self, renderer: Renderer, request: Request, response: Response) -> Response:
        """The document; an empty one is never complete, and has no fields of its own (KrakenD: the same)."""
        data = response.data
        if not data:
            bare = Response(data={}) if _is_raw(response) else Response(response.status, data=data)
            return self._signed(renderer.render(request, bare), self._incomplete)
        if self._write is not None and response.headers is NO_HEADERS:
            # PERF: the usual answer has no fields of its own, and so always the same ones: 2 µs
            headers = self._typed[response.is_complete]
            return Response(response.status, headers=headers, body=self._write(data))
        return self._signed(renderer.render(request, response), self._signature(response))

    def _passed(self, response: Response) -> Response:
        """An answer as it is; one that does not say what it is, is looked at (Go: DetectContentType)."""
        body = response.body or b""
        headers, says_type = answered(self._signature(response), response.headers.pairs)
        if body and not says_type:
            headers = _typed(headers, body)
        return Response(response.status, headers=headers, body=body)

    def _relayed(
        self, response: Response, stream: AsyncIterable[bytes], until: float
    ) -> Response | Awaitable[Response]:
        """An answer whose body is on its way."""
        headers, says_type = answered(self._signature(response), response.headers.pairs)
        says_type = says_type or response.status in BODILESS
        if isinstance(stream, Flow) and stream.until <= until and (says_type or stream.beginning()):
            # PERF: a body from an upstream keeps its deadline by itself, and needs no task, timer or coroutine here
            headers = headers if says_type else _typed(headers, stream.beginning())
            return Response(response.status, headers=headers, stream=stream)
        return self._bounded(response.status, headers, BoundedStream(stream, until), says_type=says_type)

    async def _bounded(self, status: int, headers: RawHeaders, stream: BoundedStream, *, says_type: bool) -> Response:
        if not says_type and (head := await stream.peek()):
            headers = _typed(headers, head)
        return Response(status, headers=headers, stream=stream)

    def failed(self, error: KrakpyError) -> Response:
        """What the client gets of a failure, which is logged."""
        report(error, self._endpoint)
        # NOTE: its frames hold the future that holds it, and such circles are the collector's work
        error.__traceback__ = None
        return self._signed(response_to(error, shows_message=self._shows_messages), self._incomplete)

    def _signed(self, response: Response, signature: Raw) -> Response:
        headers = answered(signature, response.headers.pairs).headers
        return Response(response.status, headers=headers, body=response.body)

    def _signature(self, response: Response) -> Raw:
        return self._complete if response.data and response.is_complete else self._incomplete

    def _is_final(self, response: Response) -> bool:
        """Whether a hook replied: there is a body and no document."""
        if response.data is not None or response.body is None:
            return False
        return not (self._may_be_raw and response.status < 300)


class Writes(Protocol):
    """A renderer that looks at the document alone."""

    content_type: str

    def write(self, document: dict[str, Any]) -> bytes:
        """What `render` gives as the body."""


class UnavailableEndpoint:
    """Stands in for an endpoint whose extension failed: answers 503 with a problem document that names no internals.

    Without a problem there is nobody to ask, and the answer is a bare 500.
    """

    def __init__(self, problem: Problem | None) -> None:
        self._response = Response(500, body=b"") if problem is None else problem_response(problem, 503)

    async def __call__(self, request: Request) -> Response:  # noqa: ARG002  whatever is asked
        return self._response


def _is_raw(response: Response) -> bool:
    return response.data is None and (response.body is not None or response.stream is not None)


def _typed(headers: RawHeaders, body: bytes) -> RawHeaders:
    return RawHeaders.written(((b"content-type", content_type(body)), *headers.raw))


def _cache_control(cache_ttl_s: float) -> Raw:
    """`Cache-Control` in whole seconds, for any method (KrakenD: `cache_ttl`)."""
    return ((b"cache-control", f"public, max-age={int(cache_ttl_s)}".encode()),) if cache_ttl_s else ()


_guard: Callable[[ServiceSettings, EndpointSettings, Proxy, Renderer | None], Proxy] = EndpointHandler
