"""XML is told event by event; what only an attacker sends is refused."""
import socket

import pytest
from krakpy_xml import MAX_DEPTH, Reader, local_name

BOMB = b'<!DOCTYPE a [<!ENTITY x "lol">' + b"".join(
    b'<!ENTITY x%d "%s">' % (n, b"&x%s;" % (b"%d" % (n - 1) if n > 1 else b"") * 10) for n in range(1, 10)
) + b"]><a>&x9;</a>"
QUADRATIC = b'<!DOCTYPE a [<!ENTITY x "' + b"x" * 50_000 + b'">]><a>' + b"&x;" * 50_000 + b"</a>"
DEFAULTS = b'<!DOCTYPE a [<!ATTLIST b c CDATA "' + b"x" * 50_000 + b'">]><a>' + b"<b/>" * 50_000 + b"</a>"


class Told(Reader):
    def __init__(self, **words):
        super().__init__(**words)
        self.events = []

    def begin(self, name, attributes):
        self.events.append((name, dict(attributes)))

    def end(self, name):
        self.events.append(f"/{name}")

    def text(self, text):
        self.events.append(text)


def told(body, **words):
    reader = Told(**words)
    reader.read(body)
    return reader.events


def test_events_come_in_the_order_of_the_document():
    assert told(b'<a x:k="1">t<b/> u </a>') == [("a", {"x:k": "1"}), "t", ("b", {}), "/b", " u ", "/a"]


@pytest.mark.parametrize("between", [b"<!-- c -->", b"<?p d?>", b"<b/>", b"<![CDATA[]]>"])
def test_a_text_ends_where_anything_else_begins(between):
    events = [event for event in told(b"<a>one" + between + b"two</a>") if event in ("one", "two", "onetwo")]
    assert events == ["one", "two"]


def test_a_long_text_with_references_is_one():
    assert told(b"<a>" + b"x&amp;" * 10_000 + b"</a>")[1] == "x&" * 10_000


@pytest.mark.parametrize("after", [b"junk", b"<b>", b"<!-- ", b"\xc3\xa9", b"</a>"])
def test_what_follows_the_root_is_not_looked_at(after):
    assert told(b"<a/>" + after) == [("a", {}), "/a"]


@pytest.mark.parametrize(
    "body",
    [
        b"<a><b></a>", b"<a", b"<a>", b"<a>&nbsp;</a>", b"<a>&</a>", b"<a b=1/>", b"<a b='1' b='2'/>", b"<1/>",
        b"<a>\x00</a>", b"<a>\xff</a>", b"<a>]]></a>", b"<a>&#0;</a>", b"<!-- only -->", b"<?xml version='1.0'?>",
    ],
)
def test_what_is_not_well_formed_is_refused(body):
    with pytest.raises(ValueError, match=r"the body is not XML|codec can't decode"):
        told(body)


@pytest.mark.parametrize("allow_doctype", [False, True])
@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        QUADRATIC,
        DEFAULTS,
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><a/>',
        b'<!DOCTYPE a [<!NOTATION n SYSTEM "x"><!ENTITY u SYSTEM "x" NDATA n>]><a/>',
        b"<!DOCTYPE a []><a/>",
    ],
    ids=["billion laughs", "quadratic", "default attributes", "file", "parameter entity", "unparsed entity", "empty"],
)
def test_a_dtd_is_refused_whatever_is_in_it(body, allow_doctype):  # C-13
    with pytest.raises(ValueError, match="which is never read"):
        told(body, allow_doctype=allow_doctype)


@pytest.mark.parametrize("doctype", [b"<!DOCTYPE a>", b'<!DOCTYPE a PUBLIC "x" "y.dtd">'])
def test_a_doctype_is_refused_unless_it_is_allowed(doctype):
    with pytest.raises(ValueError, match="which is never read"):
        told(doctype + b"<a/>")
    assert told(doctype + b"<a/>", allow_doctype=True) == [("a", {}), "/a"]


def test_nothing_is_fetched():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        url = b"http://127.0.0.1:%d/x.dtd" % server.getsockname()[1]
        assert told(b'<!DOCTYPE a SYSTEM "' + url + b'"><a/>', allow_doctype=True) == [("a", {}), "/a"]
        with pytest.raises(TimeoutError):
            server.accept()


def test_an_entity_of_a_dtd_that_was_not_read_is_refused():
    with pytest.raises(ValueError, match="the entity 'x' is not defined"):
        told(b'<!DOCTYPE a SYSTEM "x.dtd"><a>&x;</a>', allow_doctype=True)


def test_depth_is_bounded():
    deepest = b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH
    assert len(told(deepest)) == 2 * MAX_DEPTH
    with pytest.raises(ValueError, match=f"deeper than {MAX_DEPTH} levels"):
        told(b"<a>" + deepest + b"</a>")


@pytest.mark.parametrize("name", ["begin", "end", "text"])
def test_a_reader_says_what_it_does_with_events(name):
    with pytest.raises(NotImplementedError):
        getattr(Reader(), name)(*["a", {}][: 2 if name == "begin" else 1])


@pytest.mark.parametrize(("name", "local"), [("a", "a"), ("x:a", "a"), (":a", ":a"), ("a:", "a:"), ("a:b:c", "b:c")])
def test_a_prefix_is_what_stands_before_the_colon(name, local):
    assert local_name(name) == local
