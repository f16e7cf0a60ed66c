"""What looks at a document decides, at start, how deep answers are opened; and the client sees nothing of it."""
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from krakpy_sdk import Request, Response

from krakpy.backend.shaping import shaper
from krakpy.config.loading import load
from krakpy.depth import Depth, depths, depths_of
from krakpy.encoding.flatmap import flatmap
from krakpy.encoding.json_decoder import JsonDecoder, SafeJsonDecoder
from krakpy.encoding.json_renderer import CollectionRenderer, JsonRenderer
from krakpy.encoding.opening import Opening
from krakpy.encoding.text import TextRenderer
from krakpy.endpoint.joining import union
from krakpy.endpoint.propagation import sources, value_at
from krakpy.extension.readers import Reader


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("depth")


def endpoint_of(folder, *backends, **endpoint):
    """The settings of one endpoint with these backends."""
    path = folder / "krakend.json"
    asked = [{"host": ["http://up.test"], "url_pattern": f"/{index}", **own} for index, own in enumerate(backends)]
    document = {"version": 3, "endpoints": [{"endpoint": "/a", "backend": asked, **endpoint}]}
    path.write_text(json.dumps(document))
    return load(path, {}).settings.endpoints[0]


def proxy(**settings):
    return {"extra_config": {"proxy": settings}}


def filter(*operations):
    return {"flatmap_filter": [{"type": type, "args": args} for type, *args in operations]}


def nobody(seat, settings):
    return ()


def readers(endpoint=(), backend=()):
    """Readers by seat, each as the paths that it declares."""
    asked = {"endpoint": endpoint, "backend": backend}
    return lambda seat, settings: [Reader(f"acme-{seat}/x", paths) for paths in asked[seat]]


def said(endpoint, readers=nobody):
    return [str(depth) for depth in depths(endpoint, readers)]


@pytest.mark.parametrize(
    ("backend", "opened"),
    [
        ({}, "the first level"),
        ({"group": "g"}, "the first level"),
        ({"mapping": {"a": "b"}}, "the first level"),
        ({"allow": ["a", "b"]}, "the first level"),
        ({"allow": ["a.b", "a.c.d"]}, "a, a.c"),
        ({"deny": ["a.b"]}, "a"),
        ({"allow": ["a.b"], "deny": ["c.d"]}, "a"),
        ({"target": "a.b"}, "a, a.b"),
        ({"target": "a", "allow": ["b.c"], "mapping": {"b": "x"}, "group": "g"}, "a, a.b"),
        ({"is_collection": True, "mapping": {"collection": "rows"}}, "the first level"),
        (proxy(**filter(("del", "a.b"), ("move", "a.b", "c.d"))), "a (all), c (all)"),
        ({"target": "t", "allow": ["x.y"], **proxy(**filter(("del", "a.*.b")))}, "t, t.a (all)"),
        ({"target": "t", **proxy(**filter(("del", "*.b")))}, "t (all)"),
        (proxy(**filter(("del", "*.b"))), "everything because flatmap_filter reads it"),
    ],
)
def test_manipulations_open_what_they_look_at(folder, backend, opened):
    assert said(endpoint_of(folder, backend)) == [opened]


@pytest.mark.parametrize(
    ("backend", "path", "opened"),
    [
        ({}, "a.b", "a, a.b (all)"),
        ({"group": "g"}, "a.b", "the first level"),
        ({"group": "g"}, "g.a", "a (all)"),
        ({"group": "g"}, "g", "everything because acme-endpoint/x reads it"),
        ({"group": "g", "target": "t"}, "g", "t (all)"),
        ({"target": "t.u"}, "a", "t, t.u, t.u.a (all)"),
        ({"mapping": {"a": "b", "b": "c"}}, "c.x", "c, c.x (all), b, b.x (all), a, a.x (all)"),
        ({"mapping": {"a": "b.c"}}, "b", "b (all), a (all)"),
        ({"mapping": {"a": "b"}, **proxy(**filter(("move", "a", "b")))}, "b", "a (all), b (all)"),
    ],
)
def test_a_look_at_the_answer_is_followed_back_to_the_document(folder, backend, path, opened):
    assert said(endpoint_of(folder, backend), readers(endpoint=[(path,)])) == [opened]


