"""How the seats call the hooks that an object lists: in order, each seeing what the one before changed."""
from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from krakpy_sdk import ContractError, Patch, Reply, Request, Response, UpstreamError
from krakpy_sdk.actions import patched_request, patched_response

from krakpy.bodies import MAX_BODY_BYTES, too_large, whole
from krakpy.errors import ExtensionError
from krakpy.extension.blame import said
from krakpy.extension.declared import Part
from krakpy.extension.guard import Guard, Hook, HookCall
from krakpy.logs import event

log = logging.getLogger("krakpy.extension")

#: answers whose `log` hooks may be running at once; more are dropped and counted
MAX_LOGGING = 1000

Message = TypeVar("Message", Request, Response)


class Attachment:
    """The hooks of one object that have the hook `request`, the hook `response`, or `log`."""

    def __init__(
        self, hooks: Iterable[Hook], *, request: str = "", response: str = "", max_kept_body: int = MAX_BODY_BYTES
    ) -> None:
        hooks = tuple(hooks)
        self.max_kept_body = max_kept_body
        self.on_request = _calls(hooks, request)
        self.on_response = _calls(hooks, response)
        self.on_log = _calls(hooks, "log")
        self.wants_request_body = any(hook.wants_body for hook in self.on_request)
        self.wants_response_body = any(hook.wants_body for hook in self.on_response)
        self._logging: set[asyncio.Task[None]] = set()
        self._dropped = 0

    async def asked(self, request: Request) -> Request | Reply:
        """The request with every patch applied, or the first Reply that ends it; RejectedError 413 for a large body."""
        if self.wants_request_body:
            request = await buffered(request, self.max_kept_body)
        for hook in self.on_request:
            result = await hook.call(request if hook.wants_body else without_body(request), None)
            if isinstance(result, Reply):
                return result
            if result is not None:
                request = _applied(hook, patched_request, request, result)
        return request

    async def answered(self, request: Request, response: Response) -> Response:
        """The response with every patch applied; UpstreamError if its body is too large for a hook that wants it."""
        request = without_body(request)
        if self.wants_response_body and response.stream is not None:
            body = await _read(response.stream, self.max_kept_body, UpstreamError)
            response = response.replace(body=body, stream=None)
        for hook in self.on_response:
            seen = _seen(hook, response)
            result = await hook.call(request, seen if hook.wants_body else _bodiless(seen))
            if isinstance(result, Patch):
                response = _applied(hook, patched_response, response, result)
        return response

    def log(self, request: Request, response: Response) -> None:
        """Let the `log` hooks see the request and its answer, in the background."""
        if not self.on_log:
            return
        if len(self._logging) >= MAX_LOGGING:
            self._dropped += 1
            return
        if self._dropped:
            event(log, logging.WARNING, "log hooks are too slow: answers went unseen", answers=self._dropped)
            self._dropped = 0
        task = asyncio.ensure_future(self._log(without_body(request), _bodiless(response)))
        self._logging.add(task)
        task.add_done_callback(self._logging.discard)

    async def _log(self, request: Request, response: Response) -> None:
        for hook in self.on_log:
            try:
                await hook.call(request, _seen(hook, response))
            except ExtensionError:
                # NOTE: the guard has logged it; the answer is already with the client
                continue


class _Hook(NamedTuple):
    """One method of one instance."""

    call: HookCall
    guard: Guard
    wants_body: bool
    part: Part | None
    """What it sees of a document and may change in it; None: everything."""


def _calls(hooks: Sequence[Hook], name: str) -> tuple[_Hook, ...]:
    found = [(hook.call(name), hook, hook.paths) for hook in hooks] if name else []
    return tuple(
        _Hook(call, hook.guard, hook.wants_body, None if paths is None else Part(paths))
        for call, hook, paths in found
        if call is not None
    )


def _seen(hook: _Hook, response: Response) -> Response:
    """What a hook gets to see of a response: a copy, and no more of the document than it declares."""
    if hook.part is not None and response.data is not None:
        response = response.replace(data=hook.part.of(response.data))
    return response.snapshot()


def _applied(hook: _Hook, apply: Callable[[Message, Patch], Message], message: Message, patch: Patch) -> Message:
    """The message with a patch applied; one that does not fit is a breach of the contract by whoever gave it."""
    try:
        if hook.part is not None:
            hook.part.check(patch)
        return apply(message, patch)
    except Exception as error:  # noqa: BLE001  # a patch holds whatever its author put into it
        is_told = isinstance(error, ContractError)
        told = error if is_told else ContractError(f"a patch that cannot be applied: {said(error)}")
        hook.guard.settle(told, "patch")
        return message


def without_body(request: Request) -> Request:
    """What a hook sees that did not ask for bodies."""
    if request.body is None and request.stream is None:
        return request
    return request.replace(body=None, stream=None)


def _bodiless(response: Response) -> Response:
    return response if response.body is None and response.stream is None else response.replace(body=None, stream=None)


async def buffered(request: Request, max_bytes: int) -> Request:
    """The request with its whole body read; RejectedError 413 beyond `max_bytes`."""
    if request.stream is None:
        return request
    return request.replace(body=await _read(request.stream, max_bytes), stream=None)


def _read(
    stream: AsyncIterable[bytes], max_bytes: int, refuse: Callable[[str], Exception] = too_large
) -> Awaitable[bytes]:
    return whole(stream, max_bytes, refuse=refuse, what="the body that a hook asks for")
