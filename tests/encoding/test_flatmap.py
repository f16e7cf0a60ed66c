"""Flatmap filters move, delete and append as KrakenD's do, and change no document in place."""
from copy import deepcopy

import pytest

from krakpy.config.model_proxy import FlatmapOperation
from krakpy.encoding.flatmap import flatmap


def operations(*written):
    """Each operation is its type and its paths."""
    return tuple(FlatmapOperation(type=type, args=tuple(args)) for type, *args in written)


def filtered(document, *written):
    before = deepcopy(document)
    change = flatmap(operations(*written))
    assert change is not None
    changed = change(document)
    assert document == before, "the document was changed in place"
    return changed


@pytest.mark.parametrize(
    ("document", "operation", "changed"),
    [
        ({"a": {"b": 1}}, ("del", "a.b"), {"a": None}),
        ({"a": 1}, ("del", "a"), None),
        ({"a": [1, 2, 3]}, ("del", "a.1"), {"a": [1, 3]}),
        ({"a": [1, 2, 3, 4]}, ("del", "a.1", "a.2"), {"a": [1, 4]}),
        ({"a": [{"i": 1, "p": 2}, {"i": 3}]}, ("del", "a.*.i"), {"a": [{"p": 2}, None]}),
        ({"a": [1, 2]}, ("del", "a.*"), {"a": None}),
        ({"a": 1, "b": {"c": 2}}, ("del", "*"), None),
        ({"a": {"x": 1, "y": 2}, "b": {"x": 3}}, ("del", "*.x"), {"a": {"y": 2}, "b": None}),
        ({"a": 1, "b": 2, "c": 3}, ("del", "a", "c"), {"b": 2}),
        ({"a": {}, "b": []}, ("del", "zz"), {"a": {}, "b": []}),
        ({"a": {}, "b": []}, ("del", "a.*", "b.*"), {"a": {}, "b": []}),
        ({"a": 5}, ("del", "a.b"), {"a": 5}),
        ({"a": 5}, ("del",), {"a": 5}),
    ],
    ids=str,
)
def test_deleting_takes_values_out(document, operation, changed):
    assert filtered(document, operation) == changed


@pytest.mark.parametrize(
    ("document", "operation", "changed"),
    [
        ({"a": 1}, ("move", "a", "b"), {"b": 1}),
        ({"a": {"b": 1}, "x": {}}, ("move", "a.b", "x.y"), {"a": {"y": 1}, "x": {}}),
        ({"a": [{"p": 1}, {"q": 2}]}, ("move", "a.*.p", "a.*.url"), {"a": [{"url": 1}, {"q": 2}]}),
        ({"a": {"x": {"p": 1}, "y": {"p": 2}}}, ("move", "a.*.p", "a.*.q"), {"a": {"x": {"q": 1}, "y": {"q": 2}}}),
        ({"a": 1, "b": 2}, ("move", "a", "b"), {"b": 1}),
        ({"b": 2, "a": 1}, ("move", "a", "b"), {"b": 1}),
        ({"a": 1}, ("move", "a", "a"), {"a": 1}),
        ({"a": [1, 2]}, ("move", "a.0", "a.x"), {"a": [1, 2]}),
        ({"a": 1}, ("move", "zz", "y"), {"a": 1}),
        ({"a": 1, "b": 2}, ("move", "*", "c"), {"a": 1, "b": 2}),
        ({"*": 1}, ("move", "*", "c"), {"c": 1}),
    ],
    ids=str,
)
def test_a_move_between_equally_long_paths_is_a_new_name(document, operation, changed):
    assert filtered(document, operation) == changed


@pytest.mark.parametrize(
    ("document", "operation", "changed"),
    [
        ({"a": {"b": {"c": 1, "d": 2}}}, ("move", "a.b.c", "z"), {"a": {"b": {"d": 2}}, "z": 1}),
        (
            {"a": [{"b": {"c": 1}}, {"b": {"c": 2}}]},
            ("move", "a.*.b.c", "a.*.c"),
            {"a": [{"b": None, "c": 1}, {"b": None, "c": 2}]},
        ),
        (
            {"a": {"b": {"c": [{"x": {"y": 1}}, {"x": {"y": 2}}]}}},
            ("move", "a.b.c.*.x.y", "a.b.c.*.y"),
            {"a": {"b": {"c": [{"x": None, "y": 1}, {"x": None, "y": 2}]}}},
        ),
        ({"a": [{"c": 1}, {"c": 2}]}, ("move", "a.*.c", "c"), {"a": [None, None], "c": 2}),
        ({"a": [{"i": 1, "p": 2}]}, ("move", "a.0.i", "first"), {"a": [{"p": 2}], "first": 1}),
        ({"a": {"b": {"c": 1}}}, ("move", "a.b.c", "q.z"), {"a": {"b": None}, "z": 1}),
        ({"a": {"b": {"c": {"d": 1}}}}, ("move", "a.b.c.d", "a.q.z"), {"a": {"b": {"c": None}, "z": 1}}),
        ({"a": {"b": {"c": 1}}, "s": 5}, ("move", "a.b.c", "s.c"), {"a": {"b": None}, "s": {"c": 1}}),
        ({"a": {"b": 1}, "x": 2}, ("move", "a.b", "x"), {"a": None, "x": 1}),
        ({"a": {"b": {"c": 1}}, "l": [0]}, ("move", "a.b.c", "l.n"), {"a": {"b": None}, "l": [0, 1]}),
    ],
    ids=str,
)
def test_a_move_to_a_shorter_path_goes_up(document, operation, changed):
    assert filtered(document, operation) == changed


