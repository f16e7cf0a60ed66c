"""Bodies are read as Go reads them, and what Python could not survive is refused."""
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from krakpy.encoding.json_documents import MAX_DEPTH, MAX_DIGITS, read
from krakpy.encoding.json_renderer import write
from krakpy.encoding.numbers import Number


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b'{"a":1,"b":[true,null,"x"]}', {"a": 1, "b": [True, None, "x"]}),
        (b' \t\r\n[1]\n', [1]),
        (b'{"a":1,"b":2,"a":3}', {"a": 3, "b": 2}),
        (b'"\\u00e9\\ud83d\\ude00"', "é\U0001f600"),
        ('"é\U0001f600"'.encode(), "é\U0001f600"),
        (b"123456789012345678901234567890", 123456789012345678901234567890),
        (b"null", None),
    ],
    ids=["nested", "spaced", "the last duplicate wins", "escapes", "UTF-8", "long integer", "null"],
)
def test_a_document_is_read(body, document):
    assert read(body) == document


@pytest.mark.parametrize("text", ["4.20", "1e5", "1.5E-7", "0.0", "-0.0", "3.14159265358979323846264338327950288"])
def test_numbers_keep_their_text(text):
    number = read(f'{{"n":{text}}}'.encode())["n"]
    assert isinstance(number, Number)
    assert number.text == text


@pytest.mark.parametrize("body", [b"[-0]", b'{"n":-0}', b"[-0 , 1]", b"-0"])
def test_the_sign_of_zero_is_kept(body):
    assert b"-0" in write(read(body))


def test_dates_are_no_negative_zeros():
    assert read(b'{"day":"2024-01-05","zero":0}') == {"day": "2024-01-05", "zero": 0}


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b'{"a":1} and more', {"a": 1}),
        (b'{"a":1}{"a":2}', {"a": 1}),
        (b" [1]\x00", [1]),
        (b'{"a":1.10} \xff', {"a": 1.1}),
        (b'{"a":-0} x', {"a": 0}),
    ],
)
def test_what_follows_the_first_value_is_ignored(body, document):
    assert read(body) == document


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'"\xff"', "\ufffd"),
        (b'"a\xe2\x82b"', "a\ufffd\ufffdb"),
        (b'"\xed\xa0\x80"', "\ufffd\ufffd\ufffd"),
        (b'"\\ud800"', "\ufffd"),
        (b'"\\udc00\\ud800x"', "\ufffd\ufffdx"),
        (b'"\\ud800\\ud83d\\ude00"', "\ufffd\U0001f600"),
        (b'"\\\\ud800 \\" \\ud800"', '\\ud800 " \ufffd'),
    ],
    ids=["no UTF-8", "cut off", "encoded half", "half", "wrong way round", "half before a pair", "escaped backslash"],
)
def test_what_is_no_unicode_becomes_the_replacement_character(body, text):
    assert read(body) == text


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":', b"nope", b"<html></html>", b"{'a':1}", b'{"a":1,}', b"[1,]", b"[01]", b"[1.]", b"[.5]", b"[+1]",
        b'["\x01"]', b'["\\x41"]', b'["\\u12"]', b"\xef\xbb\xbf{}", b"\xff{}", b"]",
    ],
)
def test_what_is_no_json_is_refused(body):
    with pytest.raises(ValueError, match="not JSON"):
        read(body)


@pytest.mark.parametrize("body", [b"[NaN]", b"[Infinity]", b"[-Infinity]", b"NaN", b"[1e999]", b'{"a":-1e999}'])
def test_only_finite_numbers_are_read(body):
    with pytest.raises(ValueError, match=r"no number|too large"):
        read(body)


@pytest.mark.parametrize("body", [b"", b"  \n"])
def test_an_empty_body_is_refused(body):
    with pytest.raises(ValueError, match="empty"):
        read(body)


def test_integers_have_at_most_the_digits_that_python_reads():
    assert read(b"9" * MAX_DIGITS) == 10**MAX_DIGITS - 1
    with pytest.raises(ValueError, match=f"{MAX_DIGITS} is the limit"):
        read(b"9" * (MAX_DIGITS + 1))


def nested(turns, opening="[", closing="]"):
    return f"{opening * turns}1{closing * turns}".encode()


#: what is opened, what is closed, how many levels that is
SHAPES = {
    "arrays": ("[", "]", 1),
    "objects": ('{"a":', "}", 1),
    "both": ('[{"a":', "}]", 2),
    "brackets in strings": ('{"[{":"]]]","b\\"}":', ',"c":"\\\\[["}', 1),
    "strings that balance the brackets": ('{"a":"}","b":', ',"c":"{"}', 1),
    "escapes that hide them": ('{"a":"\\"}\\"","b":', ',"c":"\\"{\\""}', 1),
    "escaped backslashes": ('{"a":"}\\\\","b":', ',"c":"{\\\\"}', 1),
}


@pytest.mark.parametrize(("opening", "closing", "levels"), SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("rest", [b"", b" rest"], ids=["whole", "followed by more"])
def test_nesting_has_a_limit(opening, closing, levels, rest):
    turns = MAX_DEPTH // levels
    assert read(nested(turns, opening, closing) + rest)
    with pytest.raises(ValueError, match="nested deeper"):
        read(nested(turns + 1, opening, closing) + rest)


@pytest.mark.parametrize("depth", [1_000, 100_000])
@pytest.mark.parametrize(
    "body",
    [
        nested,
        lambda depth: b"[" * depth,
        lambda depth: nested(depth) + b" rest",
        lambda depth: b"[-0," + nested(depth) + b"]",
    ],
    ids=["whole", "cut off", "followed by more", "read leniently"],
)
def test_a_bottomless_body_is_refused_without_running_out_of_stack(depth, body):
    with pytest.raises(ValueError, match=r"nested deeper|not JSON"):
        read(body(depth))


def depth_of(value):
    """How deep a value is nested: the slow and obvious way."""
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth_of, value), default=0)
    return 0


texts = st.text(st.sampled_from('ab[]{}"\\é\U0001f600'), max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=30,
)


@given(values, st.integers(0, MAX_DEPTH + 3), st.booleans(), texts)
@example([{}] * 100, MAX_DEPTH - 2, True, '"}')
def test_the_limit_is_exact_whatever_the_strings_hold(value, levels, is_wide, text):
    if is_wide:
        value = [value, *[{text: [text, {}]}] * 40]
    for _ in range(levels):
        value = {text: value, "]}": text}
    body = json.dumps(value).encode()
    if depth_of(value) <= MAX_DEPTH:
        assert read(body) == value
    else:
        with pytest.raises(ValueError, match="nested deeper"):
            read(body)


@given(st.binary(max_size=40) | values.map(lambda value: json.dumps(value).encode()[:-1]))
def test_every_body_is_a_document_or_a_value_error(body):
    try:
        read(body)
    except ValueError:
        pass
