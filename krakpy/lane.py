"""The compiled way in for requests without a body, to endpoints that change nothing but the address on the way.

    resource.lane = Lane.of(resource, memories)     # None where a step has to see the request
    resource.lane.begin("GET", b"/users/7", b"", {"id": "7"}, fields, client)

What such a request becomes for an upstream depends on its fields, its parameters, and the host whose turn it is. The
bytes that follow from the fields are made once, by the pipeline itself, and kept with them as long as the connection
repeats them; the rest is put together here. The answer takes the pipeline's own way back, and whoever asks for the
request on that way gets the one that the pipeline would have made.
"""
from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

from krakpy_sdk import Headers, KrakpyError, Proxy, Request, Response

from krakpy.abilities import can
from krakpy.client.transport import HttpTransport, Line, response_of
from krakpy.direct import Client, Fields
from krakpy.memory import Memory
from krakpy.proxy import Finish, Finishing, Unfinished
from krakpy.router.handler import EndpointHandler
from krakpy.router.resource import EndpointResource
from krakpy.router.screens import Screens
from krakpy.visit import UNSEEN, Asked, Visit

#: for how many lanes a connection's fields keep what was made of them
_MOST_KEPT = 32


class Memories:
    """What the lanes of a worker remember together, however many they are, and each of them.

    That is some 10 MB: 0.3 to 0.5 KB for a line, and 1 to 2 KB for a head; and up to 16 MB for answers of cached
    endpoints, of 16 KiB each at most and kept twice.
    """

    def __init__(self) -> None:
        self.lines = Memory(most=16_384, most_each=256)
        self.heads = Memory(most=4096, most_each=64)
        self.answers = Memory(most=512, most_each=64)


class Targets(Protocol):
    """A step that decides method and target by the parameters alone."""

    method: str
    next: Proxy
    is_fixed: bool
    """Whether the target is always the same."""

    def target(self, parameters: Mapping[str, str]) -> str:
        """Path and query."""


class Balances(Protocol):
    """A step that chooses a host for each call."""

    next: Proxy

    def host(self) -> str:
        """The host whose turn it is; UpstreamError if there is none."""


class BackendLane:
    """One backend: how it is asked, and what is made of its answer."""

    def __init__(
        self,
        targets: Targets,
        balances: Balances,
        transport: HttpTransport,
        around: Finishing | None,
        memories: Memories,
    ) -> None:
        self._targets = targets
        self._balances = balances
        self._transport = transport
        self._around = around
        self._memories = memories
        self._method = targets.method
        self._stream = transport.wants_stream
        #: the first lines of requests, by host and parameters
        self._lines: dict[object, Line] = {}
        #: what answers with the same head still pass through, by who holds its fields
        self._steps: dict[int, tuple[Headers, tuple[Finish, ...], bool]] = {}

    @classmethod
    def of(cls, proxy: Proxy | None, memories: Memories | None = None) -> BackendLane | None:
        """The lane of a backend's whole pipe, if there is one."""
        targets: object = proxy
        balances: object = targets.next if can(targets, Targets) else None
        inner: object = balances.next if can(balances, Balances) else None
        around = inner if isinstance(inner, Finishing) and inner.is_transparent else None
        terminal: object = inner if around is None else around.asked
        if can(targets, Targets) and can(balances, Balances) and isinstance(terminal, HttpTransport):
            return cls(targets, balances, terminal, around, memories or Memories())
        return None

    def tail(self, request: Request) -> bytes:
        """What of the head follows from the forwarded fields."""
        # SECURITY: the fields may not announce a body, because none is sent
        return self._transport.tail(request.replace(method=self._method, body=None, stream=None))

    def ask(self, visit: Visit, tail: bytes) -> Awaitable[Response]:
        """Ask the upstream."""
        host = self._balances.host()
        parameters = visit.parameters
        key = (host, *parameters.values()) if parameters else host
        line = self._lines.get(key) or self._line(key, host, parameters)
        exchange = line.pool.exchange(
            line.text + tail, None, method=self._method, deadline=visit.until, stream=self._stream, make=response_of
        )
        return Answer(exchange, self, visit, host)

    def _line(self, key: object, host: str, parameters: Mapping[str, str]) -> Line:
        line = self._transport.line(self._method, host + self._targets.target(parameters))
        self._memories.lines.keep(self._lines, key, line)
        return line

    def finished(self, visit: Visit, host: str, response: Response) -> Response | Awaitable[Response]:
        """What the steps make of an answer; those that a head like this one passes unchanged are left out."""
        headers = response.headers
        kept = self._steps.get(id(headers))
        if kept is None or kept[0] is not headers:
            kept = self._keep(response)
        _, steps, sees_request = kept
        if not steps:
            return response
        request = Asked(partial(self._request, visit, host)) if sees_request else UNSEEN
        for step in steps:
            result = step(request, response)
            if not isinstance(result, Response):
                return Unfinished(result, request, steps[steps.index(step) + 1 :])
            response = result
        return response

    def _keep(self, response: Response) -> tuple[Headers, tuple[Finish, ...], bool]:
        headers = response.headers
        steps, sees_request = ((), False) if self._around is None else self._around.steps(response)
        kept = headers, steps, sees_request
        self._memories.heads.keep(self._steps, id(headers), kept)
        return kept

    def _request(self, visit: Visit, host: str) -> Request:
        """The request as the pipeline would have made it."""
        target = self._targets.target(visit.parameters)
        return visit.forwarded().replace(method=self._method, path=target, url=host + target)


