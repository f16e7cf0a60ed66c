"""Paths are cleaned as KrakenD cleans them, and parameters that could mean something else are refused."""
from urllib.parse import unquote

import pytest

from krakpy.router.paths import clean, refusal


@pytest.mark.parametrize(
    ("path", "cleaned"),
    [
        ("/", "/"), ("/abc", "/abc"), ("/abc/", "/abc/"), ("", "/"), ("abc", "/abc"), ("//", "/"), ("/abc//", "/abc/"),
        ("///abc", "/abc"), ("/a//b//c", "/a/b/c"), ("/abc/./def", "/abc/def"), ("/abc/.", "/abc/"), (".", "/"),
        ("..", "/"), ("../../abc", "/abc"), ("/abc/def/..", "/abc"), ("/abc/def/../", "/abc/"), ("/abc/../../..", "/"),
        ("/abc/def/../../../ghi/jkl/../../../mno", "/mno"),
    ],
)  # fmt: skip
def test_empty_and_dot_segments_go(path, cleaned):
    assert clean(path) == cleaned


def refused(raw, **options):
    """What is said of `/users/{id}` with this value, as it stands in the request."""
    return refusal({"id": unquote(raw)}, f"/users/{raw}".encode(), **options)


@pytest.mark.parametrize(
    "value", ["42", "a.b~c-d_e", "a%20b", "%C3%A9t%C3%A9", "a+b", "a;b,c", "a@b:c", "...", "%EF%BF%BD"]
)
def test_ordinary_values_pass(value):
    assert refused(value) == ""


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("a%252Fb", "encoded url params"),
        ("a%3Fb", "encoded url params"),
        ("a%23b", "encoded url params"),
        ("100%25", 'invalid URL escape "%"'),
        ("100%25zzz", 'invalid URL escape "%zz"'),
        ("a%252Fb%25", 'invalid URL escape "%"'),
        ("%25%22x", 'invalid URL escape "%\\"x"'),
    ],
)
def test_values_that_another_decoding_would_change_are_refused(value, why):
    assert refused(value) == why


@pytest.mark.parametrize("value", ["a%252Fb", "a%3Fb", "a%23b", "100%25"])
def test_values_that_are_still_encoded_can_be_let_through(value):
    assert refused(value, allows_encoded=True) == ""


@pytest.mark.parametrize("allows_encoded", [False, True])
@pytest.mark.parametrize("value", ["", ".", "..", "%2e%2E", "a%0d%0ab", "%00", "%7f", "%C2%85", "%FF", "a%C3"])
def test_dot_segments_control_characters_and_invalid_utf8_never_pass(value, allows_encoded):
    assert refused(value, allows_encoded=allows_encoded) == "invalid url params"


def test_a_replaced_character_is_refused_where_the_server_does_not_show_what_it_replaced():
    assert refusal({"id": "\ufffd"}, b"") == "invalid url params"


def test_a_lone_surrogate_is_refused():
    assert refusal({"id": "a\udcff"}, b"/users/a%FF") == "invalid url params"


def test_every_parameter_is_looked_at():
    assert refusal({"a": "1", "b": "2", "c": ".."}, b"") == "invalid url params"
