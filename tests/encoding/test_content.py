"""A rendered response has its body and says what it is."""
from krakpy_sdk import Headers, Response

from krakpy.encoding.content import Content

text = Content("text/plain")


def test_the_type_is_added_to_what_is_there():
    headers = text.of(Response(headers=Headers({"X-A": "1"})), b"").headers
    assert dict(headers) == {"x-a": "1", "content-type": "text/plain"}


def test_a_type_that_is_set_stays():
    assert text.of(Response(headers=Headers({"content-type": "a/b"})), b"").headers.getall("Content-Type") == ["a/b"]


def test_everything_else_stays():
    response = text.of(Response(201, data={"a": 1}, is_complete=False), b"body")
    assert (response.status, response.data, response.is_complete, response.body) == (201, {"a": 1}, False, b"body")
