"""Nobody counts: each middleware says what it stands inside and outside of, and that gives one order."""
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krakpy.codes import Code
from krakpy.errors import ConfigurationError
from krakpy.extension.ordering import Position, circle, ordered

CIRCLES = {
    "itself": ([Position("a", inside=("a",))], ("a",)),
    "two": ([Position("a", outside=("b",)), Position("b", outside=("a",))], ("a", "b")),
    "two that say it from both sides": ([Position("a", inside=("b",), outside=("b",)), Position("b")], ("a", "b")),
    "three": (
        [Position("a", outside=("b",)), Position("b", outside=("c",)), Position("c", outside=("a",))], ("a", "b", "c"),
    ),
    "with bystanders on both sides": (
        [Position("a", outside=("b",)), Position("b", outside=("a",)), Position("in", inside=("a",)),
         Position("deep", inside=("in",)), Position("out", outside=("b",))],
        ("a", "b"),
    ),
}  # fmt: skip


def test_what_wraps_comes_first_whoever_says_so():
    assert ordered([Position("a", inside=("z",)), Position("z")]) == ("z", "a")
    assert ordered([Position("a"), Position("z", outside=("a",))]) == ("z", "a")


def test_ties_are_broken_by_name_and_not_by_the_order_of_installation():
    positions = [Position("c", outside=("a",)), Position("b"), Position("a"), Position("d")]
    assert {ordered(order) for order in permutations(positions)} == {("b", "c", "a", "d")}


def test_names_that_are_absent_ask_for_nothing():
    assert ordered([Position("a", inside=("gone",), outside=("away",))]) == ("a",)


def test_nothing_has_an_order():
    assert ordered([]) == circle([]) == ()


@pytest.mark.parametrize(("positions", "names"), CIRCLES.values(), ids=CIRCLES)
def test_a_circle_is_refused_and_its_members_are_named(positions, names):
    assert circle(positions) == names
    with pytest.raises(ConfigurationError) as refusal:
        ordered(positions)
    [problem] = refusal.value.problems
    assert (problem.code, problem.place) == (Code.ORDER, names[0])
    assert all(name in problem.message for name in names)


names = st.sampled_from("abcdef")
positions = st.builds(Position, names, st.tuples(names), st.tuples(names))


@given(st.lists(positions, max_size=6, unique_by=lambda position: position.name))
def test_every_wish_is_met_or_a_circle_is_named(wishes):
    if circle(wishes):
        with pytest.raises(ConfigurationError):
            ordered(wishes)
        return
    place = {name: index for index, name in enumerate(ordered(wishes))}
    assert set(place) == {position.name for position in wishes}
    for position in wishes:
        assert all(place[outer] < place[position.name] for outer in position.inside if outer in place)
        assert all(place[inner] > place[position.name] for inner in position.outside if inner in place)
