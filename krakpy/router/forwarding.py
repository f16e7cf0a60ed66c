"""Makes the request that an endpoint's backends may see of the client's: nothing that the configuration does not list.

    {"endpoint": "/a", "input_headers": ["X-User"], "input_query_strings": ["page"]}
"""
from __future__ import annotations

from collections.abc import Callable, Sequence

from krakpy_sdk import Headers, Query, Request, RouterSettings

from krakpy.router.headers import HOP_BY_HOP, RawHeaders, canonical
from krakpy.router.signature import AGENT

Pairs = list[tuple[str, str]]
Forward = Callable[[Request, float], Request]
"""From the client's request and the deadline to the request for the endpoint seat."""

_EVERYTHING = "*"
_NO_QUERY = Query()
_AGENT = ("User-Agent", AGENT)
_VIA = ("X-Forwarded-Via", AGENT)
#: fields that the gateway writes itself, or that its server has dealt with
_OWN = frozenset({b"host", b"expect", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-via"})
_NEVER = HOP_BY_HOP | _OWN


def forwarder(settings: RouterSettings) -> Forward:
    """The compiled function for one endpoint; PERF: 2 µs for a request with three fields."""
    names = settings.input_headers
    select = _all if _EVERYTHING in names else _listed(names or ("Content-Type",))
    may_have_agent = _EVERYTHING in names or any(name.lower() == "user-agent" for name in names)
    query = _query(settings.input_query_strings)

    def forward(request: Request, deadline: float) -> Request:
        headers = request.headers
        if not isinstance(headers, RawHeaders):
            headers = RawHeaders(headers.pairs)
        last = headers.last
        pairs = (
            *select(headers),
            ("X-Forwarded-For", request.client_ip),
            ("X-Forwarded-Host", last[b"host"].decode("latin-1") if b"host" in last else ""),
            _VIA if may_have_agent and b"user-agent" in last else _AGENT,
        )
        return request.replace(headers=Headers.of(pairs), query=query(request.query), deadline=deadline)

    return forward


def _all(headers: RawHeaders) -> Pairs:
    """Everything that is not about the connection (KrakenD passes that too)."""
    return [(canonical(name), value.decode("latin-1")) for name, value in headers.raw if name not in _NEVER]


def _listed(names: Sequence[str]) -> Callable[[RawHeaders], Pairs]:
    """Exactly these fields, with all their values."""
    spellings = {name.lower().encode("latin-1"): canonical(name.encode("latin-1")) for name in names}
    wanted = [(name, spelling) for name, spelling in spellings.items() if name not in _NEVER]
    spelling_of = dict(wanted)

    def select(headers: RawHeaders) -> Pairs:
        last = headers.last
        if len(last) == len(headers.raw):
            return [(spelling, last[name].decode("latin-1")) for name, spelling in wanted if name in last]
        return [
            (spelling_of[name], value.decode("latin-1")) for name, value in headers.raw if name in spelling_of
        ]

    return select


def _query(names: Sequence[str]) -> Callable[[Query], Query]:
    """Exactly these parameters, with all their values; names are case-sensitive."""
    if _EVERYTHING in names:
        return lambda query: query
    if not names:
        return lambda _: _NO_QUERY
    wanted = frozenset(names)
    return lambda query: Query(pair for pair in query.pairs if pair[0] in wanted) if query.pairs else query
