"""The code that one object of the configuration has: read, checked and put together once, at start.

    scripts = Scripts(config)
    scripts.chunks["pre-script"]       # the code
    scripts.place("sources", 12)       # "lib.lua:L2"
"""
from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from krakpy_sdk import ConfigError

from krakpy_lua.config import LuaConfig

SOURCES, PRE, POST = "sources", "pre-script", "post-script"


class MissingSource(Exception):
    """A source cannot be read."""


class Code(NamedTuple):
    """What runs for a request: chunks by name, those that are empty left out, and the lines of each source."""

    chunks: Mapping[str, str]
    lines: tuple[tuple[str, int], ...]
    """The name of each source with its number of lines, in their order."""

    def place(self, chunk: str, line: int) -> str:
        """Where a line stands: in a source, by its file's name, or in a script; empty for other chunks."""
        if chunk != SOURCES:
            return f"{chunk}:L{line}" if chunk in (PRE, POST) else ""
        for name, count in self.lines:
            if line <= count:
                return f"{name.rpartition('/')[2]}:L{line}"
            line -= count
        return ""


class Scripts:
    """Reads the sources: once, or for each request with `live`."""

    def __init__(self, config: LuaConfig) -> None:
        self._config = config
        self.is_live = config.live

    def read(self) -> Code:
        """The code as it is now.

        MissingSource for a file that cannot be read, with KrakenD's words; ConfigError for one that is not what its MD5
        says.
        """
        config = self._config
        texts = [(name, self._read(name)) for name in config.sources]
        joined = "\n".join(text for _, text in texts)
        chunks = {SOURCES: joined, PRE: _in_bytes(config.pre), POST: _in_bytes(config.post)}
        return Code(
            {name: text for name, text in chunks.items() if text.strip()},
            tuple((name, text.count("\n") + 1) for name, text in texts),
        )

    def _read(self, name: str) -> str:
        try:
            with open(name, "rb") as file:
                content = file.read()
        except OSError as error:
            raise MissingSource(f"lua: unable to load required source {name}") from error
        digest = self._config.md5.get(name)
        if digest is not None and not self.is_live:
            found = hashlib.md5(content, usedforsecurity=False).hexdigest()
            if found != digest:
                raise ConfigError(f"{name} has the MD5 {found}, not {digest}", path=f"md5[{name!r}]")
        return content.decode("latin-1")


def _in_bytes(text: str) -> str:
    """The text with one character for each of its bytes, as Lua counts them."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")
