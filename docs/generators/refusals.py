"""`refusals.md`: what the front wire refuses and accepts, from the rules in `tests/server/corpus/rfc`."""
from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from krakpy.server.body import MAX_CHUNK_LINE, MAX_TRAILER_BYTES
from krakpy.server.limits import Limits

from .writing import Undocumented, document, required, table

FOLDER = Path(__file__).parents[2] / "tests" / "server" / "corpus" / "rfc"
LEVELS = {
    "MUST": "MUST",
    "SHOULD": "SHOULD; our choice",
    "MAY": "MAY; our choice",
    "own": "our choice",
}

#: what `{name}` stands for in a rule about a size
DEFAULTS = {
    **{name: getattr(Limits(), name) for name in Limits.__struct_fields__},
    "max_chunk_line": MAX_CHUNK_LINE,
    "max_trailer_bytes": MAX_TRAILER_BYTES,
}

INTRODUCTION = """
`krakpy run` reads HTTP/1.1 and HTTP/1.0 as strictly as it can, because whatever two readers on the way of a request
take for two different things is a way past one of them. What is refused gets a fixed answer of a few words, and then
the connection ends; no byte of it reaches an extension or a backend, and nothing behind it on the connection is read.
An error in a body or in a trailer is found after the head: the request may have begun by then, and is ended without an
answer from its endpoint.

Each rule says what the RFC asks for: **MUST** leaves no choice; where it says SHOULD, MAY or nothing, the answer is
krakpy's choice, for the reason beside it. Every rule stands for requests in the tests, each of which is also sent in
two halves, in single bytes, and cut in two at every byte, with the same answer each time. Another ASGI server
(`gunicorn -k asgi`, uvicorn) has its own rules.
"""

TOPICS = (
    "request_line", "method", "target", "host", "fields", "length", "transfer_coding", "chunks", "trailers",
    "connection", "pipelining", "sizes",
)  # fmt: skip


def page(folder: Path = FOLDER) -> str:
    """The page; Undocumented for a rule without words, or for a file that is no topic."""
    strays = sorted({path.stem for path in folder.glob("*.toml")} ^ set(TOPICS))
    if strays:
        raise Undocumented(f"{strays[0]}.toml is either missing or no topic of docs/generators/refusals.py")
    topics = [tomllib.loads((folder / f"{name}.toml").read_text("utf-8")) for name in TOPICS]
    return document("What the front wire refuses", INTRODUCTION, *(_section(topic) for topic in topics))


def _section(topic: Mapping[str, Any]) -> str:
    rows = [_row(rule) for rule in topic["rule"]]
    return f"## {topic['title']}\n\n{table(('what', 'answer', 'RFC', 'it says', 'why', 'requests tested'), rows)}"


def _row(rule: Mapping[str, Any]) -> tuple[str, ...]:
    what = required(rule.get("what"), "a rule")
    if "limit" in rule:
        what = what.format_map(DEFAULTS)
    return (
        what,
        _answer(rule),
        _links(required(rule.get("rfc"), f"the RFC of {what}")),
        LEVELS[rule["level"]],
        required(rule.get("why"), f"the reason of {what}"),
        str(len(rule["cases"])) if "cases" in rule else "one below, exact, one above",
    )


def _answer(rule: Mapping[str, Any]) -> str:
    """`accepted`, or the statuses: `400`, `400 or 501`, `accepted, then 400`."""
    if "answers" in rule:
        return ", then ".join(_one(answer) for answer in rule["answers"])
    answer = rule["answer"]
    return " or ".join(_one(status) for status in answer) if isinstance(answer, list) else _one(answer)


def _one(status: int) -> str:
    return "accepted" if status < 400 else f"**{status}**"


def _links(references: str) -> str:
    """`9110 §8.6, 9112 §6.3` with a link for each section."""
    words: list[str] = []
    rfc = ""
    for reference in references.split(", "):
        found = re.fullmatch(r"(?:(\d{4}) )?§([\d.]+)", reference)
        if found is None:
            raise Undocumented(f"{reference!r} is no section of an RFC")
        rfc = found[1] or rfc
        words.append(f"[{reference}](https://www.rfc-editor.org/rfc/rfc{rfc}#section-{found[2]})")
    return ", ".join(words)

