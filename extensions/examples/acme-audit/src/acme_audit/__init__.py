"""Writes a line of JSON for each request after its answer, in the background: nobody waits for it.

    {"plugin/req-resp-modifier": {"name": ["audit"], "audit": {"file": "/var/log/gateway/audit.jsonl"}}}

Several processes may write to one file: a line is written at once, at the end of the file.
"""
from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime

from krakpy_sdk import ConfigError, Context, Extension, Request, Response

__all__ = ["Audit", "Config"]

#: headers that hold secrets, and are written as being there and no more
SECRET = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"})


@dataclass(frozen=True)
class Config:
    """The settings, as the operator writes them."""

    file: str
    """Where the lines go; the folder must be there."""
    headers: tuple[str, ...] = ()
    """The request's headers that are written down."""
    fsync: bool = False
    """Wait until the disk has each line."""

    def __post_init__(self) -> None:
        if not os.path.isabs(self.file):
            raise ConfigError("must be an absolute path", path="file")


class Audit(Extension[Config]):
    """Writes down time, client, method, path, headers that are listed, and the status of the answer."""

    def setup(self, context: Context) -> None:  # noqa: ARG002  the contract's own
        """Open the file; what cannot be opened is told before the first request."""
        # NOTE: one write at the end of the file is one line, whoever else writes (POSIX: O_APPEND)
        self._file = os.open(self.config.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def teardown(self) -> None:
        """Close it."""
        os.close(self._file)

    def log(self, request: Request, response: Response) -> None:
        """One line."""
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "client": request.client_ip,
            "method": request.method,
            "path": request.path,
            "endpoint": request.endpoint,
            "status": response.status,
            "complete": response.is_complete,
            "headers": {name: self._said(request, name) for name in self.config.headers if name in request.headers},
        }
        os.write(self._file, json.dumps(line, separators=(",", ":")).encode() + b"\n")
        if self.config.fsync:
            os.fsync(self._file)

    def _said(self, request: Request, name: str) -> str:
        return "(secret)" if name.lower() in SECRET else request.headers[name]
