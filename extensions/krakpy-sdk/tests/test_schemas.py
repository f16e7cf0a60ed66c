"""The JSON Schema of settings is told from their class."""
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pytest
from krakpy_sdk.schemas import schema_of


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Inner:
    port: int


@dataclass
class Tree:
    left: "Tree | None" = None
    right: "Tree | None" = None


def of(kind: Any) -> Any:
    """The schema of one field of this type."""

    @dataclass
    class Config:
        value: kind

    Config.__annotations__["value"] = kind
    return schema_of(Config)["properties"]["value"]


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (str, {"type": "string"}),
        (bool, {"type": "boolean"}),
        (int | None, {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        (Literal["a", 1], {"enum": ["a", 1]}),
        (Colour, {"enum": ["red", "blue"]}),
        (tuple[str, ...], {"type": "array", "items": {"type": "string"}}),
        (tuple[int, str], {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": False}),
        (list, {"type": "array"}),
        (frozenset[float], {"type": "array", "items": {"type": "number"}}),
        (dict[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
        (Mapping[str, bool], {"type": "object", "additionalProperties": {"type": "boolean"}}),
        (dict, {"type": "object"}),
        (Annotated[int, "a port"], {"type": "integer"}),
        (Any, {}),
        (bytes, {}),
    ],
    ids=str,
)
def test_a_type_has_its_schema(kind, schema):
    assert of(kind) == schema


def test_classes_inside_are_told_whole():
    assert of(Inner) == {
        "type": "object",
        "properties": {"port": {"type": "integer"}},
        "required": ["port"],
        "additionalProperties": False,
    }


def test_defaults_are_told_and_what_has_none_is_required():
    @dataclass
    class Config:
        name: str
        header: str = "X-Country"
        block: tuple[str, ...] = ()
        table: dict[str, str] = field(default_factory=dict)
        hidden: object = object()

    schema = schema_of(Config)
    assert schema["required"] == ["name"]
    assert schema["properties"]["header"] == {"type": "string", "default": "X-Country"}
    assert schema["properties"]["block"]["default"] == []
    assert "default" not in schema["properties"]["table"]
    assert "default" not in schema["properties"]["hidden"]


def test_a_class_that_holds_itself_has_an_end():
    left = schema_of(Tree)["properties"]["left"]
    assert left["anyOf"] == [{}, {"type": "null"}]


@pytest.mark.parametrize("config", [None, int, "text", type("Plain", (), {})], ids=str)
def test_what_is_no_class_of_settings_says_nothing(config):
    assert schema_of(config) == {}


def test_annotations_that_lead_nowhere_say_nothing():
    @dataclass
    class Config:
        value: "Gone"  # type: ignore[name-defined]  # noqa: F821  # it leads nowhere on purpose

    assert schema_of(Config) == {}
