"""A feed's XML is read as leniently as feeds write ampersands, and its texts as they stand in it."""
import pytest
from krakpy_rss.elements import read


def text(inner):
    return read(f"<r><t>{inner}</t></r>".encode()).last_text("t")


@pytest.mark.parametrize(
    ("inner", "found"),
    [
        (" x ", "x"),
        ("AT&T", "AT&T"),
        ("?a=1&b=2", "?a=1&b=2"),
        ("&nbsp;&copy;&hellip;.", "\xa0©…."),
        ("&unheard;", "&unheard;"),
        ("<![CDATA[AT&T &nbsp;]]>", "AT&T &nbsp;"),
        ("<!-- & --> &", "<!-- & --> &"),
        ("&amp;nbsp; & x", "&nbsp; & x"),
        ('<b c=">">m</b> n', '<b c=">">m</b> n'),
        ("é\U0001f600", "é\U0001f600"),
    ],
)
def test_ampersands_are_mended(inner, found):
    assert text(inner) == found


def test_the_prefix_is_the_well_known_one():
    root = read(b'<r xmlns:d="http://purl.org/dc/elements/1.1/" xmlns:MY="urn:x"><d:a/><MY:b/><z:c/><e/></r>')
    assert [element.prefix for element in root.elements] == ["dc", "my", "z", ""]


def test_namespaces_end_with_their_element():
    root = read(b'<r><a xmlns="http://www.w3.org/1999/xhtml"><b/></a><c/></r>')
    assert [root.elements[0].elements[0].prefix, root.elements[1].prefix] == ["xhtml", ""]


def test_an_element_without_an_end_tag_is_empty():
    element = read(b'<r><t a="1"/></r>').elements[0]
    assert (element.inner, element.text, element.value, element.attribute("a")) == ("", "", "", "1")


def test_links_are_relative_to_the_nearest_base():
    root = read(b'<r xml:base="http://a.test/x/"><t href="1"/><u xml:base="y"><t href="http://[" src="2"/></u></r>')
    inner = root.elements[1].elements[0]
    assert (root.elements[0].attribute("href"), inner.attribute("src")) == ("http://a.test/x/1", "http://a.test/x/y/2")
    assert inner.attribute("href") == "http://[", "what is no address stays"
