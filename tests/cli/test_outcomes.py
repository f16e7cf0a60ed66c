"""How long something took, as people say it."""
import pytest

from krakpy.cli.outcomes import duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.0 s"), (4.21, "4.2 s"), (200, "3 min 20 s"), (18120, "5 h 2 min"), (172_799, "47 h 59 min"),
        (1_047_600, "12 d 3 h"),
    ],
)  # fmt: skip
def test_a_duration_is_said_in_its_two_largest_units(seconds, words):
    assert duration(seconds) == words
