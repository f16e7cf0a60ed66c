"""What a GraphQL server is sent: a fixed operation with variables, as a JSON document or as a query string.

    variables = Variables({"id": "{id}", "first": 10})
    Operation("query Q($id: ID!) { user(id: $id) { name } }", "Q").document(variables.filled({"id": "42"}))
    # b'{"query":"query Q…","operationName":"Q","variables":{"first":10,"id":"42"}}'
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus, unquote_plus

import msgspec
from krakpy_sdk import UpstreamError

from krakpy.encoding.json_documents import read
from krakpy.encoding.json_renderer import write

#: what a GraphQL server reads in a query string (GraphQL over HTTP, GET)
_PARAMETERS = frozenset({"extensions", "operationName", "query", "variables"})
_WHOLE = msgspec.json.Decoder(msgspec.Raw)


def is_placeholder(value: object) -> bool:
    """Whether the value of a variable is `{name}`, which stands for a parameter of the endpoint."""
    return isinstance(value, str) and value.startswith("{") and value.endswith("}")


class Operation:
    """One operation of a GraphQL document; a name or variables that are empty are left out (KrakenD: the same)."""

    def __init__(self, query: str, name: str) -> None:
        named = b',"operationName":' + write(name) if name else b""
        self._head = b'{"query":' + write(query) + named
        self._pairs = [f"operationName={_quoted(name)}"] if name else []
        self._pairs.append(f"query={_quoted(query)}")

    def document(self, variables: bytes) -> bytes:
        """The body of a POST; `variables` is an object in JSON, or nothing."""
        return self._head + b',"variables":' + variables + b"}" if variables else self._head + b"}"

    def address(self, url: str, variables: bytes) -> str:
        """The URL of a GET: its own query, and the operation behind it."""
        url = without_operation(url)
        own = [*self._pairs, f"variables={_quoted(variables.decode())}"] if variables else self._pairs
        return f"{url}{'&' if '?' in url else '?'}{'&'.join(own)}"


def without_operation(url: str) -> str:
    """The URL without anything that a GraphQL server would take for an operation."""
    base, _, query = url.partition("?")
    # SECURITY: a client that may send a `query` must not choose the operation; which one counts is up to the server
    kept = [part for part in query.split("&") if part and _name_of(part) not in _PARAMETERS]
    return f"{base}?{'&'.join(kept)}" if kept else base


def _quoted(text: str) -> str:
    return quote_plus(text, errors="replace")


def _name_of(part: str) -> str:
    return unquote_plus(part.partition("=")[0])


class Variables:
    """The configured variables, compiled: JSON with holes where parameters belong."""

    def __init__(self, configured: Mapping[str, Any]) -> None:
        self._configured = dict(configured)
        self._holes: list[tuple[bytes, str, str]] = []
        text = b"{"
        for index, name in enumerate(sorted(configured)):
            value = configured[name]
            text += (b"," if index else b"") + write(name) + b":"
            if is_placeholder(value):
                self._holes.append((text, value[1:-1], value[1].upper() + value[2:-1]))
                text = b""
            else:
                text += write(value)
        self._tail = text + b"}" if configured else b""

    def filled(self, params: Mapping[str, str]) -> bytes:
        """The object with the endpoint's parameters as texts; one that is not there is an empty text.

        Only variables that are a placeholder themselves are filled, nothing inside of lists and objects. NOTE: values
        of earlier answers (`{resp0_id}`) are there if `sequential_propagated_params` names them (KrakenD: the same).
        """
        pieces: list[bytes] = []
        for text, name, key in self._holes:
            value = params.get(name)
            pieces += (text, write(params.get(key, "") if value is None else value))
        return b"".join((*pieces, self._tail))

    def overridden(self, body: bytes) -> bytes:
        """The object with the members of a client's JSON object in place of its own, as they are; no placeholders.

        UpstreamError if the body is anything else than one object (KrakenD: 500 too; it takes `null` for one).
        """
        try:
            own = read(body)
            _WHOLE.decode(body)
        except ValueError as error:
            raise UpstreamError(f"no variables for the mutation: {error}") from error
        if not isinstance(own, dict):
            raise UpstreamError("no variables for the mutation: the body is not an object")
        variables = {**self._configured, **own}
        return write(variables) if variables else b""
