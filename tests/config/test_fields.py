"""The fields of Structs and dataclasses look alike to the decoder."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec
import pytest

from krakpy.config import fields
from krakpy.config.kinds import Model, Rest


@dataclass(frozen=True)
class Plain:
    needed: int
    given: int = 5
    made: list[int] = dataclasses.field(default_factory=list)
    shared: ClassVar[int] = 1
    computed: int = dataclasses.field(init=False, default=0)


class Named(msgspec.Struct, frozen=True, kw_only=True):
    needed: int
    from_: str = msgspec.field(name="from", default="x")
    made: list[int] = msgspec.field(default_factory=list)


class Open(Model, frozen=True, kw_only=True):
    SPELLINGS: ClassVar[dict[str, str]] = {"old": "name"}
    ACCEPTED: ClassVar[dict[str, str]] = {"gone": "Remove it."}

    name: str = ""
    others: Rest = msgspec.field(default_factory=dict)


@dataclass
class Broken:
    value: Nowhere  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize(
    ("kind", "has"), [(Plain, True), (Named, True), (dict, False), (Any, False), (list[int], False)]
)
def test_structs_and_dataclasses_have_fields(kind, has):
    assert fields.has_fields(kind) is has


@pytest.mark.parametrize(("cls", "keys"), [(Plain, ["needed", "given", "made"]), (Named, ["needed", "from", "made"])])
def test_a_field_has_the_key_of_the_file(cls, keys):
    found = fields.fields_of(cls)
    assert list(found.by_key) == keys
    assert found.required == ("needed",)


@pytest.mark.parametrize("cls", [Plain, Named])
def test_defaults_are_made_anew(cls):
    made = fields.fields_of(cls).by_key["made"]
    assert made.default() == []
    assert made.default() is not made.default()


def test_defaults_that_are_given_are_returned():
    assert fields.fields_of(Plain).by_key["given"].default() == 5
    assert fields.fields_of(Named).by_key["from"].default() == "x"


def test_a_class_may_collect_what_it_does_not_name():
    found = fields.fields_of(Open)
    assert found.rest is not None
    assert found.rest.name == "others"
    assert list(found.by_key) == ["name"]
    assert (found.spellings, found.accepted) == ({"old": "name"}, {"gone": "Remove it."})


def test_annotations_that_cannot_be_resolved_are_named():
    with pytest.raises(fields.UnreadableClass, match="Broken cannot be resolved: name 'Nowhere'"):
        fields.fields_of(Broken)


@pytest.mark.parametrize(
    ("key", "is_comment"),
    [("@a", True), ("$a", True), ("_a", True), ("#a", True), ("x-a", True), ("a@", False), ("X", False)],
)
def test_comments_begin_with_a_sign(key, is_comment):
    assert fields.is_comment(key) is is_comment


@pytest.mark.parametrize(("key", "near"), [("neded", "needed"), ("GIVEN", "given"), ("zzz", "")])
def test_the_nearest_key_is_the_one_that_looks_alike(key, near):
    assert fields.nearest(key, fields.fields_of(Plain)) == near
