"""JSON feeds become the documents that KrakenD makes of them."""
import json

from krakpy_rss import RssDecoder


def feed(**members):
    return RssDecoder(None).decode(json.dumps(members).encode(), False)


def test_the_fields_of_a_feed():
    newest = {"date_published": "2023-01-02", "date_modified": "2023-01-03"}
    document = feed(
        title="F", description="d", language="en", icon="http://i", author={"name": "Ada (a@a.test)"},
        items=[newest, {}],
    )
    assert {**document, "items": len(document["items"])} == {
        "title": "F", "description": "d", "language": "en", "img_url": "http://i", "type": "json", "items": 2,
        "author": {"name": "Ada", "email": "a@a.test"}, "published": "2023-01-02", "updated": "2023-01-03",
        "categories": None, "copyright": "", "custom": None,
    }


def test_the_fields_of_an_item():
    [document] = feed(items=[{
        "id": "1", "url": "http://u", "external_url": "http://x", "title": "T", "content_text": "c", "summary": "s",
        "banner_image": "http://b", "date_published": "2023-01-02T03:04:05+01:00", "date_modified": "never",
        "authors": [{"name": "Bob"}], "tags": ["a"], "attachments": [{"url": "http://e", "mime_type": "t"}],
    }])["items"]
    assert document == {
        "guid": "1", "link": "http://u", "links": ["http://u", "http://x"], "title": "T", "content": "c",
        "description": "s", "image": {"url": "http://b"}, "published": "2023-01-02T03:04:05+01:00",
        "publishedParsed": "2023-01-02T03:04:05+01:00", "updated": "never", "authors": [{"name": "Bob"}],
        "categories": ["a"], "enclosures": [{"url": "http://e", "length": "0", "type": "t"}],
    }


def test_a_single_author_is_the_authors():
    [document] = feed(items=[{"author": {"name": "Ada"}}])["items"]
    assert (document["author"], document["authors"]) == ({"name": "Ada"}, [{"name": "Ada"}])


def test_null_is_nothing():
    assert feed(title=None, items=None, author=None)["title"] == ""