def test_at_the_backend_a_look_may_be_at_the_document_or_at_the_answer(folder):
    endpoint = endpoint_of(folder, {"target": "t", "group": "g"})
    assert said(endpoint, readers(backend=[("g.a",)])) == ["t, t.a (all), g, g.a (all)"]


@pytest.mark.parametrize("seat", ["endpoint", "backend"])
def test_who_declares_nothing_gets_everything(folder, seat):
    endpoint = endpoint_of(folder, {"target": "t", "group": "g"}, {})
    expected = f"everything because acme-{seat}/x reads it"
    assert said(endpoint, readers(**{seat: [("a",), None]})) == [expected, expected]


def test_who_declares_that_it_looks_at_nothing_opens_nothing(folder):
    assert said(endpoint_of(folder, {}), readers([()], [()])) == ["the first level"]


def test_the_filter_of_an_endpoint_opens_what_it_reaches_in_every_backend(folder):
    endpoint = endpoint_of(folder, {"group": "g"}, {}, **proxy(**filter(("append", "g.a", "all"))))
    assert said(endpoint) == ["everything because flatmap_filter reads it", "g (all), all (all)"]


def test_the_filter_of_an_endpoint_with_one_backend_reaches_nothing(folder):
    assert said(endpoint_of(folder, {}, **proxy(**filter(("del", "a"))))) == ["the first level"]


def test_what_later_backends_need_is_opened_where_it_may_be_found(folder):
    later = {"url_pattern": "/{resp0_a.b.c}"}
    assert said(endpoint_of(folder, {}, later, **proxy(sequential=True))) == [
        "c (all), a, a.c (all), a.b, a.b.c (all)", "the first level",
    ]
    named = proxy(sequential=True, sequential_propagated_params=["resp0_g.id", "resp1"])
    assert said(endpoint_of(folder, {"group": "g"}, {}, **named)) == ["id (all)", "the first level"]


def test_shadow_backends_are_an_endpoint_of_their_own(folder):
    shadow = {"url_pattern": "/s", "allow": ["s.t"], **proxy(shadow=True)}
    endpoint_of(folder, shadow, {"allow": ["a.b"]}, {"encoding": "no-op"})
    found = depths_of(load(folder / "krakend.json", {}).settings, nobody)
    assert {place: str(depth) for place, depth in found.items()} == {
        "endpoints[0].backend[0]": "s", "endpoints[0].backend[1]": "a",
    }


def test_the_json_form_tells_levels_from_values():
    opening = Opening()
    opening.level(("a",))
    opening.value(("a", "b"))
    assert Depth(opening).as_dict() == {"paths": ["a", "a.b"], "whole": ["a.b"], "because": ""}
    assert Depth(None, "acme-geo/geo").as_dict() == {"paths": None, "whole": None, "because": "acme-geo/geo"}


def often(usual, rare, times=4):
    """A strategy that gives the usual so many times for each rare one."""
    return st.sampled_from([True] * times + [False]).flatmap(lambda is_usual: usual if is_usual else rare)


