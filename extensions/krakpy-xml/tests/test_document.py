"""Documents are those that KrakenD makes of the same XML."""
import pytest
from hypothesis import given
from hypothesis import strategies as st
from krakpy_xml.document import read


@pytest.mark.parametrize(
    ("xml", "document"),
    [
        ("<a/>", {"a": ""}),
        ("<a>\n </a>", {"a": ""}),
        ("<a>\t t &amp; u\r\n</a>", {"a": "t & u"}),
        ('<a id="7" b=""/>', {"a": {"-id": "7", "-b": ""}}),
        ('<a id="7">t</a>', {"a": {"-id": "7", "#text": "t"}}),
        ("<l><i>1</i><i>2</i><j>3</j><i>4</i></l>", {"l": {"i": ["1", "2", "4"], "j": "3"}}),
        ("<a><b/><b c='1'/></a>", {"a": {"b": ["", {"-c": "1"}]}}),
        (
            '<a:r xmlns:a="urn:a" xmlns="urn:b"><a:x a:k="1">t</a:x><y/></a:r>',
            {"r": {"-a": "urn:a", "-xmlns": "urn:b", "x": {"#text": "t", "-k": "1"}, "y": ""}},
        ),
        ("<r><x:y/><z:y/></r>", {"r": {"y": ["", ""]}}),
        ('<r x:a="1" y:a="2"/>', {"r": {"-a": "2"}}),
        ("<c><![CDATA[<b>&]]>&amp;&#233;<!-- no --></c>", {"c": "&é"}),
        ('<p id="1">hello <b>bold</b> world</p>', {"p": {"#text": "world", "-id": "1", "b": "bold"}}),
        ("<p>hello <b>bold</b> world</p>", {"p": {"#text": "hello", "b": "bold"}}),
        ("<p><b>bold</b> one <b/> two </p>", {"p": {"#text": "two", "b": ["bold", ""]}}),
    ],
    ids=[
        "empty", "blank", "text", "attributes", "attribute and text", "repeated", "repeated with attributes",
        "namespaces", "prefixes are dropped", "attributes of one name", "the last piece of text",
        "the last text after attributes", "the text before elements", "the last text after an element",
    ],
)
def test_the_document_is_krakends(xml, document):
    assert read(xml.encode()) == document


NAMES = st.sampled_from(["a", "b", "c"])
TREES = st.recursive(
    st.text("xyz", min_size=1, max_size=3) | st.just(""),
    lambda trees: st.dictionaries(NAMES, trees | st.lists(trees, min_size=2, max_size=3), min_size=1, max_size=3),
    max_leaves=12,
)


def written(name, value):
    if isinstance(value, list):
        return "".join(written(name, item) for item in value)
    inner = value if isinstance(value, str) else "".join(written(key, member) for key, member in value.items())
    return f"<{name}>{inner}</{name}>"


@given(NAMES, TREES)
def test_elements_and_texts_are_read_as_they_were_written(name, tree):
    assert read(written(name, tree).encode()) == {name: tree}
