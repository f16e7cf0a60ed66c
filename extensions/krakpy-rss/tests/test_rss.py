"""RSS feeds become the documents that KrakenD makes of them."""
import pytest
from krakpy_rss import RssDecoder

SPACES = " ".join((
    'xmlns:dc="http://purl.org/dc/elements/1.1/"',
    'xmlns:pod="http://www.itunes.com/DTDs/PodCast-1.0.dtd"',
    'xmlns:media="http://search.yahoo.com/mrss/"',
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"',
    'xmlns:x="urn:x"',
))


def feed(inner):
    return RssDecoder(None).decode(f"<rss {SPACES}><channel>{inner}</channel></rss>".encode(), False)


def item(inner):
    return feed(f"<item>{inner}</item>")["items"][0]


def test_the_fields_of_a_channel():
    document = feed(
        "<title>Feed</title><description>About &amp; things</description><language>en</language>"
        "<copyright>us</copyright><pubDate>Mon, 02 Jan 2023 03:04:05 GMT</pubDate><lastBuildDate>later</lastBuildDate>"
        "<managingEditor>ada@a.test (Ada)</managingEditor><category>c</category><image><url>http://i.test</url></image>"
    )
    assert document == {
        "title": "Feed", "description": "About & things", "language": "en", "copyright": "us", "custom": None,
        "published": "Mon, 02 Jan 2023 03:04:05 GMT", "updated": "later", "categories": ["c"], "items": [],
        "author": {"name": "Ada", "email": "ada@a.test"}, "img_url": "http://i.test", "type": "rss",
    }


def test_the_fields_of_an_item():
    document = item(
        "<title>One</title><link>http://f.test/1</link><guid>g1</guid><description>first</description>"
        "<author>Ada</author><pubDate>Mon, 02 Jan 2023 03:04:05 GMT</pubDate><category>c</category><rating>5</rating>"
        '<enclosure url="http://e.test" length="12" type="audio/mpeg"/><comments>none</comments>'
    )
    assert document == {
        "title": "One", "link": "http://f.test/1", "links": ["http://f.test/1"], "guid": "g1", "description": "first",
        "author": {"name": "Ada"}, "authors": [{"name": "Ada"}], "published": "Mon, 02 Jan 2023 03:04:05 GMT",
        "publishedParsed": "2023-01-02T03:04:05Z", "categories": ["c"], "custom": {"rating": "5"},
        "enclosures": [{"url": "http://e.test", "length": "12", "type": "audio/mpeg"}],
    }


def test_items_and_image_may_stand_beside_the_channel():
    body = (
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        "<channel><title>F</title></channel><image><url>u</url></image><item><title>I</title></item></r:RDF>"
    )
    document = RssDecoder(None).decode(body.encode(), False)
    assert (document["title"], document["img_url"], document["items"]) == ("F", "u", [{"title": "I"}])


@pytest.mark.parametrize(
    ("inner", "field", "value"),
    [
        ("<dc:title>D</dc:title>", "title", "D"),
        ("<pod:summary>S</pod:summary>", "description", "S"),
        ("<dc:language>fr</dc:language>", "language", "fr"),
        ("<dc:rights>R</dc:rights>", "copyright", "R"),
        ("<dc:date>2023</dc:date>", "updated", "2023"),
        ("<webMaster>w@a.test</webMaster><dc:creator>C</dc:creator>", "author", {"email": "w@a.test"}),
        ("<dc:creator>C</dc:creator>", "author", {"name": "C"}),
        ("<pod:author>P</pod:author>", "author", {"name": "P"}),
        ("<pod:keywords>a,b</pod:keywords><dc:subject>s</dc:subject>", "categories", ["a", "b", "s"]),
        ('<pod:category text="A"><pod:category text="B"/></pod:category>', "categories", ["A", "B"]),
        ('<pod:image href="http://p"/>', "img_url", "http://p"),
        ('<media:content medium="image" url="http://m"/>', "img_url", "http://m"),
        ("<description>&lt;img src='http://h'&gt;</description>", "img_url", "http://h"),
        ("<title>a</title><TITLE>b</TITLE>", "title", "b"),
    ],
)
def test_what_a_channel_does_not_say_its_extensions_may(inner, field, value):
    assert feed(inner)[field] == value


@pytest.mark.parametrize(
    ("inner", "field", "value"),
    [
        ("<dc:title>D</dc:title>", "title", "D"),
        ("<dc:description>D</dc:description>", "description", "D"),
        ("<pod:summary>S</pod:summary>", "description", "S"),
        ("<content:encoded><![CDATA[<p>x</p>]]></content:encoded>", "content", "<p>x</p>"),
        ('<link href="http://h"/>', "link", "http://h"),
        ("<dc:date>2023-01-02T03:04:05+01:00</dc:date>", "publishedParsed", "2023-01-02T03:04:05+01:00"),
        ('<pod:image href="http://p"/>', "image", {"url": "http://p"}),
        ('<media:content type="image/png" url="http://m"/>', "image", {"url": "http://m"}),
        ('<enclosure type="image/png" url="http://e"/>', "image", {"url": "http://e"}),
        ("<content:encoded>&lt;img src='1'&gt;</content:encoded>", "image", {"url": "1"}),
        ("<pod:duration>1:02</pod:duration>", "itunesExt", {"duration": "1:02"}),
        ("<dc:subject>a</dc:subject><dc:subject>b</dc:subject>", "dcExt", {"subject": ["a", "b"]}),
        ("<author>@@</author>", "author", {}),
    ],
)
def test_what_an_item_does_not_say_its_extensions_may(inner, field, value):
    assert item(inner)[field] == value


def test_other_extensions_are_kept_as_they_are():
    children = {"z": [{"name": "z", "value": "t", "attrs": {}, "children": {}}]}
    assert item('<x:y k="v"> a <x:z>t</x:z></x:y>')["extensions"] == {
        "x": {"y": [{"name": "y", "value": "a", "attrs": {"k": "v"}, "children": children}]}
    }
