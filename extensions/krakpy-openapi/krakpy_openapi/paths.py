"""Paths of OpenAPI as paths of endpoints: parameters at one place have one name in all of them.

    paths = Paths()
    paths.named("/orders/{order.id}")         # ("/orders/{order_id}", {"order.id": "order_id"})
    paths.named("/orders/{id}/invoice")       # ("/orders/{order_id}/invoice", {"id": "order_id"})
"""
from __future__ import annotations

import re

PARAMETER = re.compile(r"\{([^{}/]*)\}")


class Paths:
    """The names that parameters have had so far, by the place that they stand at."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, ...], str] = {}

    def named(self, path: str) -> tuple[str, dict[str, str]]:
        """The path with the names that it shares with others, and the name of each of its parameters."""
        place: tuple[str, ...] = ()
        names: dict[str, str] = {}
        segments: list[str] = []
        for segment in path.split("/"):
            match = PARAMETER.fullmatch(segment)
            place = (*place, "{}" if match else segment)
            if match:
                names[match[1]] = self._names.setdefault(place, plain(match[1]))
            segments.append("{" + names[match[1]] + "}" if match else segment)
        return "/".join(segments), names


def plain(name: str) -> str:
    """A parameter's name in letters that a path of the gateway can have."""
    return re.sub(r"[^a-zA-Z0-9_\-]", "_", name)


def unserved(path: str) -> str:
    """Why a path cannot be one of an endpoint; empty if it can."""
    if not path.startswith("/"):
        return "a path begins with a slash"
    if any("{" in segment and not PARAMETER.fullmatch(segment) for segment in path.split("/")):
        return "a parameter has to be a whole segment"
    names = PARAMETER.findall(path)
    return "a parameter is there twice" if len(names) > len(set(names)) else ""
