"""Numbers remember the text that they were written in."""
import copy
import json
import math
import pickle

import pytest

from krakpy.encoding.numbers import Number


def test_a_number_is_the_float_that_its_text_means():
    assert Number("4.20") == 4.2
    assert hash(Number("4.20")) == hash(4.2)
    assert Number("4.20") + 1 == 5.2


@pytest.mark.parametrize("text", ["4.20", "1e5", "1.5E-7", "-0", "0.0", "3.14159265358979323846264338327950288"])
def test_the_text_is_kept(text):
    assert Number(text).text == text


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda number: pickle.loads(pickle.dumps(number))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_copies_keep_the_text(copied):
    again = copied(Number("4.20"))
    assert (again, again.text) == (4.2, "4.20")


def test_the_standard_library_writes_it_as_a_float():
    assert json.dumps([Number("4.20")]) == "[4.2]"


@pytest.mark.parametrize("text", ["1e999", "-1e999", "nan", "inf"])
def test_a_number_is_always_finite(text):
    assert not math.isfinite(float(text))
    with pytest.raises(ValueError, match="too large"):
        Number(text)
