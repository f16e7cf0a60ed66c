"""A configuration read and checked to the end: everything that can be decided of it before a worker exists.

    reading = read("krakend.json", options=Options(), environ=os.environ)      # ConfigurationError: it may not

Metadata and children only: no extension is imported into this process. What comes of it is data that can be pickled.
"""
from __future__ import annotations

import hashlib
import importlib.metadata
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from krakpy import __version__
from krakpy.codes import Code
from krakpy.config.loading import Loaded, load
from krakpy.errors import ConfigurationError, Problem
from krakpy.extension.needs import Failure
from krakpy.extension.preparing import Options, Prepared, prepare
from krakpy.gateway import verify

#: a gateway may use thousands of extensions in thousands of places; the status shows so many that failed
MOST_FAILURES = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What was found."""

    path: str
    digest: str
    """`sha256:…` of the file, or of what a template is made into."""
    loaded_at: float
    """Seconds since the epoch."""
    prepared: Prepared
    warnings: tuple[Problem, ...]
    """Those of the file and of where it is kept."""

    @property
    def broken(self) -> tuple[Failure, ...]:
        """The failures that the probe found: of extensions that may load and cannot."""
        found = {problem for verdict in self.prepared.verdicts for problem in verdict.problems}
        return tuple(failure for failure in self.prepared.failures if failure.problem in found)

    def facts(self) -> dict[str, Any]:
        """What `krakpy status` shows: `config` and `extensions`."""
        config = {"path": os.path.abspath(self.path), "digest": self.digest, "loaded_at": self.loaded_at}
        return {"config": config, "extensions": [*_loaded(self.prepared), *_refused(self.prepared)]}


def read(
    path: str,
    *,
    options: Options,
    environ: Mapping[str, str],
    debug: bool = False,
    when_loaded: Callable[[Loaded], None] = lambda _: None,
) -> Reading:
    """The reading of a file; `when_loaded` is told what was understood before anything is probed.

    Raises ConfigurationError with every problem that was found.
    """
    digest = _digest(path)
    loaded = load(path, environ)
    when_loaded(loaded)
    settings = msgspec.structs.replace(loaded.settings, debug_endpoint=True) if debug else loaded.settings
    verify(settings)
    prepared = prepare(settings, environ=environ, options=options)
    if _digest(path) != digest:
        message = "the file changes while it is read"
        raise ConfigurationError((Problem(Code.SYNTAX, path, message, "Write it elsewhere and move it here."),))
    warnings = (*loaded.problems, *surroundings(path, uid=os.geteuid()))
    return Reading(path=path, digest=loaded.digest, loaded_at=time.time(), prepared=prepared, warnings=warnings)


def surroundings(path: str, *, uid: int) -> Iterator[Problem]:
    """What is dangerous about where the gateway runs; warnings."""
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        mode = 0
    if mode & stat.S_IWOTH:
        message = "every user of this machine can change the configuration"
        yield Problem(Code.WRITABLE, path, message, f"chmod o-w {path}", "warning")
    if uid == 0:
        yield Problem(Code.ROOT, "", "the gateway runs as root, and so does every extension in it", severity="warning")


def outdated() -> Iterator[Problem]:
    """What a running gateway cannot take over, because it is older than what is installed."""
    try:
        installed = importlib.metadata.version("krakpy")
    except importlib.metadata.PackageNotFoundError:
        return
    if installed != __version__:
        yield Problem(Code.NEEDS_RESTART, "", f"krakpy {installed} is installed, and this gateway is {__version__}")


def _digest(path: str) -> str:
    try:
        return f"sha256:{hashlib.sha256(Path(path).read_bytes()).hexdigest()}"
    except OSError:
        return ""


def _loaded(prepared: Prepared) -> Iterator[dict[str, Any]]:
    uses: dict[tuple[str, str], int] = {}
    for admission in prepared.admissions:
        candidate = admission.candidate
        if candidate.distribution != "krakpy":
            key = candidate.id, candidate.version
            uses[key] = uses.get(key, 0) + 1
    for (id, version), count in sorted(uses.items()):
        yield {"id": id, "version": version, "state": "loaded", "uses": count}


def _refused(prepared: Prepared) -> Iterator[dict[str, Any]]:
    for failure in prepared.failures[:MOST_FAILURES]:
        yield {"id": failure.need.name, "state": "refused", **failure.problem.as_dict(), "place": failure.need.place}