few = st.sampled_from("ab")
names = often(few, st.sampled_from(["content", "collection"]))
paths = st.lists(few, min_size=1, max_size=3).map(".".join)
#: numbers are written as texts between marks, so that their digits are ours
numbers = st.sampled_from(["0", "-0", "1.10", "1E5", "-2.50e-3", "12345678901234567890123", "1e308"]).map("@{}@".format)
texts = st.text(st.sampled_from('ab[]{}"\\/<>&é\u2028\U0001f600\x01'), max_size=4)
documents = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: often(
        st.dictionaries(few, inner, min_size=1),
        st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=2),
        3,
    ),
    max_leaves=12,
)
objects = st.dictionaries(names, documents, min_size=1)
bodies = often(objects, st.lists(documents, max_size=3), 5)
operations = st.lists(
    st.tuples(
        st.sampled_from(["move", "append", "del"]),
        st.lists(often(few, st.just("*")), min_size=1, max_size=3).map(".".join),
        paths,
    ),
    min_size=1,
    max_size=2,
)
declared = st.lists(st.lists(paths, max_size=2).map(tuple), max_size=1)
backends = st.fixed_dictionaries(
    {"encoding": st.sampled_from(["json", "safejson"])},
    optional={
        "target": few,
        "allow": st.lists(paths, max_size=3),
        "deny": st.lists(paths, max_size=3),
        "mapping": st.dictionaries(few, names, max_size=2),
        "group": names,
        "extra_config": often(st.just({}), operations.map(lambda drawn: {"proxy": filter(*drawn)}), 2),
    },
)
endpoints = st.fixed_dictionaries(
    {"output_encoding": often(st.just("json"), st.sampled_from(["json-collection", "string"]))},
    optional={"extra_config": often(st.just({}), operations.map(lambda drawn: {"proxy": filter(*drawn)}), 1)},
)
DECODERS: dict[str, Any] = {"json": JsonDecoder(None), "safejson": SafeJsonDecoder(None)}
RENDERERS: dict[str, Any] = {"json": JsonRenderer, "json-collection": CollectionRenderer, "string": TextRenderer}
#: what makes a body too large to be always opened, and changes nothing of it
PADDING = b" " * 600


def written(document, is_spaced):
    text = json.dumps(document, ensure_ascii=is_spaced, separators=(" ,\n", " : ") if is_spaced else (",", ":"))
    return re.sub(r'"@([^@"]*)@"', r"\1", text).encode() + PADDING


def decoded(backend, body, depth):
    decoder = DECODERS[backend.encoding]
    decode = decoder.decode if depth.opening is None else decoder.partial(depth.opening)
    return decode(body, backend.is_collection)


def answered(endpoint, bodies, opened, declared, propagated):
    """What extensions see of an endpoint's answer, what later backends get, and what the client gets."""
    documents = []
    for backend, body, depth in zip(endpoint.backends, bodies, opened, strict=True):
        documents.append(shaper(backend)(decoded(backend, body, depth)))
    values = [value_at(document or {}, source.path) for document in documents[:1] for source in propagated]
    data = union([Response(data=document) for document in documents], is_complete=True).data
    seen = [part_at(data, path) for paths in declared for path in paths]
    change = flatmap(endpoint.proxy.flatmap_filter) if len(documents) > 1 else None
    response = Response(data=change(data) if change else data)
    body = RENDERERS[endpoint.output_encoding](None).render(Request(), response).body
    return values, seen, body if endpoint.output_encoding == "string" else json.loads(body, parse_float=Decimal)


def part_at(data, path):
    for name in path.split("."):
        data = data.get(name) if isinstance(data, dict) else None
    return data


@settings(deadline=None, max_examples=500)
@given(
    asked=st.lists(st.tuples(backends, bodies, st.booleans()), min_size=1, max_size=3),
    endpoint=endpoints, declared=declared, named=st.lists(paths.map("resp0_{}".format), max_size=2),
)
def test_what_anybody_sees_is_what_it_is_in_the_fully_decoded_document(folder, asked, endpoint, declared, named):
    components = endpoint.get("extra_config", {}).get("proxy", {})
    collections = [{**backend, "is_collection": isinstance(body, list)} for backend, body, _ in asked]
    more = {**endpoint, **proxy(**components, sequential_propagated_params=named)}
    settings = endpoint_of(folder, *collections, **more)
    bodies = [written(body, is_spaced) for _, body, is_spaced in asked]
    renderer = getattr(RENDERERS[settings.output_encoding], "paths", None)
    opened = depths(settings, readers(endpoint=[*declared, renderer]))
    propagated = [source for needed in sources(["/"] * len(asked), named) for source in needed]
    part, full = (
        answered(settings, bodies, depth, declared, propagated) for depth in (opened, [Depth(None)] * len(asked))
    )
    assert part == full
