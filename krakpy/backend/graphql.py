"""Ask a GraphQL server, so that clients see an endpoint like any other.

    "backend/graphql": {
        "type": "query",
        "query": "query Q($id: ID!) { user(id: $id) { name } }",
        "variables": {"id": "{id}"}
    }
"""
from __future__ import annotations

from collections.abc import Awaitable, Iterable
from pathlib import Path
from typing import Any

from krakpy_sdk import (
    BackendMiddleware,
    BackendSettings,
    ConfigError,
    Headers,
    Proxy,
    Request,
    Response,
)
from msgspec import field

from krakpy.backend.graphql_operation import Operation, Variables, is_placeholder, without_operation
from krakpy.bodies import most_kept, whole
from krakpy.config.kinds import Model

_TYPES = ("query", "mutation")
_METHODS = ("GET", "POST")
_ABOUT_BODY = frozenset({"content-type", "content-length", "content-encoding"})


class GraphQLSettings(Model, frozen=True, kw_only=True):
    """What a backend says under `backend/graphql`; what makes KrakenD panic is an error here."""

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
        if not (self.query or self.query_path):
            raise ConfigError("an operation is needed: write `query` or `query_path`", path="query")
        for name, value in self.variables.items():
            if value == "" or (is_placeholder(value) and len(value) < len("{x}")):
                raise ConfigError("a variable is a value or {name}, and never empty", path=f"variables.{name}")

    def remarks(self) -> Iterable[ConfigError]:
        """What KrakenD logs and goes on with: no operation, or another method."""
        missing = _missing_operation(self)
        if missing:
            yield ConfigError(f"{missing.message}: no operation is sent, requests pass without one", path=missing.path)
        if self.method.upper() not in _METHODS:
            yield ConfigError(f"{self.method!r} is taken for POST", path="method")


class GraphQL:
    """Makes every request to the backend the configured operation (KrakenD: `backend/graphql`).

    The client's query string and headers go along as far as they are forwarded; its body goes nowhere, or, for a
    mutation, becomes the variables. Errors that the server reports in its document are left there.

    Of an unknown `type`, or with a `query_path` that is not there, there is no operation. Requests of a backend that is
    asked by GET pass without one (KrakenD: the same); for other methods that is a ConfigError.
    """

    Config = GraphQLSettings

    inside = ("url_pattern", "concurrent_calls", "load_balancer", "filter_headers")
    outside = ("plugin/req-resp-modifier", "formatting", "decoding", "status_rules")
    paths = ()

    def __init__(self, settings: BackendSettings, next: Proxy) -> None:
        config: GraphQLSettings = settings.config
        missing = _missing_operation(config)
        # SECURITY: what clients write would be the operation
        if missing and settings.method != "GET":
            raise missing
        self._operation = Operation("" if missing else _operation_text(config), config.operation_name)
        self._variables = Variables(config.variables)
        self._max_kept_body = most_kept(settings)
        self._is_mutation = config.type.lower() == "mutation" and not missing
        self._sent = _without_operation if missing else self._as_document
        if config.method.upper() == "GET" and not missing:
            self._sent = self._in_address
        self._next = next

    def __call__(self, request: Request) -> Awaitable[Response]:
        if self._is_mutation:
            return self._mutated(request)
        return self._next(self._sent(request, self._variables.filled(request.params)))

    async def _mutated(self, request: Request) -> Response:
        body = request.body if request.stream is None else await whole(request.stream, self._max_kept_body)
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


def _without_operation(request: Request, _: bytes) -> Request:
    # SECURITY: a client must not send the operation that the configuration lacks
    return request.replace(url=without_operation(request.url), headers=_headers(request), body=None, stream=None)


def _headers(request: Request, *own: tuple[str, str]) -> Headers:
    """The request's fields with these in place of what describes the client's body."""
    return Headers.of((*[pair for pair in request.headers.pairs if pair[0].lower() not in _ABOUT_BODY], *own))


def _missing_operation(config: GraphQLSettings) -> ConfigError | None:
    """Why KrakenD switches the component off, or None."""
    if config.type.lower() not in _TYPES:
        return ConfigError(f"{config.type!r} is neither {' nor '.join(_TYPES)}", path="type")
    if config.query_path:
        try:
            Path(config.query_path).read_bytes()
        except OSError as error:
            why = error.strerror or str(error)
            return ConfigError(f"{config.query_path} cannot be read: {why}", path="query_path")
    return None


def _operation_text(config: GraphQLSettings) -> str:
    if not config.query_path:
        return config.query
    try:
        text = Path(config.query_path).read_text("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{config.query_path} cannot be read: it is no UTF-8", path="query_path") from error
    if not text.strip():
        raise ConfigError(f"{config.query_path} is empty", path="query_path")
    return text


_guard: type[BackendMiddleware] = GraphQL
