"""krakpy's own steps and those of strangers stand in one order, which strangers can join and not spoil."""
import json
from pathlib import Path

import pytest

from krakpy.extension.catalog import read_catalog
from krakpy.extension.seating import SEATS, is_own, is_step, seated

GOLDEN = Path(__file__).with_name("order.json")


def placed(**sides):
    """A class that says this about its place."""
    return type("Placed", (), {side: tuple(names) for side, names in sides.items()})


OWN = {"krakpy/url_pattern": placed(outside=["load_balancer"]), "krakpy/load_balancer": placed()}


def order(classes):
    places, circling = seated(classes)
    return sorted(places, key=places.__getitem__), circling


def test_a_stranger_takes_the_place_that_it_asks_for():
    retry = placed(inside=["url_pattern"], outside=["load_balancer"])
    assert order({**OWN, "acme-retry/acme/retry": retry}) == (
        ["krakpy/url_pattern", "acme-retry/acme/retry", "krakpy/load_balancer"], (),
    )  # fmt: skip


def test_a_stranger_that_asks_for_a_circle_has_no_place_and_all_others_keep_theirs():
    circling = placed(inside=["load_balancer"], outside=["url_pattern"])
    found = order({**OWN, "acme/acme/loop": circling, "acme/acme/fine": placed(inside=["load_balancer"])})
    assert found == (["krakpy/url_pattern", "krakpy/load_balancer", "acme/acme/fine"], ("acme/acme/loop",))


def test_whoever_stands_on_the_way_of_a_circle_is_not_to_blame():
    circling = placed(inside=["load_balancer"], outside=["url_pattern"])
    between = placed(inside=["url_pattern"], outside=["load_balancer"])
    found = order({**OWN, "acme/acme/loop": circling, "acme/acme/between": between})
    assert found == (["krakpy/url_pattern", "acme/acme/between", "krakpy/load_balancer"], ("acme/acme/loop",))


def test_strangers_that_make_a_circle_together_have_no_place():
    first, second = placed(outside=["acme/b"]), placed(outside=["acme/a"])
    found = order({**OWN, "acme/acme/a": first, "other/acme/b": second})
    assert found == (["krakpy/url_pattern", "krakpy/load_balancer"], ("acme/acme/a", "other/acme/b"))


def test_a_stranger_with_one_of_krakpys_own_names_neither_takes_its_place_nor_speaks_for_it():
    found = order({**OWN, "evil/url_pattern": placed(inside=["load_balancer"])})
    assert found == (["krakpy/url_pattern", "krakpy/load_balancer", "evil/url_pattern"], ())


@pytest.mark.parametrize(
    ("id", "own", "step"),
    [
        ("krakpy/url_pattern", True, True),
        ("krakpy/plugin/http-client", True, False),
        ("krakpy-jose/auth/validator", False, False),
        ("acme/url_pattern", False, False),
    ],
)
def test_steps_that_no_configuration_lists_have_plain_names_and_are_krakpys_own(id, own, step):
    assert (is_own(id), is_step(id)) == (own, step)


def test_the_order_of_krakpys_own_is_the_golden_one():
    """`krakpy ext order`; when this is meant to change, write `order.json` anew and read the difference."""
    own = [candidate for candidate in read_catalog().candidates if candidate.distribution == "krakpy"]
    found = {}
    for seat in SEATS:
        ids, circling = order({c.id: c.entry_point.load() for c in own if c.family == seat})
        assert not circling
        found[seat] = [id.removeprefix("krakpy/") for id in ids]
    assert found == json.loads(GOLDEN.read_text())
