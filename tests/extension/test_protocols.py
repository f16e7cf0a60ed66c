"""A Protocol says which methods its drivers have, and with which arguments they are called."""
from typing import Any, Protocol

import pytest
from krakpy_sdk import Store

from krakpy.codes import Code
from krakpy.extension.protocols import driver_breaches, methods_of


class Reads(Protocol):
    def __init__(self, config: Any) -> None: ...
    def read(self, key: str) -> bytes: ...


class Writes(Protocol):
    def __init__(self, config: Any) -> None: ...
    def write(self, key: str, value: bytes) -> None: ...


class Shelf:
    def __init__(self, config): ...
    def read(self, key): ...


class Pen:
    def __init__(self, config): ...
    def write(self, key, value): ...


class Book(Shelf):
    def write(self, key): ...


class Bare:
    def read(self, key): ...
    def write(self, key, value): ...


def test_the_methods_of_a_protocol_are_its_public_functions():
    assert methods_of(Store) == (("get", "put", "add", "delete", "take"),)


def test_a_union_has_alternatives():
    assert methods_of(Reads | Writes) == (("read",), ("write",))


@pytest.mark.parametrize(
    ("protocol", "loaded"), [(Reads, Shelf), (Writes, Pen), (Reads | Writes, Shelf), (Reads | Writes, Pen)]
)
def test_who_has_all_methods_of_an_alternative_is_a_driver(protocol, loaded):
    assert driver_breaches(protocol, loaded) == []


@pytest.mark.parametrize(
    ("loaded", "code", "said"),
    [
        (5, Code.WRONG_KIND, "a driver is a class, not int"),
        (type("Empty", (Shelf,), {"read": None}), Code.WRONG_KIND, "Empty has no read"),
        (Book, Code.SIGNATURE, "Book.write takes (key, value)"),
        (Bare, Code.SIGNATURE, "Bare is built with (config)"),
    ],
    ids=["no class", "no method", "other arguments", "built otherwise"],
)
def test_who_has_not_is_told_what_is_missing(loaded, code, said):
    assert driver_breaches(Reads | Writes, loaded)[0] == (code, said)


def test_a_class_that_cannot_be_looked_at_is_no_driver():
    class Meta(type):
        def __getattribute__(cls, name):
            raise SystemExit(3)

    assert driver_breaches(Reads, Meta("Odd", (), {}))[0][0] is Code.WRONG_KIND
