"""What scripts see of a request and change in it, in the words of KrakenD's API.

    view = RequestView(request, level="backend")
    view.set_header("x-user", "7")
    view.finished().headers["X-User"]       # "7"
"""
from __future__ import annotations

from typing import Literal
from urllib.parse import quote, quote_plus, urlsplit

from krakpy_sdk import Query, Request

from krakpy_lua.views import View

Level = Literal["endpoint", "proxy", "backend"]

#: fields that Go keeps apart from the others
_APART = frozenset({"host", "transfer-encoding", "trailer"})
_PATH_SAFE = "$&+,/:;=@!'()*~"


class RequestView(View):
    """A request: the client's at the level `endpoint`, else the one for the backends, or for one of them."""

    def __init__(self, request: Request, level: Level) -> None:
        super().__init__(request.headers)
        self.request = request
        self._level = level
        self._seen: dict[str, str] = {}

    def finished(self) -> Request:
        """The request as the script leaves it."""
        return self.request.replace(**self._changes) if self._changes else self.request

    def header(self, name: str) -> str:
        """The first value of a field; empty if there is none, and for those that Go keeps apart."""
        return "" if self._level == "endpoint" and name.lower() in _APART else super().header(name)

    def fields(self) -> dict[str, list[str]]:
        """All fields by their usual names, with all their values."""
        found = super().fields()
        return {name: found[name] for name in found if self._level != "endpoint" or name.lower() not in _APART}

    def field(self, name: str) -> str:
        """A text of the request by KrakenD's name for it."""
        if name in self._seen:
            return self._seen[name]
        if name == "url":
            return self._target() if self._level == "endpoint" else self.request.url
        if name == "query":
            return self._query.encode()
        if name == "host":
            return super().header("Host")
        return self.request.method if name == "method" else self.request.path

    def set_field(self, name: str, text: str) -> str | None:
        """Change a text; gives what is wrong with it. At a backend the address alone counts, and only there."""
        self._seen[name] = text
        if name == "method":
            self._changes["method"] = text
        elif name == "host":
            self.set_header("Host", text)
        elif name == "url" and self._level == "backend":
            return self._set_url(text)
        elif name == "url" and self._level == "endpoint":
            self._changes["query"] = Query.parse(text.partition("#")[0].partition("?")[2])
        elif self._level == "proxy" and name == "query":
            self._changes["query"] = Query.parse(text)
        elif self._level == "proxy" and name == "path":
            self._changes["path"] = text
        return None

    def _set_url(self, text: str) -> str | None:
        try:
            parts = urlsplit(text)
            is_right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            is_right = False
        if not is_right or not text.isprintable() or " " in text:
            return f"{text[:200]!r} is no address that can be asked"
        self._changes["url"] = text.partition("#")[0]
        return None

    def _target(self) -> str:
        """Path and query as they are asked for."""
        path = quote(self.request.path, safe=_PATH_SAFE, errors="surrogateescape")
        if "query" in self._changes:
            query = self._query.encode()
        else:
            query = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in self._query.pairs)
        return f"{path}?{query}" if query else path

    @property
    def _query(self) -> Query:
        query: Query = self._changes.get("query", self.request.query)
        return query

    def parameter_of_query(self, name: str) -> str:
        """The first value of a parameter of the query; empty if there is none."""
        return self._query.get(name, "")

    def set_parameter_of_query(self, name: str, value: str) -> None:
        """Give a parameter of the query this one value."""
        self._seen.pop("url", None)
        self._changes["query"] = self._query.set(name, value)

    @property
    def _params(self) -> dict[str, str]:
        params: dict[str, str] = self._changes.get("params", self.request.params)
        return params

    def params(self) -> dict[str, str]:
        """The parameters of the path by the names that scripts know them by."""
        return {self._known_as(name): value for name, value in self._params.items()}

    def param(self, name: str) -> str:
        """A parameter of the path; empty if there is none."""
        own = self._name(name)
        return "" if own is None else self._params[own]

    def set_param(self, name: str, value: str) -> None:
        """Change or add a parameter of the path."""
        own = self._name(name)
        if own is None and name in self._params:
            return  # NOTE: KrakenD has it beside the other, and nobody looks at it
        self._changes["params"] = {**self._params, own or name: value}

    def _known_as(self, name: str) -> str:
        # NOTE: below the endpoint level names begin with a capital (KrakenD)
        return name if self._level == "endpoint" else name[:1].upper() + name[1:]

    def _name(self, known_as: str) -> str | None:
        return next((name for name in self._params if self._known_as(name) == known_as), None)

    @property
    def has_body(self) -> bool:
        """Whether the body is known."""
        return "body" in self._changes or self.request.stream is None

    def body(self) -> bytes:
        """The body. NOTE: one that was read is there from then on, even an empty one (KrakenD: the same)."""
        if "body" not in self._changes:
            self._changes["body"] = self.request.body or b""
        body: bytes = self._changes["body"]
        return body

    def set_body(self, body: bytes) -> None:
        """Send this body, in place of one that may not have been read."""
        self._changes.update(body=body, stream=None)

    def was_read(self, body: bytes) -> None:
        """Take note of the body that was sent."""
        self.request = self.request.replace(body=body, stream=None)
        self.body()


def _quoted(text: str) -> str:
    return quote_plus(text, errors="surrogateescape")
