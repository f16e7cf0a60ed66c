"""The path that a backend is asked for."""
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from krakpy_sdk import RejectedError, Request
from krakpy_sdk.testing import answers, backend_settings

from krakpy.backend.url_pattern import UrlPattern


def path_for(pattern, **params):
    """The path that a pattern makes of these parameters; `JWT_sub` stands for `JWT.sub`."""
    asked: list[Request] = []
    backend: Any = asked.append
    UrlPattern(backend_settings(url_pattern=pattern), backend)(
        Request(params={name.replace("JWT_", "JWT."): value for name, value in params.items()})
    )
    return asked[0].path


@pytest.mark.parametrize(
    ("pattern", "params", "path"),
    [
        ("/users", {}, "/users"),
        ("/users", {"id": "1"}, "/users"),
        ("/u/{id}", {"id": "42"}, "/u/42"),
        ("/p/{post}/of/{id}", {"id": "7", "post": "9"}, "/p/9/of/7"),
        ("/f/{name}.json", {"name": "a.b~c-d_e"}, "/f/a.b~c-d_e.json"),
        ("/x?fixed=1&b=2", {}, "/x?fixed=1&b=2"),
        ("/x?v={v}&k=w", {"v": "x-y"}, "/x?v=x-y&k=w"),
        ("/{id}/{JWT.sub}?s={JWT.sub}", {"id": "7", "JWT_sub": "user-1"}, "/7/user-1?s=user-1"),
        ("/x#y", {}, "/x"),
        ("/x?", {}, "/x?"),
    ],
)
def test_values_take_the_place_of_placeholders(pattern, params, path):
    assert path_for(pattern, **params) == path


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("a b", "a%20b"),
        ("été", "%C3%A9t%C3%A9"),
        ("a+b", "a+b"),
        ("a;b,c", "a;b,c"),
        ("a@b:c", "a@b:c"),
        ("!$&'()*+,;=:@~", "!$&'()*+,;=:@~"),
        ("map[k:1]", "map[k:1]"),
        ("map[k:v x]!", "map%5Bk:v%20x%5D%21"),
        ("a/b", "a%2Fb"),
        ("a?b", "a%3Fb"),
        ("a#b", "a%23b"),
        ("a%2Fb", "a%2Fb"),
        ("a\\b", "a%5Cb"),
        ("...", "..."),
        ('{"k":"v"}', "%7B%22k%22:%22v%22%7D"),
    ],
)
def test_a_value_is_written_as_one_segment_like_go_writes_it(value, segment):
    assert path_for("/u/{id}/x", id=value) == f"/u/{segment}/x"


def test_one_value_that_has_to_be_encoded_changes_how_all_are_written():
    assert path_for("/it's/{a}/{b}", a="[1]", b="2") == "/it's/[1]/2"
    assert path_for("/it's/{a}/{b}", a="[1]", b=" ") == "/it%27s/%5B1%5D/%20"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a b", "a%20b"),
        ("a&b=c", "a%26b%3Dc"),
        ("a+b;c,d", "a%2Bb%3Bc%2Cd"),
        ("a/b?c#d", "a%2Fb%3Fc%23d"),
        ("a~b.c-d_e", "a~b.c-d_e"),
        ("é", "%C3%A9"),
    ],
)
def test_in_the_query_everything_but_unreserved_characters_is_encoded(value, written):
    assert path_for("/x?v={v}&w=1", v=value) == f"/x?v={written}&w=1"


@pytest.mark.parametrize("source", [{"JWT_sub": "a,b c"}, {"Resp0_list": "a,b c"}], ids=["claim", "earlier answer"])
def test_a_comma_joins_a_list_in_the_query(source):
    name = next(iter(source)).replace("JWT_", "JWT.").replace("Resp", "resp")
    assert path_for(f"/x?v={{{name}}}", **source) == "/x?v=a,b%20c"


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("a/b", "/x/a/b"),
        ("", "/x/"),
        ("<nil>", "/x/%3Cnil%3E"),
        ("1,x,map[k:1]", "/x/1,x,map[k:1]"),
        ("map[deep:map[z:zz] k:v]", "/x/map%5Bdeep:map%5Bz:zz%5D%20k:v%5D"),
        ("50%", "/x/50%25"),
    ],
)
def test_an_earlier_answer_is_written_like_krakend_writes_it(value, path):
    assert path_for("/x/{resp0_g.a}", **{"Resp0_g.a": value}) == path


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/x/{JWT.nope}", "/x/%7B%7B.JWT.nope%7D%7D"),
        ("/x/{resp0_g.id}", "/x/%7B%7B.Resp0_g.id%7D%7D"),
        ("/x?v={JWT.nope}", "/x?v=%7B%7B.JWT.nope%7D%7D"),
    ],
)
def test_a_placeholder_without_a_value_stays(pattern, path):
    assert path_for(pattern) == path


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/a b/é?q=a b&é=\"1\"", "/a%20b/%C3%A9?q=a%20b&%C3%A9=%221%22"),
        ("/a%20b?q=%26", "/a%20b?q=%26"),
        ("/a!b[1]?q=a[]=1", "/a!b[1]?q=a[]=1"),
    ],
)
def test_what_the_operator_wrote_is_encoded_where_it_must_be(pattern, path):
    assert path_for(pattern) == path


@pytest.mark.parametrize("value", ["..", ".", "", "%2e%2e", "a\r\nb", "\x00", "\udcff"], ids=ascii)
@pytest.mark.parametrize("pattern", ["/x/{id}", "/x?v={id}"], ids=["path", "query"])
def test_what_is_no_segment_never_reaches_the_backend(pattern, value):
    with pytest.raises(RejectedError):
        path_for(pattern, id=value)


@pytest.mark.parametrize(("method", "asked"), [("GET", "GET"), ("put", "PUT")])
async def test_the_method_is_the_backends(method, asked):
    backend = answers()
    await UrlPattern(backend_settings(method=method), backend)(Request("POST"))
    assert backend.requests[0].method == asked


TEMPLATES = [
    ("/u/{id}", "/u/", "", ""),
    ("/u/{id}/x", "/u/", "/x", ""),
    ("/{id}", "/", "", ""),
    ("/f/{id}.json", "/f/", ".json", ""),
    ("/it's here/{id}/x", "/it%27s%20here/", "/x", ""),
    ("/u/{id}?a=1", "/u/", "", "?a=1"),
]


@pytest.mark.parametrize("name", ["id", "JWT.sub"])
@given(value=st.text(min_size=1, max_size=12), template=st.sampled_from(TEMPLATES))
def test_a_value_can_never_add_a_segment_a_query_or_a_fragment(name, value, template):
    """Percent signs are left out: a parameter's are escapes, which have their own law."""
    value = value.replace("%", "")
    pattern, before, after, query = template
    try:
        path = path_for(pattern.replace("id", name), **{name: value})
    except RejectedError:
        return
    assert path.startswith(before)
    assert path.endswith(after + query)
    segment = path[len(before) : len(path) - len(after + query)]
    assert unquote(segment) == value
    assert not set(segment) & set("/?#\\ \"<>{}|^`")
    assert segment.isascii()
    assert segment.isprintable()


@given(value=st.text(min_size=1, max_size=12))
def test_a_value_in_the_query_can_never_add_another(value):
    try:
        path = path_for("/x?v={JWT.sub}&w=1", **{"JWT.sub": value})
    except RejectedError:
        return
    written = path.removeprefix("/x?v=").removesuffix("&w=1")
    assert unquote(written) == value
    assert not set(written) & set("&=#+; ")
