"""gunicorn's own corpus of requests, as its source distribution has it (see `gunicorn/README.md`).

In a `.http` file an end of line counts for nothing; `\\r`, `\\n`, `\\t`, `\\0` and `\\x41` stand for bytes.
"""
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("gunicorn")

_ESCAPE = re.compile(rb"\\(?:([rnt0])|x([0-9A-Fa-f]{2}))")
_LETTERS = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0"}
_FIRST_LINE = re.compile(rb"\A(?:\r\n)?[^\r]*HTTP/1\.1\r\n")
_NEXT_LINE = re.compile(rb"(?<=\r\n\r\n)[A-Z]+ [^ ]+ HTTP/1\.1\r\n")


@dataclass(frozen=True)
class Borrowed:
    """A request of gunicorn's."""

    id: str
    sent: bytes
    is_valid: bool
    """Whether gunicorn accepts it."""
    settings: dict
    """gunicorn's settings that this depends on; empty for most."""

    @property
    def with_host(self) -> bytes:
        """The same with a `Host` in HTTP/1.1, which gunicorn does not ask for, so that it decides nothing."""
        if re.search(rb"(?i)\r\nhost:", self.sent):
            return self.sent
        sent = _FIRST_LINE.sub(lambda line: line[0] + b"Host: a\r\n", self.sent)
        has_body = re.search(rb"(?i)\r\ncontent-length\b", sent)
        return sent if has_body else _NEXT_LINE.sub(lambda line: line[0] + b"Host: a\r\n", sent)


def borrowed() -> list[Borrowed]:
    """The whole corpus."""
    settings = tomllib.loads((FOLDER / "settings.toml").read_text("utf-8"))
    return [
        Borrowed(
            id=f"{kind}-{path.stem}",
            sent=unescaped(path.read_bytes()),
            is_valid=kind == "valid",
            settings=settings[kind].get(path.stem, {}),
        )
        for kind in ("invalid", "valid")
        for path in sorted((FOLDER / kind).glob("*.http"))
    ]


def unescaped(text: bytes) -> bytes:
    """The bytes that a `.http` file stands for."""
    text = text.replace(b"\n", b"")
    return _ESCAPE.sub(lambda found: _LETTERS.get(found[1]) or bytes.fromhex(found[2].decode()), text)
