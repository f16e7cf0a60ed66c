"""Paths of endpoints: how one is cleaned, which parameters it has, and what is wrong with it.

    parse("/users/{id}")      # Route(path="/users/{id}", parameters=("id",))
"""
from __future__ import annotations

import re
from typing import NamedTuple

_RESERVED = re.compile(r"/__(debug|echo|health)(/.*)?$")
_PARAMETER = re.compile(r"\{([a-zA-Z\-_0-9]+)\}(.*)", re.DOTALL)
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


class Route(NamedTuple):
    """A path that the router can serve: each of its segments is a text, or one parameter in braces."""

    path: str
    """The cleaned path; a segment with text after its parameter is one parameter: `/{a}.json` is `/{a.json}`."""

    parameters: tuple[str, ...]
    """The parameters' names, as they are written."""


def parse(path: str) -> Route:
    """The route of an endpoint's `endpoint`; ValueError says why there is none."""
    _refuse(path)
    found: list[str] = []
    segments = [_segment(segment, found) for segment in clean(path).split("/")]
    for name in found:
        if found.count(name) > 1:
            raise ValueError(f"the parameter {{{name}}} is there twice")
    return Route("/".join(segments), tuple(found))


def _refuse(path: str) -> None:
    if not path:
        raise ValueError("the path is empty")
    if "*" in path:
        raise ValueError(f"{path!r}: wildcards are a feature of KrakenD Enterprise")
    if _RESERVED.search(with_slash(path)):
        raise ValueError(f"{path!r}: /__debug, /__echo and /__health are reserved")
    for character in "?#%":
        if character in path:
            raise ValueError(f"{path!r}: a path is written as it reads, without {character!r}")


def _segment(segment: str, found: list[str]) -> str:
    name, rest = _parameter(segment)
    if name is None:
        if any(character in segment for character in "{}:"):
            raise ValueError(f"{segment!r}: a segment is a text, or {{name}} with letters, digits, - and _ alone")
        return segment
    if any(character in rest for character in "{}:"):
        raise ValueError(f"{segment!r}: a segment holds one parameter, not more")
    found.append(name)
    return f"{{{name}{rest}}}"


def _parameter(segment: str) -> tuple[str | None, str]:
    """The name of a segment's parameter and the text after it; `:name` is the router's own way to write one."""
    if segment.startswith(":") and len(segment) > 1:
        return segment[1:], ""
    match = _PARAMETER.fullmatch(segment)
    return (match[1], match[2]) if match else (None, "")


def with_slash(path: str) -> str:
    """The path with exactly one slash put before it if it has none (KrakenD strips one and adds one)."""
    return "/" + path.removeprefix("/")


def clean(path: str) -> str:
    """The path without empty and dot segments; a slash at its end stays (Go: path.Join)."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    return "/" + "/".join(kept) + ("/" if kept and path.endswith("/") else "")


def shape(route: Route) -> tuple[str, ...]:
    """The segments with `{}` for every parameter: two routes of one shape answer the same requests."""
    return tuple("{}" if segment.startswith("{") else segment for segment in route.path.split("/")[1:])
