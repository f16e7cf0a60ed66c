"""Every line of the tables speaks of a key that is there."""

import pytest

from krakpy.config.built import ENTERPRISE, NOT_BUILT
from krakpy.config.reference import objects


@pytest.mark.parametrize("line", sorted([*NOT_BUILT, *ENTERPRISE]))
def test_a_line_names_a_key_of_an_object(line):
    key = line.partition("=")[0]
    spoken_of = {
        f"{described.table}.{field.key}" for described in objects() if described.table for field in described.fields
    }
    assert key in spoken_of


def test_a_key_is_in_one_table():
    assert not NOT_BUILT.keys() & ENTERPRISE.keys()
