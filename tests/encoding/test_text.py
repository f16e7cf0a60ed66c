"""Plain text goes in and out under `content`."""
import pytest
from krakpy_sdk import Request, Response

from krakpy.encoding.json_renderer import write
from krakpy.encoding.text import TextDecoder, TextRenderer


def rendered(data):
    return TextRenderer(None).render(Request(), Response(data=data))


@pytest.mark.parametrize("is_collection", [False, True])
@pytest.mark.parametrize(("body", "text"), [(b"pong\n", "pong\n"), (b"", ""), (b'{"a":1}', '{"a":1}')])
def test_any_body_is_the_content(body, text, is_collection):
    assert TextDecoder(None).decode(body, is_collection) == {"content": text}


def test_bytes_that_are_no_text_come_out_as_they_went_in():
    document = TextDecoder(None).decode(b"caf\xe9", False)
    assert rendered(document).body == b"caf\xe9"
    assert write(document) == '{"content":"caf\ufffd"}'.encode()


@pytest.mark.parametrize("data", [{"content": 5}, {"content": None}, {"a": "b"}, {}, None])
def test_what_is_no_text_is_written_as_nothing(data):
    assert rendered(data).body == b""


def test_text_says_that_it_is_text():
    assert rendered({"content": "é"}).headers["content-type"] == "text/plain; charset=utf-8"


def test_half_a_surrogate_pair_is_replaced():
    assert rendered({"content": "a\ud800"}).body == b"a?"
