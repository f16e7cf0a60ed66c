"""What a backend can do wrong, as scripts, and what has to become of it: the table of the faults C-01 to C-22."""
from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tests.client.upstream import Peer, Script, answering, closing_after, ending, hanging, ok

Ending = Literal["good", "failed", "broken", "passed"]
"""`good`: as if nothing had happened; `failed`: 500, or a partial answer; `broken`: 500 or cut off, never a clean end;
`passed`: the backend's own answer, as `no-op` gives it."""

MIB = 1024 * 1024
JSON = "Content-Type: application/json"
GOOD = ok(b'{"good":true}', JSON)
FINE: Script = answering(*[GOOD] * 1000)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@dataclass(frozen=True)
class Fault:
    """One way to fail; the first connection plays `script`, all others are fine."""

    id: str
    script: Script | None
    """None: nobody listens."""
    said: str
    """What the log says of it, as a pattern; empty where nothing fails."""
    cause: str = "UpstreamError"
    """The kind of the failure: Refused and UpstreamError are a 502, Timeout a 504, to those who count."""
    decoded: Ending = "failed"
    no_op: Ending = "failed"
    waits: bool = False
    """Whether it ends at the deadline."""
    warm: int = 0
    """Requests that go well before it, on the connection that fails afterwards."""
    method: str = "GET"
    tls: str = ""
    """The certificate that the backend shows."""
    host: str = "127.0.0.1"
    encoding: str = "json"
    status: int = 200
    """The backend's own, where it is passed on."""
    recovers: bool = True
    """Whether the next request to the same backend is answered."""
    is_kept: bool = False
    """Whether the connection is in order all the same, and may be used again."""


def of_bytes(id: str, answer: bytes, said: str, cause: str = "UpstreamError", **fields: object) -> Fault:
    """A fault of what the backend writes; it keeps the connection open, so that only the gateway can end it."""
    then = [GOOD] if fields.get("is_kept") else []
    return Fault(id, answering(answer, *then), said, cause, **fields)  # type: ignore[arg-type]


def piecewise(*pieces: bytes, every_s: float = 0.02, then: Script | None = None) -> Script:
    """A script that writes pieces with pauses between them, the last one again and again."""

    async def script(peer: Peer) -> None:
        await peer.request()
        for piece in pieces:
            await peer.send(piece)
            await asyncio.sleep(every_s)
        if then is not None:
            await then(peer)
            return
        while True:
            await peer.send(pieces[-1])
            await asyncio.sleep(every_s)

    return script


async def resetting(peer: Peer) -> None:
    """Ends the connection with RST."""
    peer.reset()


async def staying(peer: Peer) -> None:
    """Waits until the gateway has closed the connection."""
    await peer.gone()


async def reset_at_once(peer: Peer) -> None:
    """Ends the connection with RST, whatever was asked."""
    await peer.request()
    peer.reset()


async def poisoned_later(peer: Peer) -> None:
    """One good answer, and one that nobody asked for on the idle connection."""
    await peer.answer(GOOD)
    await asyncio.sleep(0.05)
    await peer.send(ok(b'{"poison":true}', JSON))
    await peer.gone()


async def closed_when_idle(peer: Peer) -> None:
    """One good answer, and the end."""
    await peer.answer(GOOD)


async def cut_below_tls(peer: Peer) -> None:
    """A body until the end of the connection, which ends without close_notify."""
    await peer.answer(HEAD + b'\r\n{"good":')
    await asyncio.sleep(0.05)
    peer.cut()
    await peer.gone()


def redirecting(location: str) -> Script:
    """Always there."""
    return answering(*[ok(b"", f"Location: {location}", status="302 Found")] * 20)


def sized(body: bytes, *fields: str) -> bytes:
    """A good head, these fields, and this body."""
    return HEAD + "".join(f"{line}\r\n" for line in fields).encode() + b"\r\n" + body


def chunks(body: bytes) -> bytes:
    """A good head and a chunked body as it is written here."""
    return sized(body, "Transfer-Encoding: chunked")


