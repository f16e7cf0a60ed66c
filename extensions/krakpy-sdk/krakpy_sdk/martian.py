"""Modifiers of requests to backends and of their answers, as `modifier/martian` asks for them by name.

    class Query:
        Config = QueryConfig

        def __init__(self, config: QueryConfig) -> None: ...
        def modify_request(self, request: Request) -> Request: ...

    _guard: type[RequestModifier] = Query

An entry point in the group `krakpy.martian.v1` has the name that the configuration uses: `body.ESQuery`. A modifier has
one of the two methods, or both; its `Config` is what stands under the name, without `scope`, which says to the gateway
which of them is called. Both are `def`, and wait for nothing. UpstreamError is a failed backend.

A body is in `body` where somebody has read it, and else in `stream`, unread. Who replaces it sets both:
`request.replace(body=…, stream=None)`, and `Content-Length` of a request, which would go in chunks without it.
"""
from __future__ import annotations

from typing import Any, Protocol

from krakpy_sdk.messages import Request, Response


class RequestModifier(Protocol):
    """Changes requests."""

    def __init__(self, config: Any) -> None: ...
    def modify_request(self, request: Request) -> Request:
        """The request to send; `url` is where to, `authority` what `Host` says if not that."""


class ResponseModifier(Protocol):
    """Changes answers."""

    def __init__(self, config: Any) -> None: ...
    def modify_response(self, request: Request, response: Response) -> Response:
        """The answer to go on with; the request is the one that was sent."""


Modifier = RequestModifier | ResponseModifier
"""What `krakpy.martian.v1` holds."""
