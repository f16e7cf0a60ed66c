"""Calls the hooks that the service lists: they see every request before it is routed.

    "plugin/http-server": {"name": ["inner", "outer"], "inner": {…}, "outer": {…}}
"""
from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote

from krakpy_sdk import (
    ASGIApp,
    Headers,
    Query,
    Receive,
    Reply,
    Request,
    Response,
    Scope,
    Send,
    ServerMiddleware,
    ServerSettings,
    UpstreamError,
)
from krakpy_sdk.seats import Message

from krakpy.bodies import most_kept
from krakpy.errors import KrakpyError
from krakpy.extension.attachment import Attachment
from krakpy.extension.refusal import health_of, is_absence, refuse


class ServerHooks:
    """Calls `http_request` before routing and `http_response` on the way out; the last listed runs first.

    The order is KrakenD's: each plugin of the list wraps the one before it. `log` runs after the answer.
    """

    outside = ("access_log",)

    def __init__(self, settings: ServerSettings, next: ASGIApp) -> None:
        limit = most_kept(settings)
        self._inward = Attachment(reversed(settings.hooks), request="http_request", max_kept_body=limit)
        self._outward = Attachment(settings.hooks, response="http_response", max_kept_body=limit)
        self._rewrites_answers = bool(self._outward.on_response or self._outward.on_log)
        # NOTE: what an author's tests build has no router
        router = getattr(settings, "router", None)
        self._health = None if router is None else health_of(router)
        self._next = next

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._next(scope, receive, send)
            return
        request = _request(scope, receive if self._inward.wants_request_body else None)
        answer = _Answer(self._outward, request, send)
        try:
            await self._exchange(scope, receive, answer)
        except KrakpyError as error:
            # NOTE: no router stands around this seat to turn it into an answer
            if answer.is_started:
                raise
            if is_absence(error) and scope["path"] == self._health:
                await self._next(scope, receive, send)
                return
            await refuse(error, send)
        else:
            answer.finish()

    async def _exchange(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        request = answer.request
        asked = await self._inward.asked(request)
        out = answer.send if self._rewrites_answers else answer.passed
        if isinstance(asked, Reply):
            await _reply(asked, out)
        else:
            answer.request = asked
            await self._next(_scope(scope, request, asked), _receive(receive, asked), out)


class _Answer:
    """One answer on its way out: held back as long as the hooks need, then sent as they changed it."""

    def __init__(self, hooks: Attachment, request: Request, send: Send) -> None:
        self.request = request
        self.passed = send
        self.is_started = False
        self._hooks = hooks
        self._response: Response | None = None
        self._parts: list[bytes] = []
        self._size = 0
        self._is_replaced = False

    async def send(self, message: Message) -> None:
        """Take one ASGI message of the application."""
        if message["type"] == "http.response.start":
            self._response = Response(message["status"], headers=Headers.from_raw(list(message["headers"])))
            if not self._hooks.wants_response_body:
                await self._start(self._response)
        elif self._hooks.wants_response_body:
            await self._collect(message)
        elif not self._is_replaced:
            await self.passed(message)

    def finish(self) -> None:
        """Let the `log` hooks see what was answered."""
        if self._response is not None:
            self._hooks.log(self.request, self._response)

    async def _collect(self, message: Message) -> None:
        part = message.get("body", b"")
        self._parts.append(part)
        self._size += len(part)
        if self._size > self._hooks.max_kept_body:
            limit = self._hooks.max_kept_body
            raise UpstreamError(f"the answer has more than the {limit} bytes that a hook may ask for")
        if not message.get("more_body", False) and self._response is not None:
            await self._start(self._response.replace(body=b"".join(self._parts)))

    async def _start(self, response: Response) -> None:
        patched = await self._hooks.answered(self.request, response)
        self._response = patched
        headers = patched.headers
        if patched.body is not None and patched.body is not response.body:
            headers = headers.set("content-length", str(len(patched.body)))
        self.is_started = True
        await self.passed({"type": "http.response.start", "status": patched.status, "headers": _raw(headers)})
        if patched.body is not None:
            self._is_replaced = True
            await self.passed({"type": "http.response.body", "body": patched.body, "more_body": False})


def _request(scope: Scope, receive: Receive | None) -> Request:
    client = scope.get("client")
    return Request(
        scope["method"],
        scope["path"],
        query=Query.parse(scope["query_string"].decode("latin-1")),
        headers=Headers.from_raw(scope["headers"]),
        stream=None if receive is None else _body(receive),
        client_ip=client[0] if client else "",
    )


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


def _scope(scope: Scope, before: Request, after: Request) -> Scope:
    """The scope as the hooks changed it; the same object where they changed nothing."""
    changed: dict[str, object] = {}
    if after.method != before.method:
        changed["method"] = after.method
    if after.path != before.path:
        changed |= {"path": after.path, "raw_path": quote(after.path, safe="/:@!$&'()*+,;=~-._").encode()}
    if after.query is not before.query:
        changed["query_string"] = after.query.encode().encode("ascii")
    headers = after.headers
    if after.body is not None and (after.body or "content-length" in headers):
        headers = headers.remove("transfer-encoding").set("content-length", str(len(after.body)))
    if headers is not before.headers:
        changed["headers"] = _raw(headers)
    return {**scope, **changed} if changed else scope


def _receive(receive: Receive, request: Request) -> Receive:
    """Where the application reads the body: what was read for the hooks, or what they put in its place."""
    if request.body is None:
        return receive
    messages = iter([{"type": "http.request", "body": request.body, "more_body": False}])

    async def replay() -> Message:
        return next(messages, None) or await receive()

    return replay


async def _reply(reply: Reply, send: Send) -> None:
    headers = reply.headers.set("content-length", str(len(reply.body)))
    await send({"type": "http.response.start", "status": reply.status, "headers": _raw(headers)})
    await send({"type": "http.response.body", "body": reply.body, "more_body": False})


def _raw(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.pairs]


_guard: type[ServerMiddleware] = ServerHooks