def packed(body: bytes) -> bytes:
    """A body that claims to be compressed."""
    return ok(body, JSON, "Content-Encoding: gzip")


def _decoded_only(id: str, answer: bytes, said: str, cause: str = "Undecodable", **fields: object) -> Fault:
    return of_bytes(id, answer, said, cause, **{"no_op": "passed", "is_kept": True, **fields})


_BOMB = gzip.compress(bytes(50 * MIB), 9)
_XML = ["Content-Type: application/xml"]
_ENTITIES = b'<!DOCTYPE a [<!ENTITY b "xxxxxxxxxx">' + b"".join(
    b'<!ENTITY c%d "%s">' % (level, b"&b;" * 10) for level in range(9)
) + b"]><a>&c8;</a>"
_XXE = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
_WRONG_END = "closed the connection within its answer"
_MANY = b"".join(b"X-%d: 1\r\n" % number for number in range(100_000))

FAULTS: Sequence[Fault] = (
    Fault("C-01 refused", None, "connection refused", "Refused", recovers=False),
    Fault("C-02 end without an answer", closing_after(), "without an answer", "Refused"),
    Fault("C-02 reset without an answer", reset_at_once, "without an answer", "Refused"),
    Fault("C-02 end on a used connection", closing_after(GOOD), "", decoded="good", no_op="good", warm=1),
    Fault("C-02 POST on a used connection", closing_after(GOOD), "without an answer", "Refused", method="POST", warm=1),
    Fault("C-03 reset within the body", piecewise(sized(b'{"a":', "Content-Length: 99"), then=resetting), _WRONG_END,
          "Refused", no_op="broken"),
    Fault("C-03 reset within the chunks", piecewise(chunks(b"5\r\n12345\r\n"), then=resetting), _WRONG_END, "Refused",
          no_op="broken"),
    Fault("C-04 dripping head", piecewise(HEAD, b"X-A: b\r\n"), "deadline exceeded", "Timeout", waits=True),
    Fault("C-05 dripping body", piecewise(sized(b"", "Content-Length: 99999"), b"1"), "deadline exceeded", "Timeout",
          no_op="broken", waits=True),
    Fault("C-05 dripping chunks", piecewise(chunks(b""), b"1\r\n1\r\n"), "deadline exceeded", "Timeout", no_op="broken",
          waits=True),
    Fault("C-06 hang", hanging, "deadline exceeded", "Timeout", waits=True),
    Fault("C-06 hang within the body", answering(sized(b'{"a"', "Content-Length: 99")), "deadline exceeded", "Timeout",
          no_op="broken", waits=True),
    Fault("C-07 cut short", ending(sized(b'{"good":true}', "Content-Length: 14")), _WRONG_END, "Refused",
             no_op="broken"),
    Fault("C-07 cut between chunks", ending(chunks(b'd\r\n{"good":true}\r\n')), _WRONG_END, "Refused", no_op="broken"),
    Fault("C-07 cut in the last chunk", ending(chunks(b'd\r\n{"good":true}\r\n0\r\n')), _WRONG_END, "Refused",
          no_op="broken"),
    *(
        of_bytes(f"C-08 chunk size {size!r}", chunks(size.encode("latin-1") + b"\r\n12345\r\n0\r\n\r\n"),
                 "chunk", no_op="broken")
        for size in ("g", "-5", "+5", "0x5", " 5", "5 ", "", "fffffffffffffffff", "5;\x00")
    ),
    of_bytes("C-08 chunk longer than its size", chunks(b"4\r\n12345\r\n0\r\n\r\n"), "longer than its size",
             no_op="broken"),
    of_bytes("C-08 bare LF", chunks(b"5\n12345\n0\n\n"), "malformed chunk size", no_op="broken"),
    of_bytes("C-09 both lengths", sized(b"0\r\n\r\n", "Content-Length: 5", "Transfer-Encoding: chunked"), "both"),
    *(
        of_bytes(f"C-09 lengths {lengths}", sized(b'{"good":true}', *map("Content-Length: {}".format, lengths)),
                 "Length")
        for lengths in (("13", "14"), ("13", "13"), ("-1",), ("+13",), ("13, 13",), ("0xd",), ("",), ("1" * 30,))
    ),
    *(
        of_bytes(f"C-09 coding {coding!r}", sized(b"0\r\n\r\n", f"Transfer-Encoding: {coding}"), "Transfer-Encoding")
        for coding in ("gzip, chunked", "identity", "chunked, chunked", "xchunked", "chunked;a=b")
    ),
    of_bytes("C-10 head of 10 MB", HEAD + b"X-A: " + b"a" * 10_000_000 + b"\r\n\r\n", "head .* longer than 65536"),
    of_bytes("C-10 100,000 fields", HEAD + _MANY + b"\r\n", "head .* longer than 65536"),
    of_bytes("C-10 200 fields", HEAD + b"A: 1\r\n" * 200 + b"\r\n", "header fields, 128 are allowed"),
    Fault("C-11 endless", piecewise(chunks(b""), b"10000\r\n" + b" " * 65536 + b"\r\n", every_s=0.005),
          "more than 1048576|deadline exceeded", no_op="broken", waits=True),
    of_bytes("C-11 too long", ok(b'"' + b" " * 2 * MIB + b'"', JSON), "more than 1048576 bytes",
             no_op="passed", is_kept=True),
    of_bytes("C-12 bomb", packed(_BOMB), "unpacks to more than", no_op="broken", is_kept=True),
    of_bytes("C-12 nested bomb", packed(gzip.compress(_BOMB)), "", "Undecodable",
             no_op="passed", is_kept=True),
    of_bytes("C-13 no gzip", packed(b'{"good":true}'), "no valid gzip", no_op="broken", is_kept=True),
    of_bytes("C-13 half a gzip", packed(gzip.compress(b'{"good":true}')[:-9]), "cut off", no_op="broken", is_kept=True),
    of_bytes("C-13 wrong checksum", packed(gzip.compress(b'{"good":true}')[:-8] + bytes(8)), "no valid gzip",
             no_op="broken", is_kept=True),
    of_bytes("C-13 entities", ok(_ENTITIES, *_XML), "", "Undecodable",
             no_op="passed", encoding="xml", recovers=False, is_kept=True),
    of_bytes("C-13 external entity", ok(_XXE, *_XML), "", "Undecodable",
             no_op="passed", encoding="xml", recovers=False, is_kept=True),
    _decoded_only("C-14 invalid JSON", ok(b'{"good":tru', JSON), ""),
    _decoded_only("C-14 deep JSON", ok(b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", JSON), ""),
    _decoded_only("C-14 NaN", ok(b'{"a":NaN}', JSON), ""),
    of_bytes("C-14 no UTF-8", ok(b'{"a":"\xff"}', JSON), "", decoded="passed", no_op="passed", is_kept=True),
    _decoded_only("C-14 page for a document", ok(b"<html>ok</html>", "Content-Type: text/html"), ""),
    _decoded_only("C-14 empty", ok(b"", JSON), ""),
    _decoded_only("C-14 page of an error", ok(b"<h1>no</h1>", "Content-Type: text/html", status="502 Bad Gateway"),
                  "invalid status code 502", "BadStatus", status=502),
    _decoded_only("C-14 204 with a body", ok(b"poison", status="204 No Content"), "invalid status code 204",
             "BadStatus",
                  status=204, is_kept=False),
    of_bytes("C-14 wrong content type", ok(b'{"good":true}', "Content-Type: text/html"), "", decoded="good",
             no_op="good",
             is_kept=True),
    of_bytes("C-15 HTTP/1.0", b"HTTP/1.0 200 OK\r\nContent-Length: 13\r\nConnection: keep-alive\r\n\r\n"
             + b'{"good":true}',
             "", decoded="good", no_op="good"),
    Fault("C-15 until the end", ending(HEAD + b'\r\n{"good":true}'), "", decoded="good", no_op="good"),
    of_bytes("C-15 HTTP/0.9", b'{"good":true}', "malformed status line"),
    of_bytes("C-15 LF alone", b"HTTP/1.1 200 OK\nContent-Length: 13\n\n" + b'{"good":true}', "malformed status line"),
    of_bytes("C-15 status 999", b"HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n", "malformed status line"),
    of_bytes("C-15 HTTP/2.0", b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", "malformed status line"),
    *(
        of_bytes(f"C-15 {what}", HEAD + field + b"\r\nContent-Length: 0\r\n\r\n", "malformed header field")
        for what, field in {
            "CR in a field": b"X-A: a\rX-B: b", "NUL in a field": b"X-A: a\0", "folded field": b"X-A: a\r\n b",
            "space before the colon": b"X-A : a", "no colon": b"X-A",
        }.items()
    ),
    of_bytes("C-16 100 and 103", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + GOOD,
             "", decoded="good", no_op="good", is_kept=True),
    of_bytes("C-16 103 for ever", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100_000 + GOOD, "more than 20 interim answers"),
    of_bytes("C-16 101", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "switched protocols"),
    of_bytes("C-17 bytes behind the answer", GOOD + ok(b'{"poison":true}', JSON), "", decoded="good", no_op="good"),
    of_bytes("C-17 one byte behind the chunks", chunks(b'd\r\n{"good":true}\r\n0\r\n\r\nX'), "", decoded="good",
             no_op="good"),
    Fault("C-17 bytes behind the last piece",
          piecewise(sized(b'{"good"', "Content-Length: 13"), b":true}" + GOOD, then=staying), "", decoded="good",
          no_op="good"),
    Fault("C-18 answer that nobody asked for", poisoned_later, "", decoded="good", no_op="good"),
    Fault("C-19 closed when idle", closed_when_idle, "", decoded="good", no_op="good", warm=1),
    Fault("C-19 closed when idle, POST", closed_when_idle, "", decoded="good", no_op="good", warm=1, method="POST"),
    Fault("C-20 redirect loop", redirecting("/again"), "stopped after 10 redirects", is_kept=True),
    *(
        Fault(f"C-20 redirect to {where}", redirecting(where),
                 "not among its hosts|no URL|no origin|is no", is_kept=True)
        for where in ("http://127.0.0.1:1/", "http://localhost/", "//169.254.169.254/latest", "file:///etc/passwd",
                      "gopher://127.0.0.1/", "http://user@127.0.0.1/", "http://[::ffff:127.0.0.1]/")
    ),
    Fault("C-21 no such name", FINE, "has no address", "Refused", host="nowhere.test", recovers=False),
    Fault("C-21 slow name server", FINE, "deadline exceeded", "Timeout", host="slow.test", waits=True, recovers=False),
    Fault("C-21 name for a denied address", FINE, "among deny_addresses", "Refused", host="flips.test", recovers=False),
    Fault("C-22 expired", FINE, "certificate is refused.*expired", "Refused", tls="expired", recovers=False),
    Fault("C-22 of another host", FINE, "certificate is refused.*[Hh]ostname", "Refused", tls="other", recovers=False),
    Fault("C-22 self-signed", FINE, "certificate is refused", "Refused", tls="stranger", recovers=False),
    Fault("C-22 old protocol", FINE, "TLS failed|no connection", "Refused", tls="old", recovers=False),
    Fault("C-22 handshake that hangs", hanging, "deadline exceeded", "Timeout", tls="none", waits=True, recovers=False),
    Fault("C-22 end without close_notify", cut_below_tls, _WRONG_END, "Refused", tls="good", no_op="broken"),
)  # fmt: skip

#: names that the tests' name server knows something special of; a number is how long it thinks
NAMES: dict[str, str | Exception | float] = {
    "nowhere.test": socket.gaierror(-2, "Name or service not known"), "slow.test": 5.0, "flips.test": "127.0.0.99",
}  # fmt: skip
