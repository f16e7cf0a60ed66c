"""What the extension contract costs: a guarded call, and hooks around an endpoint."""
from __future__ import annotations

from importlib.metadata import EntryPoint

from krakpy_sdk import Context, Extension, Headers, Patch, Request, Response
from krakpy_sdk.testing import endpoint_settings

from benchmarks.parts.clock import Cost, awaited_cost, cost
from krakpy.endpoint.hooks import EndpointHooks
from krakpy.extension.catalog import Candidate
from krakpy.extension.guard import Guard, LiveHook
from krakpy.extension.ledger import Ledger
from krakpy.extension.ledger_page import Worklog
from krakpy.extension.policy import Policy
from krakpy.extension.quarantine import Account


class Nothing(Extension[None]):
    """Looks at the request and leaves it."""

    def endpoint_request(self, request: Request) -> None:
        return None


class Header(Extension[None]):
    """Sets one header."""

    def endpoint_request(self, request: Request) -> Patch:
        return Patch().set_header("X-Country", "NO")


class Waiting(Extension[None]):
    """As Nothing, but async."""

    async def endpoint_request(self, request: Request) -> None:
        return None


async def measure() -> list[Cost]:
    """The costs, cheapest first."""
    request = Request("GET", "/a", headers=Headers({"Host": "a"}))
    bare, sync, waiting = Nothing(None, Context()), _live(Nothing), _live(Waiting)
    call, patient = sync.call("endpoint_request"), waiting.call("endpoint_request")
    assert call is not None
    assert patient is not None
    return [
        cost("bare call", lambda: bare.endpoint_request(request), what="the method itself"),
        await awaited_cost("guarded call", lambda: call(request, None), what="the same behind the guard"),
        await awaited_cost("guarded async call", lambda: patient(request, None), what="with its timeout"),
        await awaited_cost("no hooks", lambda: answered(request), what="the endpoint alone"),
        await awaited_cost("10 hooks", _around(request, Nothing), what="that change nothing"),
        await awaited_cost("10 hooks", _around(request, Header), what="that set a header each"),
    ]


answer = Response(data={})


async def answered(_: Request) -> Response:
    """An endpoint that costs nothing."""
    return answer


def _around(request: Request, kind: type[Extension[None]]):  # type: ignore[no-untyped-def]  # a closure of the benchmark
    hooks = EndpointHooks(endpoint_settings(hooks=tuple(_live(kind) for _ in range(10))), answered)
    return lambda: hooks(request)


def _live(kind: type[Extension[None]]) -> LiveHook:
    candidate = Candidate("bench", "1", "hooks", 1, "bench", EntryPoint("bench", "bench:Bench", "krakpy.hooks.v1"))
    record = Worklog(Ledger.create()).record(Account("bench/bench", "bench", "1"))
    return LiveHook(kind(None, Context()), Guard("bench", candidate, "", Policy(), record))


