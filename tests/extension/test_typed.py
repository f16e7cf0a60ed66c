"""Settings mean the same where krakpy is and where only the sdk is: what one decoder takes, the other takes too."""
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import msgspec
import pytest
from krakpy_sdk import ConfigError
from krakpy_sdk.typed import decoded

from krakpy.config.decoding import decode_settings


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    size: int
    tags: tuple[str, ...] = ()


@dataclass
class Config:
    text: str = "a"
    count: int = 0
    ratio: float = 0.0
    on: bool = False
    maybe: int | None = None
    mode: Literal["fast", "safe"] = "fast"
    names: list[str] = field(default_factory=list)
    pair: tuple[int, str] = (0, "")
    some: frozenset[int] = frozenset()
    table: dict[str, Inner] = field(default_factory=dict)
    numbered: dict[int, str] = field(default_factory=dict)
    view: Mapping[str, Any] = field(default_factory=dict)
    either: int | str = 0
    anything: Any = None
    where: Path = Path()
    colour: Colour = Colour.RED
    wait: timedelta = timedelta()
    at: datetime | None = None
    on_day: date | None = None
    price: Decimal = Decimal(0)
    id: UUID | None = None
    inner: Inner | None = None

    def __post_init__(self) -> None:
        if "" in self.names:
            raise ConfigError("is empty", path=f"names[{self.names.index('')}]")
        if self.text == "value":
            raise ValueError("not this one")


class Struct(msgspec.Struct, forbid_unknown_fields=True):
    size: int = 1


GOOD: list[dict[str, Any]] = [
    {}, {"text": "é", "count": 2**70, "ratio": 1, "on": True}, {"maybe": None}, {"maybe": 5}, {"mode": "safe"},
    {"names": ["a"], "pair": [1, "x"], "some": [1, 2]}, {"table": {"a": {"size": 1, "tags": ["x"]}}},
    {"numbered": {"5": "five"}}, {"view": {"a": [1]}}, {"either": "x"}, {"anything": [{"k": None}]},
    {"where": "a/b"}, {"colour": "red"}, {"wait": "1m30s"}, {"wait": "250ms"}, {"at": "2024-01-02T03:04:05"},
    {"on_day": "2024-01-02"}, {"price": "1.10"}, {"id": "12345678-1234-5678-1234-567812345678"},
    {"inner": {"size": 1}}, {"@comment": "free", "x-owner": 1},
]  # fmt: skip
BAD: list[Any] = [
    {"texd": "x"}, {"Text": "x"}, {"text": 5}, {"text": None}, {"count": "5"}, {"count": True}, {"count": 1.5},
    {"on": 1}, {"mode": "FAST"}, {"names": "a"}, {"names": ["a", 5]}, {"pair": [1]}, {"table": []},
    {"table": {"a": {"size": "x"}}}, {"inner": {}}, {"inner": []}, {"either": []}, {"colour": "blue"},
    {"wait": 5}, {"wait": "5"}, {"at": "soon"}, {"id": "x"}, {"names": ["a", ""]}, {"text": "value"}, [], 5, None,
    {"texd": "x", "count": "y", "names": [1, 2]},
]  # fmt: skip


@pytest.mark.parametrize("value", GOOD, ids=str)
def test_what_fits_is_the_same_in_both(value):
    assert decoded(Config, value) == decode_settings(Config, value, "")


@pytest.mark.parametrize("value", BAD, ids=str)
def test_what_does_not_fit_is_found_at_the_same_places_in_both(value):
    settings, misfits = decoded(Config, value)
    _, problems = decode_settings(Config, value, "")
    assert settings is None
    assert {(misfit.code, misfit.path) for misfit in misfits} == {(p.code.name, p.place) for p in problems}


def test_a_class_of_msgspecs_is_decoded_by_msgspec():
    assert decoded(Struct, {"size": 5}) == (Struct(5), [])
    _, [misfit] = decoded(Struct, {"size": "x"})
    assert (misfit.code, misfit.path) == ("WRONG_TYPE", "size")


@dataclass
class Odd:
    pattern: re.Pattern = re.compile("")  # type: ignore[type-arg]
    odd: complex = 0j


def test_a_type_that_settings_cannot_hold_is_named():
    assert decoded(Odd, {"pattern": "a+"})[0].pattern.pattern == "a+"
    _, [misfit] = decoded(Odd, {"odd": 1})
    assert "settings cannot hold" in misfit.message
