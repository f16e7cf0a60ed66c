"""A client of an ASGI application, without sockets: it sends what a server makes of a request, and keeps the answer."""
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

Fields = Sequence[tuple[str, str]]


@dataclass
class Answer:
    """What the application has sent so far."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def status(self) -> int:
        return self.messages[0]["status"]

    @property
    def headers(self) -> Fields:
        return [(name.decode(), value.decode("latin-1")) for name, value in self.messages[0]["headers"]]

    def header(self, name: str) -> str | None:
        return dict(self.headers).get(name)

    @property
    def pieces(self) -> list[bytes]:
        return [message["body"] for message in self.messages[1:] if message.get("body")]

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    @property
    def is_ended(self) -> bool:
        return len(self.messages) > 1 and not self.messages[-1].get("more_body", False)


class Client:
    """One request: `pieces` are sent as the application asks, and `leave` hangs up.

    `receives` counts how often it was asked for something, `is_asked` tells whether the application waits for it.
    """

    def __init__(self, method: str = "GET", target: str = "/", headers: Fields = (), *pieces: bytes, **scope: Any):
        raw_path, _, query = target.partition("?")
        fields = [("host", "gw.test"), *headers]
        if pieces and not any(name in ("content-length", "transfer-encoding") for name, _ in fields):
            fields.append(("content-length", str(sum(map(len, pieces)))))
        self.scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(raw_path),
            "raw_path": raw_path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in fields],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8080),
        } | scope
        self.answer = Answer()
        self.receives = 0
        self.is_asked = False
        self._pieces = list(pieces)
        self._has_left = asyncio.Event()

    def leave(self) -> None:
        self._has_left.set()

    async def receive(self) -> dict[str, Any]:
        self.receives += 1
        if self._pieces:
            piece = self._pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self._pieces)}
        self.is_asked = True
        try:
            await self._has_left.wait()
        finally:
            self.is_asked = False
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.answer.messages.append(message)

    async def ask(self, app: Any) -> Answer:
        await app(self.scope, self.receive, self.send)
        return self.answer


async def ask(
    app: Any, method: str = "GET", target: str = "/", headers: Fields = (), *pieces: bytes, **scope: Any
) -> Answer:
    """The whole answer to one request."""
    return await Client(method, target, headers, *pieces, **scope).ask(app)


async def get(app: Any, target: str, headers: Fields = ()) -> Answer:
    """The whole answer to a GET."""
    return await ask(app, "GET", target, headers)
