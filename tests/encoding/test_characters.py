"""Texts become UTF-8, whatever is in them."""
import pytest

from krakpy.encoding.characters import utf8


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("", b""),
        ("é\U0001f600", "é\U0001f600".encode()),
        ("a\ud800b", "a\ufffdb".encode()),
        ("\udcff", "\ufffd".encode()),
    ],
    ids=["nothing", "Unicode", "half a pair", "a byte that was no UTF-8"],
)
def test_what_is_no_unicode_is_replaced(text, body):
    assert utf8(text) == body
