"""What holds for values of earlier answers whatever they are."""
import asyncio
import re
from urllib.parse import unquote, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from krakpy.endpoint.propagation import sources, text_of, value_at
from krakpy.testing import Upstream, gateway

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f]")

names = st.text("abc", min_size=1, max_size=2)
scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=6)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=2))
answers = st.integers(0, 4)
asked = st.builds("resp{}_{}".format, answers, names)
patterns = st.lists(st.lists(asked.map("{{{}}}".format), max_size=3).map("/".join), min_size=1, max_size=4)


@given(values, st.lists(names, min_size=1, max_size=3))
def test_what_stands_at_a_path_is_found_as_text(value, path):
    document = value
    for name in reversed(path):
        document = {name: document}
    assert value_at(document, path) == text_of(value)


@given(patterns, st.lists(asked, max_size=3))
def test_values_come_from_earlier_backends_and_each_is_asked_for_once(patterns, propagated):
    for index, needed in enumerate(sources(patterns, propagated)):
        assert all(source.backend < index for source in needed)
        assert len(set(needed)) == len(needed)


@given(patterns, st.lists(asked, max_size=3))
def test_what_is_propagated_stays_with_every_later_backend(patterns, propagated):
    everywhere = sources([""] * len(patterns), propagated)
    for needed, before in zip(everywhere[1:], everywhere, strict=False):
        assert set(before) <= set(needed)
    for needed, least in zip(sources(patterns, propagated), everywhere, strict=True):
        assert set(least) <= set(needed)


async def second_of(value):
    """The targets that the second backend, which fails, is asked for with a value of the first: one, or none."""
    proxy = {"sequential": True}
    backends = [
        {"host": ["http://up.test"], "url_pattern": "/first", "group": "g"},
        {"host": ["http://up.test"], "url_pattern": "/second/{resp0_g.v}/end?q={resp0_g.v}"},
    ]
    upstream = Upstream()
    upstream.routes["/first"] = {"v": value}
    config = {"endpoints": [{"endpoint": "/a", "backend": backends, "extra_config": {"proxy": proxy}}]}
    async with gateway(config, upstream) as client:
        answer = await client.get("/a")
    assert (answer.status, answer.headers["x-krakend-completed"]) == (200, "false")
    assert answer.json() == {"g": {"v": value}}
    return [urlsplit(request.url) for request in upstream.requests[1:]]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=8) | st.sampled_from(["..", ".", "a/../b", "/", "a/b", "x?y=1#z", "%2e%2e", "a&b=1", ""]))
def test_a_value_of_an_answer_never_leaves_its_place(value):
    targets = asyncio.run(second_of(value))
    has_dots = any(segment.partition(";")[0] in (".", "..") for segment in value.split("/"))
    assert len(targets) == (0 if has_dots or _UNPRINTABLE.search(value) else 1)
    for target in targets:
        assert (unquote(target.path), target.fragment) == (f"/second/{value}/end", "")
        assert not {".", ".."} & set(target.path.split("/"))
        name, _, written = target.query.partition("=")
        assert (name, unquote(written)) == ("q", value)
        assert not set("&#+; ") & set(written)
