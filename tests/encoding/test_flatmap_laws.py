"""What holds for flatmap filters whatever the document is: the laws of del, move and append."""
from hypothesis import given
from hypothesis import strategies as st

from krakpy.config.model_proxy import FlatmapOperation
from krakpy.encoding.flatmap import flatmap

names = st.sampled_from("abc")
leaves = st.integers(0, 9) | st.none() | st.text(max_size=2)
arrays = st.lists(leaves, max_size=3)
#: without arrays, where a deletion gives what comes behind it another index
objects = st.dictionaries(
    names, st.recursive(leaves, lambda inner: st.dictionaries(names, inner, max_size=3), max_leaves=8), max_size=3
)
rows = st.dictionaries(names, st.lists(st.dictionaries(names, leaves, max_size=3), max_size=3), max_size=3)
paths = st.lists(names, min_size=1, max_size=3).map(".".join)
wild = st.lists(names | st.just("*"), min_size=1, max_size=3).map(".".join)


def filtered(document, *operations):
    change = flatmap(FlatmapOperation(type=type, args=args) for type, *args in operations)
    assert change is not None
    return change(document)


def deletions(found):
    return [("del", path) for path in found]


@given(objects, st.lists(wild, min_size=1, max_size=3))
def test_what_was_deleted_is_gone_for_good(document, deleted):
    once = filtered(document, *deletions(deleted))
    assert filtered(once, *deletions(deleted)) == once


@given(objects, wild, wild)
def test_the_order_of_deletions_does_not_matter(document, one, other):
    assert filtered(document, ("del", one), ("del", other)) == filtered(document, ("del", other), ("del", one))


@given(objects, wild, wild)
def test_one_deletion_of_many_paths_is_many_deletions(document, one, other):
    assert filtered(document, ("del", one, other)) == filtered(document, ("del", one), ("del", other))
    assert filtered(document, ("del", one, other)) == filtered(filtered(document, ("del", one)), ("del", other))


@given(objects, paths)
def test_a_new_name_can_be_taken_back(document, path):
    above = path.rpartition(".")[0]
    renamed = f"{above}.new" if above else "new"
    assert filtered(document, ("move", path, renamed), ("move", renamed, path)) == document


@given(rows, names, names)
def test_a_move_in_every_row_is_a_move_in_each(document, rows_of, name):
    moved = filtered(document, ("move", f"{rows_of}.*.{name}", f"{rows_of}.*.new"))
    expected = dict(document)
    for found in {rows_of} & document.keys():
        rows_there = document[found]
        expected[found] = [{"new" if key == name else key: value for key, value in row.items()} for row in rows_there]
    assert moved == expected


@given(objects, names)
def test_what_goes_down_comes_up_again(document, name):
    below = {**document, "way": {"on": 1}}
    moved = filtered(below, ("move", name, "way.down"))
    assert filtered(moved, ("move", "way.down", name)) == below


@given(arrays, arrays, objects)
def test_an_array_that_is_appended_loses_nothing_and_stands_behind(items, before, document):
    document = {**document, "from": items, "to": before}
    appended = filtered(document, ("append", "from", "to"))
    assert appended["to"] == before + items
    assert "from" not in appended
    assert {key: appended[key] for key in appended if key != "to"} == {
        key: document[key] for key in document if key not in ("from", "to")
    }


@given(objects, wild, paths)
def test_what_is_not_there_cannot_be_moved_or_appended(document, path, target):
    absent = f"{path}.absent"
    assert filtered(document, ("move", absent, target)) == document
    assert filtered(document, ("append", absent, target)) == document
