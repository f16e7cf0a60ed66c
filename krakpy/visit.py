"""One request on a shorter way in, and how the pipeline would have made it, for whoever looks.

    visit = Visit(lane, "GET", b"/users/7", b"", {"id": "7"}, fields, client)
    request = Asked(visit.received)     # made when somebody looks at it
    visit.land(response)
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from krakpy_sdk import Request, Response

from krakpy.direct import Client, Fields
from krakpy.router.call import Call
from krakpy.router.handler import EndpointHandler
from krakpy.router.resource import EndpointResource
from krakpy.router.screens import Finishes

#: what those get that never look at it
UNSEEN = Request()


class Way(Protocol):
    """What a request is on."""

    resource: EndpointResource
    handler: EndpointHandler


class Asked(Request):
    """A request that is made when somebody looks at it."""

    __slots__ = ("_made",)

    def __init__(self, made: Callable[[], Request]) -> None:
        self._made = made

    def __getattr__(self, name: str) -> Any:
        # NOTE: only a slot that is still empty is asked for here
        if name not in Request.__slots__:
            raise AttributeError(name)
        made = self._made()
        for slot in Request.__slots__:
            object.__setattr__(self, slot, getattr(made, slot))
        return getattr(self, name)


class Visit:
    """One request on its way, and how the pipeline would have made it."""

    __slots__ = (
        "_client", "_fields", "_handler", "_method", "_path", "_query", "_resource", "deadline", "finishes",
        "parameters", "until",
    )  # fmt: skip

    def __init__(
        self, lane: Way, method: str, path: bytes, query: bytes, parameters: Mapping[str, str], fields: Fields,
        client: Client,
    ) -> None:  # fmt: skip
        self._resource = lane.resource
        self._handler = lane.handler
        self._method = method
        self._path = path
        self._query = query
        self._fields = fields
        self._client = client
        self.parameters = parameters
        self.deadline = self.until = lane.handler.deadlines.next()
        """When the client has to have its answer, and the gateway those of the upstreams."""
        self.finishes: Finishes = ()
        """What the screens make of the answer."""

    def received(self) -> Request:
        """As the router has it from the client."""
        scope = {
            "method": self._method, "path": self._path.decode(), "raw_path": self._path, "query_string": self._query,
            "headers": self._fields.headers, "http_version": "1.1", "client": self._client.peer,
        }
        return self._resource.request(scope, Call(self._client.receive), self.parameters)

    def forwarded(self) -> Request:
        """As the endpoint's backends have it."""
        return self._handler.forward(self.received(), self.until)

    def land(self, result: Response | Awaitable[Response] | Exception) -> None:
        """Answer the client."""
        self._resource.land(self._client, result, self.finishes)
