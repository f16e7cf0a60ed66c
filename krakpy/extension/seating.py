"""Who stands where in one seat: krakpy's own steps and those of strangers in one order.

    places, circling = seated({"krakpy/url_pattern": UrlPattern, "acme-retry/acme/retry": Retry})
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from krakpy.extension.ordering import Position, circle, ordered

#: the families of middlewares, outermost first
SEATS = ("server", "router", "endpoint", "backend", "client")


def seated(classes: Mapping[str, Any]) -> tuple[dict[str, int], tuple[str, ...]]:
    """The place of every id, outermost first, and the ids of strangers that have none: they ask for a circle."""
    positions = dict(_positions(classes))
    strangers = [id for id in positions if not is_own(id)]
    own = [position for id, position in positions.items() if is_own(id)]
    # NOTE: whoever makes a circle with krakpy's own alone is to blame for it, not who stands on its way
    circling = [id for id in strangers if circle([*own, positions[id]])]
    together = circle(position for id, position in positions.items() if id not in circling)
    circling += [id for id in strangers if id not in circling and positions[id].name in together]
    placed = {id: position for id, position in positions.items() if id not in circling}
    order = {name: index for index, name in enumerate(ordered(placed.values()))}
    return {id: order[position.name] for id, position in placed.items()}, tuple(circling)


def is_own(id: str) -> bool:
    """Whether an id is of krakpy itself."""
    return id.startswith("krakpy/")


def is_step(id: str) -> bool:
    """Whether an id is of a step of krakpy's own that no configuration lists: those have plain names."""
    return is_own(id) and "/" not in id.removeprefix("krakpy/")


def condition(loaded: Any) -> Callable[[Any], object] | None:
    """What says of an object's settings whether one of krakpy's own steps is in its chain; None if it always is."""
    found: Callable[[Any], object] | None = getattr(loaded, "applies_to", None)
    return found


def _positions(classes: Mapping[str, Any]) -> Iterator[tuple[str, Position]]:
    """What each class says about its place; a stranger with one of krakpy's own names is known by its id."""
    taken = {id.removeprefix("krakpy/") for id in classes if is_own(id)}
    for id, loaded in classes.items():
        name = id.partition("/")[2]
        known_as = id if name in taken and not is_own(id) else name
        yield id, Position(known_as, tuple(getattr(loaded, "inside", ())), tuple(getattr(loaded, "outside", ())))