@pytest.mark.parametrize(
    ("document", "operation", "changed"),
    [
        ({"a": 1, "k": 2}, ("move", "a", "b.c.d"), {"b": {"c": {"d": 1}}, "k": 2}),
        ({"p": {"a": 1}}, ("move", "p.a", "q.r.s"), {"p": {"r": {"s": 1}}}),
        ({"p": {"a": 1}}, ("move", "p.a", "p.a.b.a"), {"p": {"a": {"b": {"a": 1}}}}),
        ({"l": [{"a": 1}, {"a": 2}]}, ("move", "l.*.a", "l.*.b.c"), {"l": [{"b": {"c": 1}}, {"b": {"c": 2}}]}),
        ({"a": 1, "b": {"x": 2}}, ("move", "a", "b.c"), {"b": {"x": 2, "c": 1}}),
        ({"a": 1, "b": {"c": 2}}, ("move", "a", "b.c"), {"b": {"c": 1}}),
        ({"a": 1, "b": 5}, ("move", "a", "b.c"), {"b": {"c": 1}}),
        ({"a": 1, "b": []}, ("move", "a", "b.c"), {"b": [1]}),
        ({"a": 1}, ("move", "zz", "b.c"), {"a": 1}),
    ],
    ids=str,
)
def test_a_move_to_a_longer_path_goes_down_from_where_it_was(document, operation, changed):
    assert filtered(document, operation) == changed


@pytest.mark.parametrize(
    ("document", "operation", "changed"),
    [
        ({"a": [1], "b": [2, 3]}, ("append", "a", "b"), {"b": [2, 3, 1]}),
        ({"a": [1]}, ("append", "a", "b"), {"a": [1]}),
        ({"a": 1, "b": [2]}, ("append", "a", "b"), {"a": 1, "b": [2]}),
        ({"a": [1], "b": "x"}, ("append", "a", "b"), {"a": [1], "b": "x"}),
        ({"a": [], "b": [2]}, ("append", "a", "b"), {"b": [2]}),
        ({"a": [1], "b": []}, ("append", "a", "b"), {"b": [1]}),
        ({"o": {"a": [1]}, "p": {"b": [2]}}, ("append", "o.a", "p.b"), {"o": None, "p": {"b": [2, 1]}}),
        ({"a": [1], "b": {"c": [[2]]}}, ("append", "a", "b.c.0"), {"b": {"c": [[2, 1]]}}),
        ({"l": [{"t": 1}, {"t": 2}], "m": [0]}, ("append", "l.*.t", "m"), {"l": [None, None], "m": [0, 1, 2]}),
        ({"a": [1]}, ("append", "a", "a"), None),
    ],
    ids=str,
)
def test_appending_puts_one_array_behind_another(document, operation, changed):
    assert filtered(document, operation) == changed


def test_operations_follow_one_another():
    document = {"l": [{"p": 1, "n": {}}, {"p": 2}], "a": 1, "k": [0]}
    changed = filtered(
        document, ("move", "l", "rows"), ("del", "rows.*.n"), ("move", "rows.*.p", "rows.*.path"), ("del", "a")
    )
    assert changed == {"rows": [{"path": 1}, {"path": 2}], "k": [0]}


def test_an_item_keeps_its_index_until_all_operations_are_done():
    assert filtered({"a": [1, 2, 3]}, ("del", "a.0"), ("del", "a.0"), ("del", "a.1")) == {"a": [3]}


def test_what_was_appended_has_new_indices():
    assert filtered({"a": [1], "b": [2, 3]}, ("del", "b.0"), ("append", "a", "b"), ("del", "b.0")) == {"b": [1]}


def test_an_array_that_was_emptied_may_be_filled_again():
    assert filtered({"a": [1], "b": 2}, ("del", "a.*"), ("move", "b", "a.x")) == {"a": [2]}


@pytest.mark.parametrize("document", [None, {}])
def test_nothing_stays_nothing(document):
    assert filtered(document, ("del", "a"), ("move", "a", "b"), ("append", "a", "b")) == document


def test_an_unknown_operation_does_nothing():
    assert filtered({"a": 1, "b": 2}, ("zap", "a"), ("del", "b")) == {"a": 1}


@pytest.mark.parametrize(
    ("written", "is_one"),
    [((), False), ((("", "a"),), False), ((("zap",),), True), ((("", "a"), ("del", "a")), True)],
    ids=["nothing", "without a type", "of an unknown type", "one of two"],
)
def test_a_filter_without_typed_operations_is_none(written, is_one):
    assert (flatmap(operations(*written)) is not None) is is_one


@pytest.mark.parametrize("type", ["move", "append"])
def test_a_missing_path_is_refused_when_the_filter_is_made(type):
    with pytest.raises(ValueError, match="expected 2"):
        flatmap(operations((type, "a")))
