"""References inside of an OpenAPI document: all but those to schemas are put in their places.

    References(document).resolved({"$ref": "#/components/parameters/Page"}, "paths./a.get.parameters[0]")
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from krakpy_sdk import LoadError

SCHEMAS = "#/components/schemas/"
DEEPEST = 20
"""How many references may lead from one to the next."""


class References:
    """What the references of one document lead to."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def resolved(self, value: Any, place: str) -> dict[str, Any]:
        """The object that stands there, or that is referred to from there. Raises LoadError."""
        for _ in range(DEEPEST):
            if not isinstance(value, dict):
                raise LoadError("an object is expected", place=place)
            reference = value.get("$ref")
            if not isinstance(reference, str):
                return value
            value = self._found(reference, place)
        raise LoadError("the references go round in a circle", place=place)

    def _found(self, reference: str, place: str) -> Any:
        if not reference.startswith("#/"):
            remedy = "Put everything into one file first: krakpy fetches nothing."
            raise LoadError(f"{reference} is in another document", place=place, remedy=remedy)
        value: Any = self._document
        for word in reference[2:].split("/"):
            name = word.replace("~1", "/").replace("~0", "~")
            if not isinstance(value, dict) or name not in value:
                raise LoadError(f"{reference} leads nowhere", place=place)
            value = value[name]
        return value
