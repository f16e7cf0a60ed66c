"""A body is text in the charset that it declares, if that is one of the web's."""
import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st
from krakpy_xml.charsets import _CODECS, decoded


def declared(charset, content):
    return b'<?xml version="1.0" encoding="' + charset + b'"?>' + content


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        (b"UTF-8", "<n>é</n>".encode(), "<n>é</n>"),
        (b"ISO-8859-1", b"<n>\xe9\x80</n>", "<n>é€</n>"),
        (b"iso-8859-15", b"<n>\xa4</n>", "<n>€</n>"),
        (b"Windows-1251", b"<n>\xe0</n>", "<n>а</n>"),
        (b"Shift_JIS", b"<n>\x83\x65</n>", "<n>テ</n>"),
        (b"GBK", b"<n>\xc4\xe3</n>", "<n>你</n>"),
        (b"us-ascii", b"<n>a</n>", "<n>a</n>"),
        (b"koi8-r", b"<n>\xc1</n>", "<n>а</n>"),
    ],
    ids=lambda value: value.decode() if isinstance(value, bytes) and value.isalnum() else None,
)
def test_a_declared_charset_is_decoded(charset, content, text):
    assert decoded(declared(charset, content)).endswith(text)


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
def test_a_utf_16_byte_order_mark_is_believed(charset):
    mark = codecs.BOM_UTF16_LE if charset.endswith("le") else codecs.BOM_UTF16_BE
    assert decoded(mark + "<n>é</n>".encode(charset)) == "<n>é</n>"


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b" \r\n", b"HTTP leftovers "])
def test_what_stands_before_the_document_is_skipped(before):
    assert decoded(before + b"<n/>") == "<n/>"


def test_bytes_that_the_declared_charset_does_not_have_are_replaced():
    assert decoded(declared(b"euc-jp", b"<n>\xff</n>")).endswith("<n>\ufffd</n>")


@pytest.mark.parametrize("body", [b"<n>\xe9</n>", declared(b"utf-8", b"<n>\xe9</n>")])
def test_utf_8_that_is_none_is_refused(body):
    with pytest.raises(UnicodeDecodeError):
        decoded(body)


@pytest.mark.parametrize("charset", [b"nope", b"idna", b"punycode", b"unicode_escape", b"utf-7", b"rot13", b"hex"])
def test_a_charset_that_is_none_of_the_webs_is_refused(charset):
    with pytest.raises(ValueError, match="is not known"):
        decoded(declared(charset, b"<n/>"))


@pytest.mark.parametrize("body", [b"", b"  ", b'{"a":1}', b"\xff\xfe"])
def test_a_body_without_an_element_is_refused(body):
    with pytest.raises(ValueError, match="it has no element"):
        decoded(body)


def test_every_codec_exists():
    assert all(codecs.lookup(codec) for codec in _CODECS.values())


@given(st.binary())
def test_whatever_comes_is_decoded_or_refused(body):
    try:
        assert decoded(body).startswith("<")
    except ValueError:
        pass
