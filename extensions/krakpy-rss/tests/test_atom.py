"""Atom feeds become the documents that KrakenD makes of them."""
import base64

import pytest
from krakpy_rss import RssDecoder


def feed(inner, attributes=""):
    body = f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{inner}</feed>'
    return RssDecoder(None).decode(body.encode(), False)


def entry(inner, attributes=""):
    return feed(f"<entry>{inner}</entry>", attributes)["items"][0]


def test_the_fields_of_a_feed():
    document = feed(
        "<title>Atomic</title><subtitle>about</subtitle><updated>2023-01-02T03:04:05Z</updated><rights>us</rights>"
        '<author><name>Ada</name><email>a@a.test</email><uri>u</uri></author><category term="t" label="L"/>'
        '<category term="t2"/><icon>i.png</icon><link href="http://a.test"/>',
        'xml:lang="en"',
    )
    assert document == {
        "title": "Atomic", "description": "about", "updated": "2023-01-02T03:04:05Z", "copyright": "us", "type": "atom",
        "author": {"name": "Ada", "email": "a@a.test"}, "categories": ["L", "t2"], "custom": None, "language": "en",
        "published": "", "items": [], "img_url": "i.png",
    }


def test_the_fields_of_an_entry():
    document = entry(
        "<title>E1</title><id>urn:x:2</id><updated>2023-01-02T03:04:05+01:00</updated><summary>s</summary>"
        '<link href="http://a.test/1"/><link rel="self" href="http://a.test/self"/><link rel="related" href="r"/>'
        '<link rel="enclosure" href="http://e.test" type="audio/mpeg" length="5"/><author><name>Ada</name></author>'
    )
    assert document == {
        "title": "E1", "guid": "urn:x:2", "description": "s", "link": "http://a.test/1",
        "links": ["http://a.test/1", "http://a.test/self"],
        "updated": "2023-01-02T03:04:05+01:00", "updatedParsed": "2023-01-02T02:04:05Z",
        "published": "2023-01-02T03:04:05+01:00", "publishedParsed": "2023-01-02T02:04:05Z",
        "author": {"name": "Ada"}, "authors": [{"name": "Ada"}],
        "enclosures": [{"url": "http://e.test", "length": "5", "type": "audio/mpeg"}],
    }


@pytest.mark.parametrize(
    ("attributes", "inner", "text"),
    [
        ("", "a &amp; b", "a & b"),
        ('type="text"', "&lt;b&gt;", "<b>"),
        ('type="html"', "&lt;b&gt;x&lt;/b&gt;", "<b>x</b>"),
        ('type="html"', "<![CDATA[<b>x</b>]]>", "<b>x</b>"),
        ('type="xhtml"', '<div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div>', "<p>x</p>"),
        ('type="xhtml"', "<p>x</p>", "<p>x</p>"),
        ('type="application/x"', base64.b64encode("é".encode()).decode(), "é"),
        ('type="application/x"', "no base64!", "no base64!"),
    ],
    ids=["plain", "text", "html", "CDATA", "xhtml in a div", "xhtml without", "base64", "other"],
)
def test_a_text_is_read_by_its_type(attributes, inner, text):
    assert entry(f"<content {attributes}>{inner}</content>")["content"] == text


def test_relative_links_are_resolved():
    document = entry('<link href="1"/><id>x</id>', 'xml:base="http://b.test/a"')
    assert (document["link"], document["guid"]) == ("http://b.test/a/1", "http://b.test/a/x")


def test_names_of_atom_0_3_are_known():
    document = entry("<issued>2023-01-02</issued><modified>2023-01-03</modified>")
    assert (document["published"], document["updated"]) == ("2023-01-02", "2023-01-03")
