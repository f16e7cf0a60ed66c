"""What became of bytes that a client sent: the statuses it was answered, what the application saw, how it ended."""
import re
from collections.abc import Iterable
from dataclasses import dataclass

from krakpy.server.limits import Limits
from tests.server.dialogue import Dialogue

LIMITS = Limits(max_body=1 << 20)
FOREVER_S = 3600.0

_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")


@dataclass(frozen=True)
class Verdict:
    """Equal for equal bytes, however they were cut."""

    statuses: tuple[int, ...]
    """Of the final answers, in their order."""
    seen: tuple[str, ...]
    """Method, target and body of each complete request that the application was given."""
    headers: tuple[str, ...]
    """The fields of the first of them, `name: value`."""
    closed: bool | None
    """Whether the connection was closed before any deadline.

    None where the application answers before it has read: what had come by then may decide.
    """

    @property
    def is_accepted(self) -> bool:
        """Whether anything was answered as a good request, or given to the application."""
        return bool(self.seen) or any(status < 400 for status in self.statuses)


class Application:
    """Answers 200 to what it has read to its end, and remembers it; a hasty one answers before it reads."""

    def __init__(self, manner: str = "patient") -> None:
        self.is_hasty = manner == "hasty"
        self.seen: list[str] = []
        self.headers: list[str] = []

    async def __call__(self, scope, receive, send) -> None:
        body = b""
        more = not self.is_hasty
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self._remember(scope, body)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else b"ok"})

    def _remember(self, scope, body: bytes) -> None:
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        target = (scope["raw_path"] + query).decode("latin-1")
        self.seen.append(" ".join(filter(None, (scope["method"], target, body.decode("latin-1")))))
        if len(self.seen) == 1:
            self.headers = [f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in scope["headers"]]


async def verdict(chunks: Iterable[bytes], *, manner: str = "patient", limits: Limits = LIMITS) -> Verdict:
    """The verdict on bytes that come in these chunks, after which the client says nothing more and waits."""
    application = Application(manner)
    dialogue = Dialogue(app=application, limits=limits)
    await dialogue.say(*chunks)
    closed = dialogue.is_closed
    if closed and dialogue.heard:
        assert b"\r\nconnection: close\r\n" in dialogue.answers[-1], "no end comes without a word"
    if not closed:
        await dialogue.wait(FOREVER_S)
    assert dialogue.is_closed, "no connection outlives its deadlines"
    statuses = (int(status) for status in _STATUS.findall(dialogue.heard))
    return Verdict(
        statuses=tuple(status for status in statuses if status >= 200),
        seen=tuple(application.seen),
        headers=tuple(application.headers),
        closed=closed if manner == "patient" else None,
    )
