"""A tree is the document again when it is closed, and shows where something was put or taken."""
import pytest

from krakpy.encoding.branches import Branch, closed, reached, value_at

DOCUMENT = {"a": {"b": 1, "c": {"d": 2}}, "l": [{"i": 1}, {"i": 2}], "e": {}, "el": [], "n": None}


@pytest.mark.parametrize("value", [DOCUMENT, {}, [], [1], None, 5, "text", False], ids=str)
def test_a_branch_that_nothing_happens_to_is_its_value(value):
    assert closed(Branch(value)) == value


def test_a_value_that_is_no_branch_is_itself():
    assert closed(DOCUMENT) is DOCUMENT


def test_what_nobody_looks_into_is_shared():
    root = Branch(DOCUMENT)
    root.find("a")
    assert closed(root)["l"] is DOCUMENT["l"]


@pytest.mark.parametrize(("label", "found"), [("a", True), ("0", False), ("e", True), ("zz", False)])
def test_a_child_is_found_by_its_label(label, found):
    assert (Branch(DOCUMENT).find(label) is not None) is found


def test_items_keep_their_labels_when_others_are_taken():
    items = Branch(["x", "y", "z"])
    assert [items.take("0"), items.take("1")] == ["x", "y"]
    assert closed(items) == ["z"]
    assert items.find("0") is None


@pytest.mark.parametrize(("value", "left"), [({"a": 1}, None), ([1], None), ({}, {}), ([], [])], ids=str)
def test_what_has_lost_its_children_is_null_and_what_had_none_is_what_it_was(value, left):
    branch = Branch(value)
    branch.clear()
    assert closed(branch) == left


@pytest.mark.parametrize(
    ("value", "grown"), [([], ["x"]), ({}, {"k": "x"}), (5, {"k": "x"}), (None, {"k": "x"})], ids=str
)
def test_whatever_grows_a_child_holds_it(value, grown):
    branch = Branch(value)
    branch.grow("k", "x")
    assert closed(branch) == grown


def test_of_two_children_with_one_label_the_first_is_found_and_the_later_counts():
    branch = Branch({"k": {"v": 1}})
    branch.grow("k", {"v": 2})
    assert closed(branch.find("k")) == {"v": 1}
    assert closed(branch) == {"k": {"v": 2}}


def test_putting_replaces_the_first_child_or_adds_one():
    branch = Branch({"a": 1})
    branch.put("a", 2)
    branch.put("b", 3)
    assert closed(branch) == {"a": 2, "b": 3}


def test_finding_or_growing_makes_objects():
    branch = Branch({"a": {"b": 1}})
    branch.find_or_grow("a").grow("c", 2)
    branch.find_or_grow("x").grow("y", 3)
    assert closed(branch) == {"a": {"b": 1, "c": 2}, "x": {"y": 3}}


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ((), [()]),
        (("a",), [("a",)]),
        (("*",), [("a",), ("l",)]),
        (("l", "*"), [("l", "0"), ("l", "1")]),
        (("l", "1"), [("l", "1")]),
        (("*", "c"), [("a", "c")]),
        (("a", "b"), []),
        (("e",), []),
        (("zz", "*"), []),
    ],
    ids=str,
)
def test_what_has_children_is_reached_with_the_labels_on_the_way(path, labels):
    assert [way for _, way in reached(Branch(DOCUMENT), path)] == labels


def test_what_is_reached_is_seen_again():
    root = Branch(DOCUMENT)
    for branch, _ in reached(root, ("l", "*")):
        branch.clear()
    assert reached(root, ("l", "*")) == []
    assert closed(root)["l"] == [None, None]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((), DOCUMENT),
        (("a", "c"), {"d": 2}),
        (("l", "1", "i"), 2),
        (("l", "*", "i"), [1, 2]),
        (("*", "b"), [1, None, None, None, None]),
        (("el", "*"), None),
        (("a", "b", "c"), None),
        (("zz",), None),
    ],
    ids=str,
)
def test_a_value_is_read_at_a_path(path, value):
    assert value_at(Branch(DOCUMENT), path) == value
