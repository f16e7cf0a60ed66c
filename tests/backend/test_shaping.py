"""`target`, `allow`, `deny`, `mapping`, `flatmap_filter` and `group` do what KrakenD's formatter does."""
import pytest

from krakpy.backend.shaping import shaper
from tests.backend.services import backend, flatmap

A = {"b": 1, "c": 2, "d": {"e": 3, "f": 4}}
DOCUMENT = {"a": A, "l": [{"x": 1}], "s": "t", "n": None}


def without(*names):
    return {name: value for name, value in DOCUMENT.items() if name not in names}


@pytest.mark.parametrize(
    ("settings", "shaped"),
    [
        ({"target": "a"}, A),
        ({"target": "a.d"}, {"e": 3, "f": 4}),
        ({"target": "zz"}, {}),
        ({"target": "a.zz.q"}, {}),
        ({"target": "s"}, {}),
        ({"target": "l"}, {}),
        ({"target": "n"}, {}),
        ({"allow": ["s"]}, {"s": "t"}),
        ({"allow": ["a.b", "a.d.e"]}, {"a": {"b": 1, "d": {"e": 3}}}),
        ({"allow": ["a"]}, {"a": A}),
        ({"allow": ["a", "a.b"]}, {"a": {"b": 1}}),
        ({"allow": ["a.b", "a"]}, {"a": A}),
        ({"allow": ["zz", "a.zz"]}, {}),
        ({"allow": ["s.q"]}, {}),
        ({"allow": ["l.x"]}, {}),
        ({"allow": ["l"]}, {"l": [{"x": 1}]}),
        ({"allow": ["n"]}, {"n": None}),
        ({"allow": ["S"]}, {}),
        ({"allow": ["s", "a"], "deny": ["s"]}, {"s": "t", "a": A}),
        ({"deny": ["s"]}, without("s")),
        ({"deny": ["a.b", "a.d.e", "l.x", "s"]}, {**without("s"), "a": {"c": 2, "d": {"f": 4}}}),
        ({"deny": ["a.b", "a.c", "a.d"]}, {**without(), "a": {}}),
        ({"deny": ["zz", "a.zz.q", "s.q"]}, DOCUMENT),
        ({"deny": ["a", "a.b"]}, without("a")),
        ({"deny": ["a.b", "a"]}, without("a")),
        ({"deny": ["a", "l", "s", "n"]}, {}),
        ({"mapping": {"s": "text", "n": "nothing"}}, {**without("s", "n"), "text": "t", "nothing": None}),
        ({"mapping": {"s": "a"}}, {**without("s"), "a": "t"}),
        ({"mapping": {"a.b": "z"}}, DOCUMENT),
        ({"mapping": {"s": "t.u"}}, {**without("s"), "t": "t"}),
        ({"mapping": {"s": "s"}}, without("s")),
        ({"mapping": {"zz": "y"}}, DOCUMENT),
        ({"mapping": {"s": "n", "n": "m"}}, {**without("s", "n"), "m": "t"}),
        ({"allow": ["s"], "mapping": {"s": "text"}}, {"text": "t"}),
        ({"deny": ["s"], "mapping": {"s": "text"}}, without("s")),
        ({"group": "g"}, {"g": DOCUMENT}),
        ({"group": "g.h"}, {"g.h": DOCUMENT}),
        ({"group": "g", "allow": ["zz"]}, {"g": {}}),
        ({"target": "a", "mapping": {"b": "bee"}, "group": "g"}, {"g": {"bee": 1, "c": 2, "d": {"e": 3, "f": 4}}}),
        ({"target": "a", "deny": ["d.e"]}, {"b": 1, "c": 2, "d": {"f": 4}}),
        (flatmap(("del", "a", "l.0.x"), ("move", "s", "text")), {"l": [None], "text": "t", "n": None}),
        ({"target": "a", **flatmap(("del", "d")), "group": "g"}, {"g": {"b": 1, "c": 2}}),
        ({"allow": ["n"], "mapping": {"n": "m"}, **flatmap(("del", "a"))}, without("a")),
        ({"deny": ["a"], "mapping": {"n": "m"}, **flatmap(("del", "l"))}, without("l")),
        ({"allow": ["n"], **flatmap(("zap", "s"))}, DOCUMENT),
        ({"allow": ["n"], **flatmap(("", "s"))}, {"n": None}),
        ({"target": "a.d", **flatmap(("del", "*")), "group": "g"}, {"g": None}),
    ],
    ids=str,
)
def test_a_document_is_shaped(settings, shaped):
    assert shaper(backend(**settings))(DOCUMENT) == shaped


@pytest.mark.parametrize(
    ("settings", "shaped"),
    [
        ({"target": "a"}, {}),
        ({"group": "g"}, {"g": None}),
        ({"target": "a", "group": "g"}, {"g": {}}),
        ({"allow": ["a"]}, None),
        ({"deny": ["a"]}, None),
        ({"mapping": {"a": "b"}, "deny": ["a"]}, None),
        (flatmap(("del", "a")), None),
    ],
    ids=str,
)
def test_null_is_shaped_too(settings, shaped):
    assert shaper(backend(**settings))(None) == shaped


def test_nothing_configured_changes_nothing():
    assert shaper(backend())(DOCUMENT) is DOCUMENT
