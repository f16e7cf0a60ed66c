"""Paths of endpoints: how one is cleaned, which parameters it has, and what is wrong with it.

    parse("/users/{id}")                      # Route(path="/users/{id}", parameters=("id",))
    parse("/file.{ext}", is_rest=False)       # Route(path="/file.{ext}", parameters=("ext",))
"""
from __future__ import annotations

import re
from typing import NamedTuple

_RESERVED = re.compile(r"/__(debug|echo|health)(/.*)?$")
_PLAIN = re.compile(r"[^{}:]*")
_PARAMETER = re.compile(r"\{([a-zA-Z\-_0-9]+)\}(.*)", re.DOTALL)
#: with `disable_rest` a name may have dots, and a text before it
_LOOSE_PARAMETER = re.compile(r"([^{}]*)\{([\w\-.]+)\}(.*)", re.DOTALL | re.ASCII)
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


class Route(NamedTuple):
    """A path that the router can serve: each of its segments is a text, or one parameter in braces.

    Without REST (KrakenD: `disable_rest`) a segment may also be a text and a parameter behind it.
    """

    path: str
    """The cleaned path; text after a parameter is a part of the parameter's name: `/{a}.json` is `/{a.json}`."""

    parameters: tuple[str, ...]
    """The parameters' names, as they are written."""


def parse(path: str, *, is_rest: bool = True) -> Route:
    """The route of an endpoint's `endpoint`; ValueError says why there is none."""
    _refuse(path)
    found: list[str] = []
    segments = [_segment(segment, found, is_rest=is_rest) for segment in clean(path).split("/")]
    for name in found:
        if found.count(name) > 1:
            raise ValueError(f"the parameter {{{name}}} is there twice")
        # SECURITY: a client must not write what the upstream takes for the claim of a token
        if name.startswith("JWT."):
            raise ValueError(f"{{{name}}} is the claim of a token, and no parameter")
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


def _segment(segment: str, found: list[str], *, is_rest: bool) -> str:
    if _PLAIN.fullmatch(segment):
        return segment  # PERF: most segments are
    text, name, rest = _strict(segment) if is_rest or segment.startswith(":") else _loose(segment)
    if not name:
        if any(character in segment for character in "{}:"):
            what = "a text, or {name}" if is_rest else "a text, {name}, or a text and {name} behind it,"
            signs = "letters, digits, - and _" if is_rest else "letters, digits, -, _ and ."
            raise ValueError(f"{segment!r}: a segment is {what} with {signs} alone")
        return segment
    if any(character in text + rest for character in "{}:"):
        raise ValueError(f"{segment!r}: a segment holds one parameter, not more")
    found.append(name)
    return f"{text}{{{name}{rest}}}"


def _strict(segment: str) -> tuple[str, str, str]:
    """Nothing, a segment's parameter, and the text after it; `:name` is the router's own way to write one."""
    if segment.startswith(":"):
        return "", segment[1:], ""
    match = _PARAMETER.fullmatch(segment)
    return ("", match[1], match[2]) if match else ("", "", "")


def _loose(segment: str) -> tuple[str, str, str]:
    """The text before a segment's parameter, the parameter, and the text after it."""
    match = _LOOSE_PARAMETER.fullmatch(segment)
    return (match[1], match[2], match[3]) if match else ("", "", "")


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
    begun = (segment.partition("{") for segment in route.path.split("/")[1:])
    return tuple(f"{text}{{}}" if brace else text for text, brace, _ in begun)
