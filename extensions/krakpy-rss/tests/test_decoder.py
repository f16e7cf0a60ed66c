"""A feed is told by how it begins; what is none is refused."""
import pytest
from krakpy_rss import RssConfig, RssDecoder

ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"/>'
EMPTY = {
    "author": None, "categories": None, "copyright": "", "custom": None, "description": "", "items": [], "language": "",
    "published": "", "title": "", "updated": "",
}


def decoded(body, config=None):
    return RssDecoder(config).decode(body, False)


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b" \r\n\t", b" " * 100], ids=["", "mark", "space", "spaces"])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<rss/>", "rss"),
        (b"<RSS><channel/></RSS>", "rss"),
        (b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "rss"),
        (ATOM, "atom"),
        (b'{"id":1}', "json"),
    ],
)
def test_an_empty_feed_has_every_field(body, kind, before):
    assert decoded(before + body) == {**EMPTY, "type": kind}


@pytest.mark.parametrize("is_collection", [False, True])
def test_a_feed_is_never_a_collection(is_collection):
    assert RssDecoder(None).decode(ATOM, is_collection)["type"] == "atom"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "neither XML nor JSON"),
        (b"[]", "neither XML nor JSON"),
        (b"http://127.0.0.1/feed.xml", "neither XML nor JSON"),
        (b"<html/>", "its root is 'html'"),
        (b'<x:feed xmlns:x="urn:x"/>', "its root is 'feed'"),
        (b"<rss><channel></rss>", "not XML"),
        (b"{", "Expecting"),
        (b'{"a":1}x', "Extra data"),
        (b'{"items":{}}', "items is not what it should be"),
        (b'{"items":[1]}', "items is not what it should be"),
        (b'{"items":[{"id":1}]}', "id is not what it should be"),
        (b'{"items":[{"tags":[1]}]}', "tags is not what it should be"),
        (b'{"title":NaN}', "NaN is not what it should be"),
        (b'{"items":' + b"[" * 100_000, "nested too deep"),
        (b"<rss>" * 65, "deeper than 64 levels"),
    ],
)
def test_what_is_no_feed_is_refused(body, message):
    with pytest.raises(ValueError, match=message):
        decoded(body)


@pytest.mark.parametrize("allow_doctype", [False, True])
def test_a_bomb_is_refused(allow_doctype):  # C-13
    body = b'<!DOCTYPE rss [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'
    with pytest.raises(ValueError, match="never read"):
        decoded(body, RssConfig(allow_doctype=allow_doctype))


def test_a_doctype_is_allowed_by_the_operator():
    body = b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/rss.dtd"><rss/>'
    assert decoded(body, RssConfig(allow_doctype=True))["type"] == "rss"
    with pytest.raises(ValueError, match="never read"):
        decoded(body)
