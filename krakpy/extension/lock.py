"""The lock file: which third-party distributions may load, what they consist of, and what a probe found.

    lock = read_lock("krakpy.lock")         # LockError: it is not there, or is no lock file
    lock.distributions["acme-geo"].record   # sha256:5b0c…

Its text is JSON with sorted keys, a value a line: the same installation always gives the same text.
"""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import msgspec

#: the version of the file's format
FORMAT = 1
#: what the file is called where nobody says otherwise
NAME = "krakpy.lock"


class LockError(Exception):
    """The lock file cannot be used; the text is the reason."""


class Pinned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One distribution as it was when it was locked."""

    version: str
    record: str
    """The digest of what its RECORD says; empty for an editable installation, which nothing can pin."""


class Tried(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a probe said, and where: it is believed only where everything is the same."""

    outcome: Literal["good", "warned"]
    """`warned`: it may load, and is tried again at every start, so that the warning is told again."""

    where: str
    """Python, platform, krakpy-sdk and krakpy."""

    uses: list[str] = []
    """The digests of what it was built with."""


class Extension(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One extension of a locked distribution."""

    target: str
    facts: dict[str, Any] = {}
    """What its class says of itself: hooks, arguments, paths …"""

    settings: dict[str, Any] = {}
    """The JSON Schema of its settings."""

    probe: Tried


class Distribution(Pinned, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One distribution that offers extensions."""

    editable: bool = False
    extensions: dict[str, Extension] = {}
    """By group and name: `krakpy.hooks.v1/geo`."""

    needs: dict[str, Pinned] = {}
    """The distributions that it needs, and those that these need; krakpy's own are left out."""


class Lock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole lock file."""

    format: int = FORMAT
    distributions: dict[str, Distribution] = {}
    """By name; `acme-geo @ /opt/geo/bin/python` in an environment of its own."""

    @property
    def text(self) -> str:
        """The file."""
        return json.dumps(msgspec.to_builtins(self), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def read_lock(path: str) -> Lock:
    """The lock in a file."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise LockError(f"the lock file {path} cannot be read: {error.strerror}") from error
    try:
        lock = msgspec.json.decode(content, type=Lock)
    except msgspec.DecodeError as error:
        raise LockError(f"{path} is no lock file of this krakpy: {error}") from error
    if lock.format != FORMAT:
        raise LockError(f"{path} is a lock file of format {lock.format}; this krakpy reads {FORMAT}")
    return lock
