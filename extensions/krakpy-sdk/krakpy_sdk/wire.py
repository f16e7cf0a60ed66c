"""What stands in the headers of frames: messages, results and errors as plain JSON arrays, and back.

    values, body = call_fields(request, None)
    request, response = called(values, body)

A call is `[id, object, hook, deadline, trace, request, response]`; an answer is `[id]` for None, or
`[id, kind, …]`. Whatever begins with a text is no answer to a call: `["hello", …]`, `["leave"]`.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from krakpy_sdk.actions import ContractError, Patch, Reply, checked_header
from krakpy_sdk.errors import (
    BadStatus,
    KrakpyError,
    MergeError,
    Refused,
    RejectedError,
    Timeout,
    Undecodable,
    UpstreamError,
)
from krakpy_sdk.messages import Headers, Query, Request, Response

#: the kinds of an answer
PATCH, REPLY, RAISED, BREACH, MEANT, DOWN = "patch", "reply", "raised", "breach", "meant", "down"

Fields = list[Any]


def request_fields(request: Request) -> Fields:
    """A request without its body, as values of JSON."""
    body = request.body
    return [
        request.method, request.path, dict(request.params), request.query.pairs, request.headers.pairs, request.url,
        request.client_ip, request.endpoint, request.deadline, body is not None,
    ]  # fmt: skip


def response_fields(response: Response) -> Fields:
    """A response without its body, as values of JSON."""
    return [
        response.status, response.headers.pairs, response.data, response.is_complete,
        [error_fields(error) for error in response.errors], response.body is not None,
    ]  # fmt: skip


def request_of(fields: Fields, body: bytes) -> Request:
    """The request that such values say."""
    method, path, params, query, headers, url, client_ip, endpoint, deadline, has_body = fields
    return Request(
        method, path, params=MappingProxyType(params), query=Query.of(_pairs(query)),
        headers=Headers.of(_pairs(headers)), url=url, client_ip=client_ip,
        endpoint=endpoint, deadline=deadline, body=body if has_body else None,
    )  # fmt: skip


def response_of(fields: Fields, body: bytes) -> Response:
    """The response that such values say."""
    status, headers, data, is_complete, errors, has_body = fields
    return Response(
        status, headers=Headers.of(_pairs(headers)), data=data, is_complete=is_complete,
        errors=tuple([error_of(error) for error in errors]), body=body if has_body else None,
    )  # fmt: skip


def _pairs(pairs: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple([(name, value) for name, value in pairs])


def result_fields(result: Patch | Reply | None) -> tuple[Fields, bytes]:
    """What a hook returned, after the id of its call, and the raw bytes that go with it."""
    if result is None:
        return [], b""
    if isinstance(result, Reply):
        return [REPLY, result.status, result.headers.pairs], result.body
    changes: list[Sequence[Any]] = []
    body = b""
    for change in result.changes:
        # NOTE: bytes go beside the header; the text in their place says which of them
        if change[0] == "set_body":
            changes.append(("set_body", len(body), len(body) + len(change[1])))
            body += change[1]
        else:
            changes.append(change)
    return [PATCH, changes], body


def result_of(fields: Sequence[Any], body: bytes) -> Patch | Reply | None:
    """What a hook returned; ContractError for what no hook may return, whoever wrote it."""
    try:
        if not fields:
            return None
        if fields[0] == REPLY:
            _, status, headers = fields
            return Reply(status, headers=Headers(_pairs(headers)), body=body)
        _, changes = fields
        patch = Patch()
        for name, *arguments in changes:
            patch = _CHANGES[name](patch, body, *arguments)
    except ContractError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise ContractError(f"an answer that is none: {error!r}") from error
    return patch


def _plain(method: Callable[..., Patch]) -> Callable[..., Patch]:
    return lambda patch, _, *arguments: method(patch, *arguments)


def _with_value(patch: Patch, _: bytes, path: str, value: Any) -> Patch:
    # PERF: `set_data` would encode the value once more to see that it is JSON, which is where it comes from
    return Patch((*patch.changes, ("set_data", *patch.remove_data(path).changes[-1][1:], value)))


_CHANGES: Mapping[str, Callable[..., Patch]] = MappingProxyType({
    **{name: _plain(getattr(Patch, name)) for name in (
        "set_header", "add_header", "remove_header", "set_query", "remove_query", "set_method", "set_path",
        "set_status", "remove_data",
    )},
    "set_body": lambda patch, body, start, end: patch.set_body(body[start:end]),
    "set_data": _with_value,
})  # fmt: skip


#: what an extension may say with an error, by name; a subclass of an author's is the nearest of these
_ERRORS: Mapping[str, type[KrakpyError]] = MappingProxyType({
    kind.__name__: kind
    for kind in (RejectedError, UpstreamError, Timeout, Refused, BadStatus, Undecodable, MergeError)
})


def error_fields(error: BaseException) -> Fields:
    """An error of the contract by the name of its class, with what it says; any other as an UpstreamError."""
    name = next((kind.__name__ for kind in type(error).__mro__ if kind.__name__ in _ERRORS), "UpstreamError")
    more: dict[str, Any] = {}
    if isinstance(error, RejectedError):
        more = {"status": error.status, "headers": [checked_header(*field) for field in error.headers.items()]}
    elif isinstance(error, BadStatus):
        body = error.body.decode("latin-1")
        more = {
            "backend_status": error.backend_status, "body": body, "content_type": error.content_type,
            "is_passed": error.is_passed,
        }  # fmt: skip
    elif isinstance(error, MergeError):
        return [name, "", {"errors": [error_fields(inner) for inner in error.errors]}]
    return [name, str(error), more]


def error_of(fields: Fields) -> KrakpyError:
    """The error that such values say; ContractError for what is none."""
    try:
        name, message, more = fields
        if name == "MergeError":
            return MergeError(tuple([error_of(inner) for inner in more["errors"]]))
        if name == "BadStatus":
            more = {**more, "body": more["body"].encode("latin-1")}
        elif name == "RejectedError":
            more = {**more, "headers": dict(more["headers"])}
        return _ERRORS[name](message, **more)
    except (KeyError, TypeError, ValueError) as error:
        raise ContractError(f"an error that is none: {error!r}") from error
