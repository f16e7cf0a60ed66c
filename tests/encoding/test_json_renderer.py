"""Documents are written byte for byte as KrakenD writes them, and always as valid JSON."""
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from krakpy_sdk import Request, Response

from krakpy.encoding.json_documents import read
from krakpy.encoding.json_renderer import CollectionRenderer, JsonRenderer, write
from krakpy.encoding.numbers import Number


def rendered(renderer, data):
    return renderer(None).render(Request(), Response(data=data))


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            '{"zero":0,"neg":-7,"negzero":-0,"dec":4.20,"exp":1e5,"exp2":1.5E-7,"big":123456789012345678901234567890}',
            '{"big":123456789012345678901234567890,"dec":4.20,"exp":1e5,"exp2":1.5E-7,"neg":-7,"negzero":-0,"zero":0}',
        ),
        ('{"a":"\\u0001\\b\\t\\n\\f\\r\\u007f\\/é"}', '{"a":"\\u0001\\b\\t\\n\\f\\r\x7f/é"}'),
        ('{"html":"<b>&\'\\"</b>"}', '{"html":"\\u003cb\\u003e\\u0026\'\\"\\u003c/b\\u003e"}'),
        ('{"a":"\u2028\u2029\u2030"}', '{"a":"\\u2028\\u2029\u2030"}'),
        (
            '{"b":1,"a":2,"B":3,"_":4,"10":5,"9":6,"é":7,"":8,"\U0001f600":9,"\uffff":{"d":1,"c":2}}',
            '{"":8,"10":5,"9":6,"B":3,"_":4,"a":2,"b":1,"é":7,"\uffff":{"c":2,"d":1},"\U0001f600":9}',
        ),
        ('{ "a" : [ 1 , {} , [] ] }', '{"a":[1,{},[]]}'),
    ],
    ids=["numbers", "control characters", "html", "line separators", "order of keys", "spaces"],
)
def test_json_is_written_like_krakend_writes_it(body, text):
    assert rendered(JsonRenderer, read(body.encode())).body == text.encode()


def test_no_data_is_null():
    assert rendered(JsonRenderer, None).body == b"null"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (float("nan"), "null"),
        (float("inf"), "null"),
        ("a\ud800b", '"a\ufffdb"'),
        ("\udcff", '"\ufffd"'),
        (["\udfff", {"\ud800": ("\udc00", 1.5)}], '["\ufffd",{"\ufffd":["\ufffd",1.5]}]'),
    ],
    ids=["nan", "infinity", "half a pair", "byte", "nested"],
)
def test_what_json_cannot_say_never_makes_it_invalid(value, text):
    assert write(value) == text.encode()


def test_a_value_that_json_does_not_have_is_an_error():
    with pytest.raises(TypeError, match="object is nothing that JSON can say"):
        write({"a": object()})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec=None)), inner),
        max_leaves=20,
    )
)
def test_what_is_written_is_json_that_any_page_may_hold(value):
    text = write(value)
    json.loads(text.decode("utf-8"), parse_constant=pytest.fail)
    assert not set(text.decode()) & set("<>&\u2028\u2029")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_a_number_leaves_as_it_came(value):
    text = f"{value:f}".encode()
    assert write(read(text)) == text


def test_numbers_keep_their_text_beside_plain_floats():
    assert write([Number("1.10"), 1.1]) == b"[1.10,1.1]"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"collection": [3, {"b": 1, "a": 2}]}, b'[3,{"a":2,"b":1}]'),
        ({"collection": None}, b"null"),
        ({"other": [1]}, b"[]"),
        ({}, b"[]"),
        (None, b"[]"),
    ],
)
def test_a_collection_is_written_as_its_array(data, text):
    assert rendered(CollectionRenderer, data).body == text


@pytest.mark.parametrize("renderer", [JsonRenderer, CollectionRenderer])
def test_json_says_that_it_is_json(renderer):
    assert rendered(renderer, {}).headers["content-type"] == "application/json; charset=utf-8"
