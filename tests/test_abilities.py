"""Objects are told apart by what they have."""
from typing import Protocol

import pytest

from krakpy.abilities import can


class Greeting(Protocol):
    """A name, and what is said."""

    name: str

    def greet(self) -> str: ...


class Whole:
    def __init__(self) -> None:
        self.name = "Ada"

    def greet(self) -> str:
        return f"I am {self.name}"


class Mute:
    name = "Ada"


class Nameless:
    def greet(self) -> str:
        return "I am"


@pytest.mark.parametrize(("value", "expected"), [(Whole(), True), (Mute(), False), (Nameless(), False), (None, False)])
def test_who_lacks_a_member_cannot(value, expected):
    assert can(value, Greeting) is expected
