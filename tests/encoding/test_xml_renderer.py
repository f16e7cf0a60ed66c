"""Documents are written as XML byte for byte as KrakenD writes them, and always as well-formed XML."""
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from krakpy_sdk import Request, Response

from krakpy.encoding.json_documents import read
from krakpy.encoding.xml_renderer import XmlRenderer, write

KEYS = st.text(st.characters(max_codepoint=0xFF), max_size=6) | st.sampled_from(["#text", "-a"])
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
DOCUMENTS = st.dictionaries(
    KEYS,
    st.recursive(
        st.none() | st.booleans() | NUMBERS | st.text(max_size=6),
        lambda values: st.lists(values, max_size=3) | st.dictionaries(KEYS, values, max_size=3),
        max_leaves=8,
    ),
    max_size=3,
)


@pytest.mark.parametrize(
    ("body", "xml"),
    [
        ('{"root":{"b":1,"a":"x"}}', "<root><a>x</a><b>1</b></root>"),
        ('{"b":1,"a":2}', "<doc><a>2</a><b>1</b></doc>"),
        ("{}", "<doc/>"),
        ('{"a":null}', "<a/>"),
        ('{"a":false}', "<a>false</a>"),
        ('{"a":0}', "<a>0</a>"),
        ('{"a":[]}', "<a/>"),
        ('{"a":[{"b":1},{"c":2}]}', "<a><b>1</b></a><a><c>2</c></a>"),
        ('{"a":[1,"x"]}', "<doc><a>1</a><a>x</a></doc>"),
        ('{"a":[{},null,"",[]]}', "<doc><a/><a/><a/><a/></doc>"),
        ('{"a":[[1],[2,[3]]]}', "<doc><a>1</a><a>2</a><a>3</a></doc>"),
    ],
    ids=[
        "one key is the root", "doc otherwise", "nothing", "null", "false", "zero", "empty array", "objects as roots",
        "other arrays are no root", "what is empty", "arrays in arrays",
    ],
)
def test_root_and_elements_are_krakends(body, xml):
    assert write(read(body.encode())) == xml.encode()


@pytest.mark.parametrize(
    ("body", "xml"),
    [
        ('{"n":{"-id":"7","#text":"body","sub":null}}', '<n id="7">body<sub/></n>'),
        ('{"n":{"-b":1.50,"-a":true}}', '<n a="true" b="1.50"/>'),
        ('{"n":{"#text":""}}', "<n></n>"),
        ('{"n":{"-a":"<\'\\"&>","#text":"&"}}', '<n a="&lt;&apos;&quot;&amp;&gt;">&amp;</n>'),
        ('{"-x":"1","b":2}', '<doc x="1"><b>2</b></doc>'),
        ('{"n":{"-":"1"}}', "<n><_->1</_-></n>"),
    ],
    ids=["text and element", "attributes alone", "empty text", "escapes", "of the root", "a hyphen is no attribute"],
)
def test_attributes_and_text_are_krakends(body, xml):
    assert write(read(body.encode())) == xml.encode()


@pytest.mark.parametrize("value", ["null", "{}", "[]"])
def test_nothing_is_written_if_an_attribute_is_no_text(value):
    assert write(read(f'{{"a":{{"-x":{value},"b":1}}}}'.encode())) == b""


@pytest.mark.parametrize(
    ("text", "xml"),
    [(None, "<n><b/></n>"), ({"k": "<"}, "<n>{&quot;k&quot;:&quot;\\u003c&quot;}<b/></n>"), ([], "<n><b/></n>")],
    ids=["null", "object", "empty array"],
)
def test_text_that_is_no_text_is_written_as_json(text, xml):
    assert write({"n": {"#text": text, "b": None}}) == xml.encode()


def test_keys_that_become_one_name_are_one_attribute():
    assert write({"a": {"-x y": "1", "-x_y": "2"}}) == b'<a x_y="2"/>'


def test_numbers_keep_their_text():
    assert write(read(b'{"a":[4.20,1e5,123456789012345678901234567890]}')) == (
        b"<doc><a>4.20</a><a>1e5</a><a>123456789012345678901234567890</a></doc>"
    )


@given(DOCUMENTS)
def test_every_document_is_well_formed(document):
    written = write(document)
    if written:
        # NOTE: an array of objects has as many roots as members, and prefixes are nowhere declared (KrakenD: the same)
        ElementTree.fromstring(b"<all>" + written.replace(b":", b".") + b"</all>")


@pytest.mark.parametrize("data", [None, {}])
def test_no_data_is_an_empty_root(data):
    assert XmlRenderer(None).render(Request(), Response(data=data)).body == b"<doc/>"


def test_xml_says_that_it_is_xml():
    assert XmlRenderer(None).render(Request(), Response(data={"a": 1})).headers["content-type"] == "application/xml"
