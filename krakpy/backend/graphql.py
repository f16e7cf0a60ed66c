"""Ask a GraphQL server, so that clients see an endpoint like any other.

    "backend/graphql": {
        "type": "query",
        "query": "query Q($id: ID!) { user(id: $id) { name } }",
        "variables": {"id": "{id}"}
    }
"""
from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable
from pathlib import Path
from typing import Any

from krakpy_sdk import (
    BackendMiddleware,
    BackendSettings,
    ConfigError,
    Headers,
    Proxy,
    RejectedError,
    Request,
    Response,
)
from msgspec import field

from krakpy.backend.graphql_operation import Operation, Variables, is_placeholder
from krakpy.config.kinds import Model

#: largest body of a client that becomes the variables of a mutation
MAX_BODY_BYTES = 10 * 1024 * 1024

_TYPES = ("query", "mutation")
_METHODS = ("GET", "POST")
_ABOUT_BODY = frozenset({"content-type", "content-length", "content-encoding"})


class GraphQLSettings(Model, frozen=True, kw_only=True):
    """What a backend says under `backend/graphql`; what makes KrakenD switch it off, or panic, is an error here."""

    type: str
    """`query` takes its variables from the endpoint's parameters, `mutation` from the client's body; in any case."""

    query: str = ""
    """The operation, in GraphQL."""

    query_path: str = ""
    """A file that holds the operation and is read at start; it wins over `query`."""

    operation_name: str = field(name="operationName", default="")
    """Which operation is meant, where `query` has several."""

    variables: dict[str, Any] = field(default_factory=dict)
    """Values of the operation's variables. For queries, a text `{name}` stands for a parameter of the endpoint."""

    method: str = "POST"
    """`POST` sends a JSON document, `GET` a query string; in any case, whatever the backend's own `method`."""

    def __post_init__(self) -> None:
        if self.type.lower() not in _TYPES:
            raise ConfigError(f"must be {' or '.join(_TYPES)}, not {self.type!r}", path="type")
        if self.method.upper() not in _METHODS:
            raise ConfigError(f"must be {' or '.join(_METHODS)}, not {self.method!r}", path="method")
        if not (self.query or self.query_path):
            raise ConfigError("an operation is needed: write `query` or `query_path`", path="query")
        for name, value in self.variables.items():
            if value == "" or (is_placeholder(value) and len(value) < len("{x}")):
                raise ConfigError("a variable is a value or {name}, and never empty", path=f"variables.{name}")


class GraphQL:
    """Makes every request to the backend the configured operation (KrakenD: `backend/graphql`).

    The client's query string and headers go along as far as they are forwarded; its body goes nowhere, or, for a
    mutation, becomes the variables. Errors that the server reports in its document are left there.
    """

    Config = GraphQLSettings

    inside = ("url_pattern", "concurrent_calls", "load_balancer", "filter_headers")
    outside = ("plugin/req-resp-modifier", "formatting", "decoding", "status_rules")
    paths = ()

    def __init__(self, settings: BackendSettings, next: Proxy) -> None:
        config: GraphQLSettings = settings.config
        self._operation = Operation(_operation_text(config), config.operation_name)
        self._variables = Variables(config.variables)
        self._is_mutation = config.type.lower() == "mutation"
        self._sent = self._in_address if config.method.upper() == "GET" else self._as_document
        self._next = next

    def __call__(self, request: Request) -> Awaitable[Response]:
        if self._is_mutation:
            return self._mutated(request)
        return self._next(self._sent(request, self._variables.filled(request.params)))

    async def _mutated(self, request: Request) -> Response:
        body = request.body if request.stream is None else await _whole(request.stream)
        return await self._next(self._sent(request, self._variables.overridden(body or b"")))

    def _as_document(self, request: Request, variables: bytes) -> Request:
        body = self._operation.document(variables)
        headers = _headers(request, ("Content-Type", "application/json"), ("Content-Length", str(len(body))))
        return request.replace(method="POST", headers=headers, body=body, stream=None)

    def _in_address(self, request: Request, variables: bytes) -> Request:
        # NOTE: KrakenD adds the operation to a query that is not looked at any more, so that it never arrives
        url = self._operation.address(request.url, variables)
        headers = _headers(request, ("Content-Type", "application/json"))
        return request.replace(method="GET", url=url, headers=headers, body=None, stream=None)


def _headers(request: Request, *own: tuple[str, str]) -> Headers:
    """The request's fields with these in place of what describes the client's body."""
    return Headers.of((*[pair for pair in request.headers.pairs if pair[0].lower() not in _ABOUT_BODY], *own))


def _operation_text(config: GraphQLSettings) -> str:
    if not config.query_path:
        return config.query
    try:
        text = Path(config.query_path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{config.query_path} cannot be read: {_reason(error)}", path="query_path") from error
    if not text.strip():
        raise ConfigError(f"{config.query_path} is empty", path="query_path")
    return text


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else "it is no UTF-8"


async def _whole(stream: AsyncIterable[bytes]) -> bytes:
    """A client's body; RejectedError 413 above `MAX_BODY_BYTES`."""
    pieces = bytearray()
    async for piece in stream:
        pieces += piece
        if len(pieces) > MAX_BODY_BYTES:
            raise RejectedError(f"the body has more than {MAX_BODY_BYTES} bytes", status=413)
    return bytes(pieces)


_guard: type[BackendMiddleware] = GraphQL
