"""Functions of chance give what they promise, and no two of them the same."""
from __future__ import annotations

import re

import pytest
from krakpy_templates.engine import Engine


def rendered(source: str) -> str:
    engine = Engine()
    engine.add(source, "a")
    return engine.render("a", {}).text


@pytest.mark.parametrize(
    ("source", "pattern"),
    [
        ("{{ randAlpha 20 }}", "[A-Za-z]{20}"),
        ("{{ randAlphaNum 20 }}", "[A-Za-z0-9]{20}"),
        ("{{ randNumeric 20 }}", "[0-9]{20}"),
        ("{{ randAscii 20 }}", "[ -~]{20}"),
        ("{{ randBytes 16 }}", "[A-Za-z0-9+/]{22}=="),
        ("{{ uuidv4 }}", "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
        ("{{ randInt 1000000000 9000000000 }}", "[1-8][0-9]{9}"),
        ('{{ shuffle "abcdefghijklmnopqrst" }}', "[a-t]{20}"),
    ],
)
def test_each_time_another_text_of_the_same_kind(source, pattern):
    one, other = rendered(source), rendered(source)
    assert re.fullmatch(pattern, one)
    assert one != other
