"""Whatever a key or a text has in it, it is a name or a text in XML."""
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krakpy.encoding.xml_text import escaped, named


@pytest.mark.parametrize("name", ["a", "Ab_1-2.x", "é", "soap:Envelope", "_"])
def test_a_name_stays(name):
    assert named(name) == name


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("", "_"),
        ("1", "_1"),
        ("-x", "_-x"),
        ("#text", "_text"),
        ("a b", "a_b"),
        ("a><script>", "a__script_"),
        ("12:30", "_12_30"),
        ("a:", "a_"),
        ("a:b:c", "a_b_c"),
        ("\ud800", "_"),
    ],
)
def test_what_cannot_stand_in_a_name_becomes_an_underscore(key, name):
    assert named(key) == name


# NOTE: older parsers, this one among them, take fewer letters beyond Latin-1 than XML 1.0 has had since 2008
@given(st.text(st.characters(max_codepoint=0xFF, exclude_characters=":")))
def test_every_key_gives_a_name_that_xml_takes(key):
    assert ElementTree.fromstring(f"<{named(key)}/>").tag == named(key)


@given(st.text())
def test_what_is_mended_is_a_name(key):
    assert named(named(key)) == named(key)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain, é\t\n\r", "plain, é\t\n\r"),
        ("<a & \"b\" 'c'>", "&lt;a &amp; &quot;b&quot; &apos;c&apos;&gt;"),
        ("\x00\x0b\x1f\ufffe\ud800", "\ufffd" * 5),
        ("\U0001f600\x7f", "\U0001f600\x7f"),
    ],
    ids=["nothing to escape", "markup", "no characters", "rare characters"],
)
def test_texts_are_escaped(text, written):
    assert escaped(text) == written


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")))
def test_every_text_is_read_back(text):
    assert (ElementTree.fromstring(f"<a>{escaped(text)}</a>").text or "") == text
