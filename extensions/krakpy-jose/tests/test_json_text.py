"""Tokens are read so that no two readers can disagree about them."""
import pytest
from krakpy_jose.json_text import read_object, written


def test_an_object_is_read():
    assert read_object(b' {"a": [1, 2.5, null, true], "b": {"c": "\xc3\xa9"}} ') == {
        "a": [1, 2.5, None, True], "b": {"c": "é"},
    }


@pytest.mark.parametrize(
    "text",
    [
        b"", b"[1]", b"1", b'"a"', b"null", b"zzz", b"{", b'{"a":1}x', b'{"a":1}{"a":1}', b'{"a":NaN}',
        b'{"a":Infinity}', b'{"a":-Infinity}', b'{"a":1e999}', b'{"a":-1e999}', b'{"a":1,"a":2}',
        b'{"b":{"a":1,"a":2}}', b'{"a":"\xff"}',
        b"\xef\xbb\xbf{}", b'{"a":' + b"9" * 5000 + b"}", b'{"a":' + b"[" * 3000 + b"]" * 3000 + b"}",
        b'{"a":' + b"[" * 64 + b"]" * 64 + b"}", b'{"a":' * 65 + b"1" + b"}" * 65, b'{"a":\'b\'}', b"{a:1}",
        b'{"a":1,}',
    ],
    ids=[
        "nothing", "list", "number", "text", "null", "no JSON", "cut", "more text", "two objects", "NaN", "infinity",
        "minus infinity", "too large", "too small", "member twice", "inner member twice", "no UTF-8", "byte order mark",
        "5000 digits", "3000 deep", "65 deep", "65 objects deep", "other quotes", "no quotes", "comma at the end",
    ],
)  # fmt: skip
def test_what_is_ambiguous_is_no_token(text):
    with pytest.raises(ValueError, match=r".|^$"):
        read_object(text)


def test_many_values_are_no_depth():
    assert len(read_object(b'{"a":[' + b",".join([b"[1]"] * 500) + b"]}")["a"]) == 500


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": {"d": None, "c": True}}, '{"a":{"c":true,"d":null},"b":1}'),
        ("<a> & 'é'\u2028\n", '"\\u003ca\\u003e \\u0026 \'é\'\\u2028\\n"'),
        ([1, 1.0, 1.5, 10**20], "[1,1,1.5,100000000000000000000]"),
        ((), "[]"),
    ],
    ids=["sorted", "escaped", "numbers", "empty"],
)
def test_values_are_written_as_go_writes_them(value, text):
    assert written(value) == text


def test_numbers_keep_their_text():
    class Number(float):
        text = "1.10"

    assert written({"n": Number(1.1)}) == '{"n":1.10}'
