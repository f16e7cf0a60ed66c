"""What holds for shaping whatever the document is: the laws of allow, deny, mapping, group and target."""
from hypothesis import given
from hypothesis import strategies as st

from krakpy.backend.shaping import shaper
from tests.backend.services import backend

names = st.sampled_from("abc")
documents = st.dictionaries(
    names,
    st.recursive(
        st.integers(0, 9) | st.none() | st.lists(st.integers(0, 9), max_size=2),
        lambda inner: st.dictionaries(names, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=3,
)
paths = st.lists(st.lists(names, min_size=1, max_size=3).map(".".join), min_size=1, max_size=4)


def shaped(document, **settings):
    return shaper(backend(**settings))(document)


def leaves(value, path=()):
    """Every value that is no object with members, by its path."""
    if not isinstance(value, dict) or not value:
        return {path: value}
    return {at: leaf for key, inner in value.items() for at, leaf in leaves(inner, (*path, key)).items()}


def values(document):
    """The leaves that are no objects: what an object is emptied of leaves it behind."""
    return {path: leaf for path, leaf in leaves(document or {}).items() if leaf != {}}


def cover(path, other):
    return f"{other}.".startswith(f"{path}.")


def prefix_free(found):
    """Paths of which none stands above another, so that no rule replaces one before it."""
    return [path for path in dict.fromkeys(found) if not any(cover(o, path) for o in found if o != path)]


@given(documents, paths)
def test_what_was_allowed_is_allowed_again(document, allow):
    once = shaped(document, allow=allow)
    assert shaped(once, allow=allow) == once


@given(documents, paths)
def test_what_was_denied_is_gone_for_good(document, deny):
    once = shaped(document, deny=deny)
    assert shaped(once, deny=deny) == once


@given(documents, paths.map(prefix_free))
def test_allow_and_deny_part_a_document_in_two(document, chosen):
    kept, rest = values(shaped(document, allow=chosen)), values(shaped(document, deny=chosen))
    assert not kept.keys() & rest.keys()
    assert kept | rest == values(document)


@given(documents, paths.map(prefix_free))
def test_nothing_is_left_of_what_is_allowed_and_denied_in_any_order(document, chosen):
    assert values(shaped(shaped(document, allow=chosen), deny=chosen)) == {}
    assert values(shaped(shaped(document, deny=chosen), allow=chosen)) == {}


@given(documents, paths, st.randoms(use_true_random=False))
def test_the_order_of_denied_paths_does_not_matter(document, deny, random):
    mixed = random.sample(deny, len(deny))
    assert shaped(document, deny=mixed) == shaped(document, deny=deny)


@given(documents, paths.map(prefix_free), st.randoms(use_true_random=False))
def test_the_order_of_allowed_paths_matters_only_where_one_stands_above_another(document, allow, random):
    mixed = random.sample(allow, len(allow))
    assert shaped(document, allow=mixed) == shaped(document, allow=allow)


@given(documents, paths, names)
def test_what_stands_below_a_denied_path_is_denied_with_it(document, deny, name):
    below = [f"{path}.{name}" for path in deny]
    assert shaped(document, deny=[*below, *deny]) == shaped(document, deny=deny)


@given(documents, st.sets(names))
def test_new_names_are_given_and_taken_back_without_a_loss(document, renamed):
    there = {name: f"new_{name}" for name in sorted(renamed)}
    back = {new: old for old, new in there.items()}
    mapped = shaped(document, mapping=there)
    assert mapped.keys() == {there.get(name, name) for name in document}
    assert shaped(mapped, mapping=back) == document


@given(documents, st.lists(names, min_size=1, max_size=3))
def test_a_target_takes_out_what_groups_put_in(document, ways):
    grouped = document
    for name in reversed(ways):
        grouped = shaped(grouped, group=name)
    assert shaped(grouped, target=".".join(ways)) == document


@given(documents, paths, names)
def test_a_group_changes_nothing_inside_of_it(document, allow, group):
    assert shaped(document, allow=allow, group=group) == {group: shaped(document, allow=allow)}


@given(documents, paths, names)
def test_a_target_is_found_before_anything_else_is_done(document, allow, target):
    assert shaped(document, target=target, allow=allow) == shaped(shaped(document, target=target), allow=allow)
