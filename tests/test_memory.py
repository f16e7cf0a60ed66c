"""Many remember within one bound, and who looks something up finds what it has remembered or nothing."""
import random

import pytest

from krakpy.memory import Memory


def test_what_is_kept_is_found():
    own: dict[str, int] = {}
    Memory(most=2, most_each=2).keep(own, "a", 1)
    assert own == {"a": 1}


def test_who_remembers_too_much_forgets_all_of_it_and_nobody_else_does():
    memory = Memory(most=10, most_each=2)
    one: dict[int, int] = {}
    other: dict[int, int] = {}
    memory.keep(other, 0, 0)
    for number in range(3):
        memory.keep(one, number, number)
    assert (one, other) == ({2: 2}, {0: 0})


def test_who_began_first_forgets_first_where_all_together_remember_too_much():
    memory = Memory(most=3, most_each=2)
    first: dict[int, int] = {}
    second: dict[int, int] = {}
    third: dict[int, int] = {}
    for own, number in ((first, 1), (second, 2), (first, 3), (third, 4)):
        memory.keep(own, number, number)
    assert (first, second, third) == ({}, {2: 2}, {4: 4})


def test_who_has_forgotten_stands_at_the_end_again():
    memory = Memory(most=2, most_each=2)
    first: dict[int, int] = {}
    second: dict[int, int] = {}
    for own, number in ((first, 1), (second, 2), (first, 3), (first, 4)):
        memory.keep(own, number, number)
    assert (first, second) == ({3: 3, 4: 4}, {})


def test_what_is_remembered_anew_takes_no_more_room():
    memory = Memory(most=2, most_each=2)
    first: dict[int, int] = {}
    second: dict[int, int] = {}
    for own, number in ((first, 1), (first, 1), (first, 1), (second, 2)):
        memory.keep(own, number, number)
    assert (first, second) == ({1: 1}, {2: 2})


@pytest.mark.parametrize("seed", range(20))
def test_all_together_never_remember_more_than_the_bound(seed):
    rng = random.Random(seed)
    memory = Memory(most=50, most_each=8)
    everybody: list[dict[int, int]] = [{} for _ in range(40)]
    for _ in range(2000):
        own, number = rng.choice(everybody), rng.randrange(12)
        memory.keep(own, number, number)
        assert own[number] == number
        assert max(map(len, everybody)) <= 8
        assert sum(map(len, everybody)) <= 50
