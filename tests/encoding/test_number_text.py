"""Numbers have the text that they came with, or the one that Go gives them in JSON."""
import pytest

from krakpy.encoding.number_text import number_text
from krakpy.encoding.numbers import Number


@pytest.mark.parametrize("text", ["4.20", "1e5", "1.5E-7", "-0", "0.0"])
def test_a_backends_number_keeps_its_text(text):
    assert number_text(Number(text)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (42, "42"),
        (-(10**30), "-1000000000000000000000000000000"),
        (5.0, "5"),
        (0.0, "0"),
        (0.1, "0.1"),
        (-2.5, "-2.5"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (-1.5e300, "-1.5e+300"),
        (0.00001, "0.00001"),
        (1e-6, "0.000001"),
        (1.5e-7, "1.5e-7"),
        (float("inf"), "inf"),
    ],
)
def test_a_number_of_the_gateway_is_written_as_go_writes_it(number, text):
    assert number_text(number) == text
