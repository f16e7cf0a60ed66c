"""What the gateways are asked to do, one workload after another."""
from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from benchmarks import documents

#: connections of a workload that does not say
CONNECTIONS = 32
MANY_ENDPOINTS = 5_000


@dataclass(frozen=True, kw_only=True)
class Site:
    """What a gateway is configured with: each site is a process of its own."""

    tls: bool = False
    extra_endpoints: int = 0
    hooks: int = 0
    is_crowded: bool = False
    """Its clients are many: what their connections leave behind must not weigh on other workloads."""

    @property
    def scheme(self) -> str:
        """How its clients speak."""
        return "https" if self.tls else "http"


PLAIN = Site()


@dataclass(frozen=True, kw_only=True)
class Workload:
    """One kind of request, and how many at once."""

    name: str
    what: str
    kind: str
    """What a gateway must be able to do: `noop`, `json`, `merge`, `shape`, `hooks`."""
    path: str
    site: Site = PLAIN
    connections: int | None = None
    body_bytes: int = 0
    """A POST with a body of this size instead of a GET."""
    beside: Workload | None = None
    """What it is compared with, and measured again beside it."""
    is_bulk: bool = False
    """So much of a request is its body that requests are counted by the bytes that arrived."""
    is_boot: bool = False
    """No load: the time from the start of the process to the first answer, and its memory then."""
    is_main: bool = False
    """One of those that are run when nothing is said."""

    def is_right(self, body: bytes) -> bool:
        """Whether this is the answer that is asked for."""
        wanted = ANSWERS[self.path.rsplit("/", 1)[0] or self.path]
        return body == wanted if isinstance(wanted, bytes) else json.loads(body) == wanted


_DOCUMENT = json.loads(documents.SMALL)

#: by the path without its parameter; bytes are compared as they are, documents as documents
ANSWERS: dict[str, Any] = {
    "/noop": documents.SMALL,
    "/json": _DOCUMENT,
    "/hooked": _DOCUMENT,
    "/merge3": dict.fromkeys("abc", _DOCUMENT),
    "/shape10k": documents.shaped(documents.ROWS),
    "/mb": documents.MEBIBYTE,
    "/post": documents.SMALL,
}

NOOP = Workload(name="noop", what="no-op proxy, 150 B", kind="noop", path="/noop", is_main=True)
JSON = Workload(
    name="json", what="decode and render 150 B, one path parameter", kind="json", path="/json/42", is_main=True
)
MERGE3 = Workload(name="merge3", what="three backends, grouped", kind="merge", path="/merge3", is_main=True)
SHAPE10K = Workload(
    name="shape10k", what="14 KB, allow, mapping, group", kind="shape", path="/shape10k", is_main=True
)
MB = Workload(name="mb", what="no-op proxy, 1 MiB", kind="noop", path="/mb", is_bulk=True, is_main=True)

_TLS, _LARGE = Site(tls=True), Site(extra_endpoints=MANY_ENDPOINTS)
_HOOKED, _CROWD = Site(hooks=10), Site(is_crowded=True)
_HOOKS = "json behind 10 in-process hooks that look at the request"

WORKLOADS = (
    NOOP, JSON, MERGE3, SHAPE10K, MB,
    Workload(name="noop-1", what="noop, 1 connection", kind="noop", path="/noop", connections=1),
    Workload(
        name="noop-1000", what="noop, 1,000 connections", kind="noop", path="/noop", site=_CROWD, connections=1_000
    ),
    Workload(name="noop-tls", what="noop, TLS in front", kind="noop", path="/noop", site=_TLS),
    Workload(name="noop-5000", what="noop, 5,000 endpoints more", kind="noop", path="/noop", site=_LARGE),
    Workload(
        name="json-5000", what="json, 5,000 endpoints more", kind="json", path="/json/42", site=_LARGE, beside=JSON
    ),
    Workload(name="json-hooks", what=_HOOKS, kind="hooks", path="/hooked/42", site=_HOOKED, beside=JSON),
    Workload(name="post-1k", what="no-op POST, body of 1 KiB", kind="noop", path="/post", body_bytes=1024),
    Workload(name="post-1m", what="no-op POST, body of 1 MiB", kind="noop", path="/post", body_bytes=1024 * 1024),
    Workload(name="boot", what="start to first answer", kind="noop", path="/noop", is_boot=True, is_main=True),
    Workload(
        name="boot-5000", what="the same, 5,000 endpoints more", kind="noop", path="/noop", site=_LARGE, is_boot=True
    ),
)


def chosen(patterns: list[str]) -> list[Workload]:
    """The workloads whose names match; the main ones for none; ValueError for a pattern that matches nothing."""
    if not patterns:
        return [workload for workload in WORKLOADS if workload.is_main]
    for pattern in patterns:
        if not any(fnmatchcase(workload.name, pattern) for workload in WORKLOADS):
            raise ValueError(f"no workload is called {pattern}; there are {', '.join(w.name for w in WORKLOADS)}")
    return [w for w in WORKLOADS if any(fnmatchcase(w.name, pattern) for pattern in patterns)]
