"""Details of an error are an object of three keys, which XML writes as KrakenD does."""
from copy import deepcopy

import pytest

from krakpy.encoding.error_details import ErrorDetails
from krakpy.encoding.xml_renderer import write


def test_they_have_status_body_and_type_in_that_order():
    found = list(ErrorDetails(404, b"gone", "text/plain").items())
    assert found == [("http_status_code", 404), ("http_body", "gone"), ("http_body_encoding", "text/plain")]


@pytest.mark.parametrize(
    ("body", "kind", "keys"),
    [(b"", "", 1), (b"x", "", 2), (b"", "text/plain", 2)],
    ids=["status alone", "no type", "no body"],
)
def test_what_is_empty_is_left_out(body, kind, keys):
    assert len(ErrorDetails(503, body, kind)) == keys


def test_bytes_that_are_no_text_are_kept():
    assert ErrorDetails(500, b"\xff!", "")["http_body"] == "\udcff!"


def test_a_copy_that_somebody_else_owns_is_an_ordinary_object():
    details = ErrorDetails(404, b"gone", "")
    copy = deepcopy(details)
    assert (type(copy), copy) == (dict, details)


@pytest.mark.parametrize(
    ("details", "inner"),
    [
        (ErrorDetails(404, b"a<\"b'", "x/y"), "<Code>404</Code><Msg>a&lt;&#34;b&#39;</Msg><Enc>x/y</Enc>"),
        (ErrorDetails(503, b"\r\n\t&", ""), "<Code>503</Code><Msg>&#xD;&#xA;&#x9;&amp;</Msg><Enc></Enc>"),
    ],
    ids=["markup", "spaces"],
)
def test_their_text_is_xml(details, inner):
    assert details.as_text() == f"<NamedHTTPResponseError>{inner}</NamedHTTPResponseError>"


def test_xml_writes_their_text():
    written = write({"error_api": ErrorDetails(404, b'"', "")}).decode()
    assert written == (
        "<error_api>&lt;NamedHTTPResponseError&gt;&lt;Code&gt;404&lt;/Code&gt;&lt;Msg&gt;&amp;#34;&lt;/Msg&gt;"
        "&lt;Enc&gt;&lt;/Enc&gt;&lt;/NamedHTTPResponseError&gt;</error_api>"
    )
