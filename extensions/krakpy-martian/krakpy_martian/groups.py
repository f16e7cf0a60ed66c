"""Groups: several modifiers as one, in the order of the list or of their priorities.

    {"fifo.Group": {"modifiers": [{"header.Modifier": {…}}, {"querystring.Modifier": {…}}], "aggregateErrors": true}}
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from krakpy_sdk import Disabled, Request, Response, UpstreamError

from krakpy_martian.parsing import OnRequest, OnResponse, Parser, Steps, known_keys

T = TypeVar("T", Request, Response)


def fifo(parser: Parser, config: Mapping[str, Any], path: str) -> Steps:
    """In the order of the list; `aggregateErrors`: all are called, and what failed is told together."""
    known_keys(config, ("modifiers", "aggregateErrors"), path)
    parts = [parser.parse(each, f"{path}.modifiers[{i}]") for i, each in enumerate(_listed(config, path))]
    aggregates = config.get("aggregateErrors", False)
    if not isinstance(aggregates, bool):
        raise Disabled("true or false is expected", path=f"{path}.aggregateErrors")
    return _joined(parts, aggregates=aggregates)


def priority(parser: Parser, config: Mapping[str, Any], path: str) -> Steps:
    """Higher numbers first; of two with the same number the one that is listed later (Martian: the same)."""
    known_keys(config, ("modifiers",), path)
    found: list[tuple[int, Steps]] = []
    for index, each in enumerate(_listed(config, path)):
        place = f"{path}.modifiers[{index}]"
        number = each.get("priority", 0) if isinstance(each, Mapping) else None
        if not isinstance(number, int) or isinstance(number, bool):
            raise Disabled("an object with a whole `priority` and a `modifier` is expected", path=place)
        known_keys(each, ("priority", "modifier"), place)
        found.insert(0, (number, parser.member(each, "modifier", place)))
    ordered = sorted(found, key=lambda numbered: -numbered[0])
    return _joined([steps for _, steps in ordered], aggregates=False)


def _listed(config: Mapping[str, Any], path: str) -> Sequence[Any]:
    listed = config.get("modifiers") or ()
    if not isinstance(listed, list | tuple):
        raise Disabled("a list of modifiers is expected", path=f"{path}.modifiers")
    return listed


def _joined(parts: Sequence[Steps], *, aggregates: bool) -> Steps:
    """NOTE: a group has both scopes, whatever stands in it."""
    on_request = tuple(part.request for part in parts if part.request is not None)
    on_response = tuple(part.response for part in parts if part.response is not None)
    if aggregates:
        return Steps(_all_requests(on_request), _all_responses(on_response))
    return Steps(_requests(on_request), _responses(on_response))


def _requests(steps: tuple[OnRequest, ...]) -> OnRequest:
    def modify_request(request: Request) -> Request:
        for step in steps:
            request = step(request)
        return request

    return steps[0] if len(steps) == 1 else modify_request


def _responses(steps: tuple[OnResponse, ...]) -> OnResponse:
    def modify_response(request: Request, response: Response) -> Response:
        for step in steps:
            response = step(request, response)
        return response

    return steps[0] if len(steps) == 1 else modify_response


def _all_requests(steps: tuple[OnRequest, ...]) -> OnRequest:
    def modify_request(request: Request) -> Request:
        return _gone_through(steps, request)

    return modify_request


def _all_responses(steps: tuple[OnResponse, ...]) -> OnResponse:
    def modify_response(request: Request, response: Response) -> Response:
        return _gone_through([_given(step, request) for step in steps], response)

    return modify_response


def _given(step: OnResponse, request: Request) -> Callable[[Response], Response]:
    return lambda response: step(request, response)


def _gone_through(steps: Sequence[Callable[[T], T]], message: T) -> T:
    failed: list[UpstreamError] = []
    for step in steps:
        try:
            message = step(message)
        except UpstreamError as error:
            failed.append(error)
    if failed:
        raise UpstreamError("\n".join(map(str, failed)))
    return message
