"""What a strict reader of another make (h11) takes a client's bytes for: the requests in them, one after the other."""
import re

import h11

_AUTHORITY = re.compile(rb"(?i)^https?://[^/?]*")
_ROOM = 1 << 24


def requests(sent: bytes) -> list[str]:
    """Method, target and body of each complete request, as `Verdict.seen` has them; it stops where h11 gives up.

    h11 knows neither of the empty line before a request nor of `keep-alive` in HTTP/1.0, so both are seen to here.
    """
    found: list[str] = []
    goes_on = True
    while goes_on and sent:
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=_ROOM)
        connection.receive_data(sent.removeprefix(b"\r\n"))
        try:
            head, body = _message(connection)
        except h11.RemoteProtocolError:
            break
        if head is None:
            break
        words = (bytes(head.method), path_of(bytes(head.target)), body)
        found.append(b" ".join(filter(None, words)).decode("latin-1"))
        goes_on = _goes_on(head)
        sent = bytes(connection.trailing_data[0])
    return found


def _message(connection: h11.Connection) -> tuple[h11.Request | None, bytes]:
    """The next request and its body; None when it is not complete."""
    head, body = None, b""
    while True:
        match connection.next_event():
            case h11.Request() as request:
                head = request
            case h11.Data() as part:
                body += bytes(part.data)
            case h11.EndOfMessage():
                return head, body
            case _:
                return None, b""


def _goes_on(head: h11.Request) -> bool:
    """Whether the connection goes on after this request (RFC 9112 §9.3)."""
    values = [value for name, value in head.headers if name == b"connection"]
    options = {option.strip().lower() for value in values for option in value.split(b",")}
    return b"close" not in options and (head.http_version == b"1.1" or b"keep-alive" in options)


def path_of(target: bytes) -> bytes:
    """The path and the query of a target in any form; an empty query is none, as in ASGI."""
    path = _AUTHORITY.sub(b"", target)
    path = path[:-1] if path.find(b"?") == len(path) - 1 else path
    return path if path.startswith((b"/", b"*")) else b"/" + path
