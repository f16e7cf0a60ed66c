"""The decoder gives the root under its name, or all of that as a collection."""
import pytest
from krakpy_sdk import ConfigError
from krakpy_xml import XmlConfig, XmlDecoder

DOCUMENT = {"user": {"-type": "admin", "name": "Ada"}}
BODY = b'<user type="admin"><name>Ada</name></user>'


@pytest.mark.parametrize(("is_collection", "document"), [(False, DOCUMENT), (True, {"collection": DOCUMENT})])
def test_the_root_is_under_its_name(is_collection, document):
    assert XmlDecoder(None).decode(BODY, is_collection) == document


@pytest.mark.parametrize("body", [b"", b"{}", b"<a><b></a>"])
def test_what_is_no_xml_is_refused(body):
    with pytest.raises(ValueError, match="the body is not XML"):
        XmlDecoder(None).decode(body, False)


def test_a_doctype_is_allowed_by_the_operator():
    body = b'<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd">' + BODY
    with pytest.raises(ValueError, match="DTD"):
        XmlDecoder(XmlConfig()).decode(body, False)
    assert XmlDecoder(XmlConfig(allow_doctype=True)).decode(body, False) == DOCUMENT


def test_the_operator_says_how_deep_elements_may_be_nested():
    body = b"<a>" * 3 + b"</a>" * 3
    assert XmlDecoder(XmlConfig(max_depth=3)).decode(body, False) == {"a": {"a": {"a": ""}}}
    with pytest.raises(ValueError, match="deeper than 2 levels"):
        XmlDecoder(XmlConfig(max_depth=2)).decode(body, False)


@pytest.mark.parametrize("max_depth", [0, -1, 201])
def test_a_depth_that_nobody_survives_is_refused(max_depth):
    with pytest.raises(ConfigError, match="max_depth"):
        XmlConfig(max_depth=max_depth)
