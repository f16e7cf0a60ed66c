"""Flatmap filters against a reference that takes the whole document apart into paths, as slowly as it likes."""
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from krakpy.config.model_proxy import FlatmapOperation
from krakpy.encoding.flatmap import flatmap


class Node:
    """Every value is a node, every child an edge `[label, node]`; nothing is shared and nothing is left out."""

    def __init__(self, value=None):
        self.is_array = isinstance(value, list)
        pairs = enumerate(value) if self.is_array else value.items() if isinstance(value, dict) else ()
        self.edges: list[list[Any]] = [[str(label), Node(child)] for label, child in pairs]
        self.value = None if self.edges else deepcopy(value)

    def all(self, label):
        return [edge for edge in self.edges if edge[0] == label]

    def first(self, label):
        return next(iter(self.all(label)), None)

    def rebuilt(self):
        if not self.edges:
            return self.value
        if self.is_array:
            return [child.rebuilt() for _, child in self.edges]
        return {label: child.rebuilt() for label, child in self.edges}


def ways(node, path, seen=()):
    """Every (node, labels) at a path; of edges with one label the first."""
    if not path:
        return [(node, seen)]
    edges = node.edges if path[0] == "*" else [node.first(path[0])]
    return [way for edge in edges if edge for way in ways(edge[1], path[1:], (*seen, edge[0]))]


def delete(root, path):
    for node, _ in ways(root, path[:-1]):
        if path[-1] == "*":
            node.edges = []
        elif edge := node.first(path[-1]):
            node.edges.remove(edge)


def get(node, path):
    if not path:
        return node.rebuilt()
    if path[0] == "*" and node.edges:
        return [get(child, path[1:]) for _, child in node.edges]
    edge = node.first(path[0])
    return get(edge[1], path[1:]) if edge else None


def grown(node, path):
    for label in path:
        edge = node.first(label)
        if edge is None:
            edge = [label, Node()]
            node.edges.append(edge)
        node = edge[1]
    return node


def append(root, source, target):
    items, before = get(root, source), get(root, target)
    if isinstance(items, list) and isinstance(before, list):
        joined = Node(before + items)
        node = grown(root, target)
        node.is_array, node.edges, node.value = True, joined.edges, joined.value
        delete(root, source)


def as_far_as_it_goes(node, path):
    for label in path:
        edge = node.first(label)
        if edge is None:
            return node
        node = edge[1]
    return node


def move(root, source, target):
    found = [(node, labels, edge) for node, labels in ways(root, source[:-1]) if (edge := node.first(source[-1]))]
    if len(source) == len(target):
        for node, _, edge in found:
            edge[0] = target[-1]
            if not node.is_array:
                node.edges.append(node.edges.pop(node.edges.index(edge)))
        return
    for node, _, edge in found:
        node.edges.remove(edge)
    for node, labels, (_, child) in found:
        if len(source) < len(target):
            above = grown(node, target[len(source) - 1 : -1])
        else:
            steps = zip(target[:-1], labels, strict=False)
            above = as_far_as_it_goes(root, [label if step == "*" else step for step, label in steps])
        above.edges.append([target[-1], child])


def reference(document, operations):
    root = Node(document)
    for type, source, target in operations:
        if type == "del":
            delete(root, source)
            delete(root, target)
        else:
            {"move": move, "append": append}[type](root, source, target)
    return root.rebuilt() if document else document


names = st.sampled_from(["a", "b", "0", "1"])
documents = st.dictionaries(
    names,
    st.recursive(
        st.integers(0, 9) | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=12,
    ),
    max_size=4,
)
paths = st.lists(names | st.just("*"), min_size=1, max_size=4).map(tuple)
operations = st.lists(st.tuples(st.sampled_from(["move", "del", "append"]), paths, paths), min_size=1, max_size=4)


@given(document=documents, operations=operations)
def test_a_filter_is_what_the_reference_does(document, operations):
    before = deepcopy(document)
    change = flatmap(
        FlatmapOperation(type=type, args=(".".join(source), ".".join(target))) for type, source, target in operations
    )
    assert change is not None
    assert change(document) == reference(document, operations)
    assert document == before, "the document was changed in place"