class Answer(Unfinished):
    """What a backend's lane waits for."""

    __slots__ = ("_backend", "_host", "_visit")

    def __init__(self, answer: Awaitable[Response], backend: BackendLane, visit: Visit, host: str) -> None:
        self.answer = answer
        self._backend = backend
        self._visit = visit
        self._host = host

    def finished(self, response: Response) -> Response | Awaitable[Response]:
        return self._backend.finished(self._visit, self._host, response)


class Merges(Protocol):
    """What asks several backends at once."""

    backends: Sequence[Proxy]

    def until(self, deadline: float | None) -> float:
        """When the calls have to be over."""

    def race(self, calls: Sequence[Callable[[], Awaitable[Response]]]) -> Awaitable[Response]:
        """What the calls give, joined."""


class PassesBodiless(Protocol):
    """A step that may be there for the sake of bodies alone."""

    without_body: Proxy | None
    """What requests without a body are for, if they need nothing of this step."""


class Lane:
    """One endpoint."""

    def __init__(
        self,
        resource: EndpointResource,
        handler: EndpointHandler,
        backends: Sequence[BackendLane],
        merge: Merges | None,
    ) -> None:
        self.resource = resource
        self.handler = handler
        self._backends = tuple(backends)
        self._backend = backends[0]
        self._merge = merge

    @classmethod
    def of(cls, resource: EndpointResource, memories: Memories | None = None) -> Lane | None:
        """The lane of an endpoint, if each of its backends has one and nothing else is on the way."""
        handler = resource.handler
        if handler is None:
            return None
        proxy = handler.next.without_body if can(handler.next, PassesBodiless) else handler.next
        merge = proxy if can(proxy, Merges) else None
        backends = (proxy,) if merge is None else merge.backends
        lanes = [lane for backend in backends if (lane := BackendLane.of(backend, memories)) is not None]
        return cls(resource, handler, lanes, merge) if len(lanes) == len(backends) else None

    def begin(
        self, method: str, path: bytes, query: bytes, parameters: Mapping[str, str], fields: Fields, client: Client
    ) -> bool:
        """Answer a request, unless it needs a closer look: at a query that is forwarded, or at an odd parameter."""
        if query and self.handler.forwards_query:
            return False
        for value in parameters.values():
            if not value.isalnum():
                return False
        visit = Visit(self, method, path, query, parameters, fields, client)
        if self.resource.screens is not None and not self._admits(self.resource.screens, visit, client):
            return True
        try:
            tails = fields.kept.get(self) or self._keep(fields, visit)
            if self._merge is None:
                answer = self._backend.ask(visit, tails[0])
            else:
                answer = self._asked_all(self._merge, tails, visit)
        except KrakpyError as error:
            visit.land(self.handler.failed(error))
            return True
        except Exception as error:  # noqa: BLE001  as if it had been raised through the pipeline
            visit.land(error)
            return True
        request = Asked(visit.received) if self.handler.looks_at_request else UNSEEN
        self.resource.go_on(client, self.handler.promise(request, answer, visit.deadline, visit.land), visit.finishes)
        return True

    def _admits(self, screens: Screens, visit: Visit, client: Client) -> bool:
        """Whether the screens let a request pass as it is; if not, it has been taken care of."""
        request = Asked(visit.received)
        try:
            admitted, visit.finishes = screens.admit(request)
        except Exception as error:  # noqa: BLE001  as if it had been raised through the pipeline
            visit.land(error)
            return False
        if admitted is request:
            return True
        if isinstance(admitted, Response):
            visit.land(admitted)
        else:
            # NOTE: a changed request is not the one that the fields' kept bytes are for
            self.resource.begin_admitted(client, admitted, visit.finishes)
        return False

    def _asked_all(self, merge: Merges, tails: Sequence[bytes], visit: Visit) -> Awaitable[Response]:
        visit.until = merge.until(visit.deadline)
        asks = zip(self._backends, tails, strict=True)
        return merge.race([partial(backend.ask, visit, tail) for backend, tail in asks])

    def _keep(self, fields: Fields, visit: Visit) -> tuple[bytes, ...]:
        """What follows from the fields for each backend."""
        request = visit.forwarded()
        tails = tuple([backend.tail(request) for backend in self._backends])
        if len(fields.kept) >= _MOST_KEPT:
            fields.kept.clear()
        fields.kept[self] = tails
        return tails
