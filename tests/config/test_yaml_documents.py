"""YAML as Go's yaml.v3 reads it, without what a configuration has no use for."""

import pytest

from krakpy.codes import Code
from krakpy.config import yaml_documents
from krakpy.config.report import Report
from krakpy.config.unparsed import Unparsable


def parse(text):
    return yaml_documents.parse(text, Report())


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("~", None),
        ("", None),
        ("null", None),
        ("5", 5),
        ("-5", -5),
        ("0x1f", 31),
        ("0o17", 15),
        ("017", 15),
        ("0", 0),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("089", 89.0),
        ("12:30", "12:30"),
        ("2024-01-01", "2024-01-01"),
        ("30s", "30s"),
        ("'5'", "5"),
        ('"true"', "true"),
        (".nan", ".nan"),
        ("!!str 5", "5"),
    ],
)
def test_plain_words_are_read_as_go_reads_them(word, value):
    found = parse(f"key: {word}")["key"]
    assert (found, type(found)) == (value, type(value))


def test_keys_are_texts_as_they_are_written():
    assert parse("404: a\nyes: b\n") == {"404": "a", "yes": "b"}


def test_an_alias_is_the_value_that_it_names():
    assert parse("a: &x {k: [1]}\nb: *x\n") == {"a": {"k": [1]}, "b": {"k": [1]}}


def test_a_merge_adds_what_the_mapping_does_not_have_itself():
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], z: 3}\n"
    assert parse(text)["c"] == {"x": 1, "y": 1, "z": 3}


def test_a_key_that_is_there_twice_is_reported_with_place_and_line():
    report = Report()
    yaml_documents.parse("list:\n  - a: 1\n    a: 2\n", report)
    (problem,) = report.problems
    assert (problem.code, problem.place) == (Code.DUPLICATE_KEY, "list[0].a")
    assert "line 3" in problem.message


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ("", 0, 0, "the file is empty"),
        ("# nothing\n", 0, 0, "the file is empty"),
        ("version: 3\n  endpoints: [", 2, 12, "mapping values are not allowed"),
        ("a: [1", 2, 1, "did not find expected"),
        ("a: *x", 1, 4, "names nothing"),
        ("a: &a [*a]", 1, 8, "names nothing"),
        ("a: 1\n---\nb: 2\n", 2, 1, "more than one document"),
        ("a: !!python/object:os.system x", 1, 4, "the tag"),
        ("a: !!set {x}", 1, 4, "the tag"),
        ("a: !thing [x]", 1, 4, "the tag"),
        ("? [a]\n: 1\n", 1, 3, "a key has to be a text"),
        ("a: {<<: 5}", 1, 5, "takes mappings"),
        ("a: \x00", 0, 0, "not allowed"),
    ],
)
def test_what_is_no_document_is_refused_where_it_stands(text, line, column, reason):
    with pytest.raises(Unparsable, match=reason) as raised:
        parse(text)
    assert (raised.value.line, raised.value.column) == (line, column)


def test_a_file_of_brackets_does_not_end_the_process():
    with pytest.raises(Unparsable, match="more than 200 levels"):
        parse("[" * 100_000)


def test_aliases_that_explode_are_refused():
    """Ten aliases of ten aliases … : each line is short, the document has 10^10 values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(Unparsable, match="aliases written out"):
        parse("\n".join(lines))
