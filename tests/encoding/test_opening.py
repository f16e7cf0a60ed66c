"""What is opened is a tree of names; a value that is read whole covers everything below it."""
import pytest

from krakpy.encoding.opening import Opening


def opened(*looks):
    """Levels as dotted paths, values with an exclamation mark behind them."""
    opening = Opening()
    for look in looks:
        path = tuple(look.removesuffix("!").split(".")) if look else ()
        if look.endswith("!"):
            opening.value(path)
        else:
            opening.level(path)
    return [f"{path}!" if is_whole else path for path, is_whole in opening.paths()]


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ((), []),
        (("",), []),
        (("a.b",), ["a", "a.b"]),
        (("a.b!",), ["a", "a.b!"]),
        (("a", "a.b", "c"), ["a", "a.b", "c"]),
        (("a.b", "a!"), ["a!"]),
        (("a!", "a.b"), ["a!"]),
        (("a!", "a.b!"), ["a!"]),
        (("a!", "a.b.c!"), ["a!"]),
        (("a.b!", "a.c"), ["a", "a.b!", "a.c"]),
    ],
)
def test_looks_add_up(looks, expected):
    assert opened(*looks) == expected
