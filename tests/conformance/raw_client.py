"""Sends bytes as they are, and reads whatever comes back, for as long as something does.

    answers, problem = await exchange(8080, b"GET / HTTP/1.1\r\n\r\n")
"""
from __future__ import annotations

import asyncio
import re
from typing import NamedTuple

#: how long the gateway may be silent before it is told that nothing more comes, and then before it counts as hung
SILENCE_S = 0.5
PATIENCE_S = 30.0
#: how long one may wait for a second answer after a whole one
MORE_S = 0.03

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)(?: [^\r\n]*)?")


class Answer(NamedTuple):
    """One answer of the gateway."""

    status: int
    content_type: str
    body: bytes
    is_whole: bool


class Exchange(NamedTuple):
    """What came of some bytes."""

    answers: list[Answer]
    problem: str = ""
    """What no gateway may do: not answer and not close either, or answer what is no HTTP."""
    is_reset: bool = False
    """Whether the connection was reset, so that what was on its way is lost."""


async def exchange(port: int, data: bytes) -> Exchange:
    """The answers to some bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        received, end = await _received(reader, writer, data)
    finally:
        writer.close()
    try:
        answers, rest = answers_in(received, data)
    except ValueError as error:
        return Exchange([], str(error))
    if rest and b"HEAD" not in data:
        return Exchange(answers, f"bytes after the answer: {rest[:200]!r}")
    return Exchange(answers, "" if end or answers else "neither an answer nor an end", end == "reset")


async def _received(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes) -> tuple[bytes, str]:
    """Everything that comes until there is a whole answer and no more; and how the gateway ended that, if it did."""
    received, wait_s, has_ended = b"", SILENCE_S, False
    while True:
        try:
            async with asyncio.timeout(wait_s):
                chunk = await reader.read(1 << 20)
        except TimeoutError:
            if _is_whole(received, data) or has_ended:
                return received, ""
            wait_s, has_ended = PATIENCE_S, True
            _end(writer)
            continue
        except OSError:
            return received, "reset"
        if not chunk:
            return received, "closed"
        received += chunk
        wait_s = MORE_S if _is_whole(received, data) else wait_s if has_ended else SILENCE_S


def _end(writer: asyncio.StreamWriter) -> None:
    try:
        writer.write_eof()
    except OSError:
        return  # the gateway was quicker


def _is_whole(received: bytes, data: bytes) -> bool:
    try:
        answers, rest = answers_in(received, data)
    except ValueError:
        return True
    return bool(answers) and answers[-1].is_whole and not rest


def answers_in(received: bytes, data: bytes) -> tuple[list[Answer], bytes]:
    """The answers to `data`, and what follows the last one; ValueError for what is no answer."""
    answers: list[Answer] = []
    is_head = data.lstrip(b"\r\n").startswith(b"HEAD ")
    while received:
        head, gap, rest = received.partition(b"\r\n\r\n")
        line, *fields = head.split(b"\r\n")
        match = _STATUS_LINE.fullmatch(line)
        if match is None and answers:
            return answers, received
        if match is None:
            raise ValueError(f"this is no answer: {received[:200]!r}")
        if not gap:
            return answers, b""
        if int(match[1]) < 200:
            received = rest
            continue
        answer, received = _answer(int(match[1]), _fields(fields), rest, is_head=is_head)
        answers.append(answer)
    return answers, b""


def _fields(lines: list[bytes]) -> dict[bytes, bytes]:
    pairs = (line.partition(b":") for line in lines)
    return {name.lower(): value.strip() for name, _, value in pairs}


def _answer(status: int, fields: dict[bytes, bytes], rest: bytes, *, is_head: bool) -> tuple[Answer, bytes]:
    kind = fields.get(b"content-type", b"").decode("latin-1")
    if is_head or status in (204, 304):
        return Answer(status, kind, b"", is_whole=True), rest
    if b"chunked" in fields.get(b"transfer-encoding", b"").lower():
        body, rest, is_whole = _unchunked(rest)
        return Answer(status, kind, body, is_whole), rest
    if b"content-length" in fields:
        size = int(fields[b"content-length"])
        return Answer(status, kind, rest[:size], len(rest) >= size), rest[size:]
    return Answer(status, kind, rest, is_whole=False), b""


def _unchunked(rest: bytes) -> tuple[bytes, bytes, bool]:
    body = b""
    while True:
        line, gap, after = rest.partition(b"\r\n")
        size = int(line.split(b";")[0], 16) if gap and line else -1
        if size < 0 or len(after) < size + 2:
            return body, b"", False
        body, rest = body + after[:size], after[size + 2 :]
        if size == 0:
            return body, rest, True
