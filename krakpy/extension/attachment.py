"""How the seats call the hooks that an object lists: in order, each seeing what the one before changed."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Iterable, Sequence

from krakpy_sdk import RejectedError, Reply, Request, Response
from krakpy_sdk.actions import patched_request, patched_response

from krakpy.errors import ExtensionError
from krakpy.extension.guard import Guard, HookCall, LiveHook

#: largest body that is read because a hook asks for it
MAX_BODY_BYTES = 10 * 1024 * 1024
#: answers whose `log` hooks may be running at once; more are dropped and counted
MAX_LOGGING = 1000


class Attachment:
    """The hooks of one object that have the hook `request`, the hook `response`, or `log`."""

    def __init__(self, hooks: Iterable[LiveHook], *, request: str = "", response: str = "") -> None:
        hooks = tuple(hooks)
        self.on_request = _calls(hooks, request)
        self.on_response = _calls(hooks, response)
        self.on_log = _calls(hooks, "log")
        self.wants_request_body = any(wants for _, _, wants in self.on_request)
        self.wants_response_body = any(wants for _, _, wants in self.on_response)
        self._logging: set[asyncio.Task[None]] = set()

    async def asked(self, request: Request) -> Request | Reply:
        """The request with every patch applied, or the first Reply that ends it."""
        if self.wants_request_body:
            request = await buffered(request)
        for call, guard, wants_body in self.on_request:
            result = await call(request if wants_body else without_body(request), None)
            if isinstance(result, Reply):
                return result
            if result is not None:
                with_patch = _Applying(guard)
                with with_patch:
                    request = patched_request(request, result)
        return request

    async def answered(self, request: Request, response: Response) -> Response:
        """The response with every patch applied."""
        request = without_body(request)
        for call, guard, wants_body in self.on_response:
            seen = response.snapshot()
            result = await call(request, seen if wants_body else _bodiless(seen))
            if result is not None and not isinstance(result, Reply):
                with _Applying(guard):
                    response = patched_response(response, result)
        return response

    def log(self, request: Request, response: Response) -> None:
        """Let the `log` hooks see the request and its answer, in the background."""
        if not self.on_log or len(self._logging) >= MAX_LOGGING:
            return
        task = asyncio.ensure_future(self._log(without_body(request), _bodiless(response.snapshot())))
        self._logging.add(task)
        task.add_done_callback(self._logging.discard)

    async def _log(self, request: Request, response: Response) -> None:
        for call, _, _ in self.on_log:
            try:
                await call(request, response)
            except ExtensionError:
                # NOTE: the guard has logged it; the answer is already with the client
                continue


_Call = tuple[HookCall, Guard, bool]


def _calls(hooks: Sequence[LiveHook], name: str) -> tuple[_Call, ...]:
    found = [(hook.call(name), hook.guard, hook.wants_body) for hook in hooks] if name else []
    return tuple((call, guard, wants) for call, guard, wants in found if call is not None)


class _Applying:
    """A patch that does not fit the message is a breach of the contract by the extension that gave it."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> bool:
        if not isinstance(error, ValueError):
            return False
        failure = self._guard.failed(error, "patch")
        if self._guard.goes_on:
            return True
        raise failure from error


def without_body(request: Request) -> Request:
    """What a hook sees that did not ask for bodies."""
    if request.body is None and request.stream is None:
        return request
    return request.replace(body=None, stream=None)


def _bodiless(response: Response) -> Response:
    return response if response.body is None and response.stream is None else response.replace(body=None, stream=None)


async def buffered(request: Request) -> Request:
    """The request with its whole body read; RejectedError 413 beyond `MAX_BODY_BYTES`."""
    if request.stream is None:
        return request
    return request.replace(body=await read(request.stream), stream=None)


async def read(stream: AsyncIterable[bytes]) -> bytes:
    """All of a stream; RejectedError 413 beyond `MAX_BODY_BYTES`."""
    parts: list[bytes] = []
    size = 0
    async for part in stream:
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise RejectedError(f"the body has more than {MAX_BODY_BYTES} bytes", status=413)
        parts.append(part)
    return b"".join(parts)
