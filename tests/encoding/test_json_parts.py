"""What nobody looks at stays the bytes that it is; and what is no plain document is left to who reads it as a whole."""
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from krakpy.encoding.json_documents import MAX_DEPTH
from krakpy.encoding.json_parts import MAX_SMALL, partly
from krakpy.encoding.json_renderer import write
from krakpy.encoding.numbers import Number
from krakpy.encoding.opening import Opening

#: what makes a body too large to be always opened
PADDING = b" " * MAX_SMALL
WHOLE = {"read": "as a whole"}


def decoder(opening=None):
    return partly(lambda body, is_collection: WHOLE, opening or Opening(), lambda _, is_collection: is_collection)


def decoded(body, opening=None, is_collection=False):
    return decoder(opening)(body + PADDING, is_collection)


def plain(value):
    """The value with the bytes of what is not opened in place of it."""
    if isinstance(value, msgspec.Raw):
        return bytes(value)
    return {name: plain(member) for name, member in value.items()} if isinstance(value, dict) else value


def test_the_first_level_is_opened():
    assert plain(decoded(b'{"a": {"b" : 1}, "c": [ 1.10 ]}')) == {"a": b'{"b" : 1}', "c": b"[ 1.10 ]"}


def test_levels_are_opened_where_there_are_objects():
    body = b'{"a": {"b": {"c":1}}, "d": [1], "e": "x", "f": null}'
    opening = Opening(a=Opening(b=Opening()), d=Opening(), e=Opening(), f=Opening(), g=Opening())
    assert plain(decoded(body, opening)) == {"a": {"b": {"c": b"1"}}, "d": b"[1]", "e": b'"x"', "f": b"null"}


def test_values_are_read_with_everything_in_them():
    body = b'{"a": {"b": [1.10, {"c": -0}], "x": 1}, "n": null}'
    document = decoded(body, Opening(a=Opening(b=None), n=None, missing=None))
    assert plain(document) == {"a": {"b": [1.1, {"c": 0}], "x": b"1"}, "n": None}
    assert write(document["a"]["b"]) == b'[1.10,{"c":-0}]'
    assert isinstance(document["a"]["b"][0], Number)


def test_of_duplicate_members_that_are_opened_the_last_wins():
    assert plain(decoded(b'{"a": {"b": 1}, "a": {"b": 2, "b": 3}}', Opening(a=Opening()))) == {"a": {"b": b"3"}}


def test_an_array_is_not_opened():
    assert plain(decoded(b' [1, {"a": 2}]', is_collection=True)) == {"collection": b'[1, {"a": 2}]'}
    assert plain(decoded(b"[]", Opening(collection=Opening()), is_collection=True)) == {"collection": b"[]"}


def test_an_array_that_somebody_looks_at_is_read_as_a_whole():
    assert decoded(b"[1]", Opening(collection=None), is_collection=True) is WHOLE


def test_a_small_body_is_read_as_a_whole():
    body = b'{"a":1}'.ljust(MAX_SMALL)
    assert decoder()(body, False) is WHOLE
    assert plain(decoder()(body + b" ", False)) == {"a": b"1"}


@pytest.mark.parametrize(
    "body",
    [
        b"[1]", b"null", b"42", b"", b'{"a":1} more', b'{"a":[1,]}', b'{"a":[NaN]}', b'{"a":["\x01"]}',
        b'{"a":["\xff"]}', b'{"\xff":1}', b'{"a":["\\ud800"]}', b'{"a":01}', b'{"a":' * 70 + b"1" + b"}" * 70,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
    ],
)
def test_what_is_no_valid_shallow_object_is_read_as_a_whole(body):
    assert decoded(body) is WHOLE


@pytest.mark.parametrize("body", [b'{"a":1}', b"null", b"[1", b"[[1]" * 70 + b"]" * 70])
def test_what_is_no_valid_shallow_array_is_read_as_a_whole(body):
    assert decoded(body, is_collection=True) is WHOLE


def test_a_value_that_cannot_be_read_leaves_the_body_to_who_reads_it_as_a_whole():
    assert decoded(b'{"a":1e999}', Opening(a=None)) is WHOLE
    assert plain(decoded(b'{"a":1e999}')) == {"a": b"1e999"}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
)


@given(st.dictionaries(st.text(max_size=3), values), st.booleans(), st.integers(0, MAX_DEPTH + 3))
def test_what_is_written_is_what_was_read(document, is_ascii, levels):
    for _ in range(levels):
        document = {"a": document}
    body = json.dumps(document, ensure_ascii=is_ascii, indent=1).encode()
    opening = Opening(a=Opening(a=None))
    found = decoded(body, opening)
    if found is not WHOLE:
        assert json.loads(write(found)) == document


@given(st.binary(max_size=30).map(lambda text: b'{"a":[' + text + b"]}"))
def test_what_is_not_opened_is_valid_json(body):
    found = decoded(body)
    if found is not WHOLE:
        json.loads(write(found), parse_constant=pytest.fail)
