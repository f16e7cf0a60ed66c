"""How instances stand and do, and what ends a quarantine, as people read it."""
import pytest

from krakpy.cli.instances import duration, milliseconds


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.0 s"), (4.21, "4.2 s"), (200, "3 min 20 s"), (18120, "5 h 2 min"), (172_799, "47 h 59 min"),
        (1_047_600, "12 d 3 h"),
    ],
)  # fmt: skip
def test_a_duration_is_said_in_its_two_largest_units(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("value", "words"), [(0.000384, "0.384 µs"), (0.0451, "45.1 µs"), (1.234, "1.23 ms"), (950, "950 ms")]
)
def test_the_time_of_a_call_has_a_unit_that_fits(value, words):
    assert milliseconds(value) == words
