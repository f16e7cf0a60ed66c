"""Compiled shaping against a reference that does one thing after the other, in place, as slowly as it likes."""
from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from krakpy.backend.shaping import shaper
from tests.backend.services import backend


def covers(rule, path):
    return path[: len(rule)] == rule


def get(value, path):
    for key in path:
        value = value[key]
    return value


def put(document, path, value):
    for key in path[:-1]:
        document = document.setdefault(key, {})
    document[path[-1]] = value


def has(document, path):
    for key in path:
        if not isinstance(document, dict) or key not in document:
            return False
        document = document[key]
    return True


def reference_allow(document, rules):
    standing: list[tuple[str, ...]] = []
    for rule in rules:
        # a later rule replaces what stands above it and what stands below it
        standing = [other for other in standing if not covers(rule, other) and not covers(other, rule)]
        standing.append(rule)
    kept: dict[str, object] = {}
    for rule in standing:
        if has(document, rule):
            put(kept, rule, get(document, rule))
    return kept


def reference_deny(document, rules):
    for rule in rules:
        if has(document, rule):
            del get(document, rule[:-1])[rule[-1]]
    return document


def reference(document, *, target, allow, deny, mapping, group):
    document = deepcopy(document)
    if target:
        document = get(document, target) if has(document, target) else {}
        document = document if isinstance(document, dict) else {}
    document = reference_allow(document, allow) if allow else reference_deny(document, deny)
    for old, new in mapping.items():
        if old in document:
            value = document.pop(old)
            if new != old:
                document[new] = value
    return {group: document} if group else document


names = st.sampled_from("abc")
documents = st.dictionaries(
    names,
    st.recursive(
        st.integers(0, 9) | st.none(),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=3,
)
paths = st.lists(names, min_size=1, max_size=3).map(tuple)


@given(
    document=documents,
    target=st.just(()) | paths,
    allow=st.lists(paths, max_size=3),
    deny=st.lists(paths, max_size=3),
    mapping=st.dictionaries(names, names, max_size=2),
    group=st.sampled_from(["", "g"]),
)
def test_shaping_is_what_the_reference_does(document, target, allow, deny, mapping, group):
    before = deepcopy(document)
    shape = shaper(
        backend(
            target=".".join(target),
            allow=[".".join(path) for path in allow],
            deny=[".".join(path) for path in deny],
            mapping=mapping,
            group=group,
        )
    )
    expected = reference(document, target=target, allow=allow, deny=deny, mapping=mapping, group=group)
    assert shape(document) == expected
    assert document == before, "the document was changed in place"
