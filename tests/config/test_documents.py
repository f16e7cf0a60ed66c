"""A file becomes a document by its suffix; what is no document is refused with line and column."""

import pytest

from krakpy.codes import Code
from krakpy.config import documents
from krakpy.config.report import Report


def parse(name, content):
    report = Report()
    return documents.parse(name, content.encode() if isinstance(content, str) else content, report), report.problems


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("k.json", '{"a": [1, {"b": 2.5}]}'),
        ("k.conf", '{"a": [1, {"b": 2.5}]}'),
        ("k", '{"a": [1, {"b": 2.5}]}'),
        ("k.json", b'\xef\xbb\xbf{"a": [1, {"b": 2.5}]}'),
        ("k.yml", "a: [1, {b: 2.5}]"),
        ("K.YAML", "a: [1, {b: 2.5}]"),
        ("k.toml", "a = [1, {b = 2.5}]"),
    ],
)
def test_the_suffix_decides_the_format(name, content):
    assert parse(name, content) == ({"a": [1, {"b": 2.5}]}, ())


@pytest.mark.parametrize(
    ("name", "content", "place", "reason"),
    [
        ("k.json", "", "k.json", "the file is empty"),
        ("k.json", '{"version": 3, "endpoints": [', "k.json:1:30", "ends in the middle"),
        ("k.json", '{"version": 3,\n "endpoints": [],}', "k.json:2:18", "this is not JSON"),
        ("k.json", "version: 3", "k.json:1:1", "this is not JSON"),
        ("k.json", '{"a": NaN}', "k.json", "NaN is not a JSON value"),
        ("k.json", "[]", "k.json", "has to hold one object"),
        ("k.json", b'{"a": "\xff"}', "k.json", "not UTF-8: byte 7"),
        ("k.json", "[" * 100_000, "k.json", "too deep"),
        ("k.json", '{"a":' * 300 + "1" + "}" * 300, "k.json", "too deep"),
        ("k.yaml", "a: [", "k.yaml:2:1", "this is not YAML"),
        ("k.yaml", "- a", "k.yaml", "has to hold one object"),
        ("k.toml", "version = = 3", "k.toml", "line 1, column 11"),
        ("k.toml", "a = inf", "k.toml", "inf is not a number"),
        ("k.toml", "a = 1\na = 2", "k.toml", "this is not TOML"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_is_no_document_is_refused_where_it_stands(name, content, place, reason):
    document, (problem,) = parse(name, content)
    assert document is None
    assert (problem.code, problem.place) == (Code.SYNTAX, place)
    assert reason in problem.message


@pytest.mark.parametrize("suffix", sorted(documents.UNSUPPORTED))
def test_formats_that_krakpy_does_not_read_are_refused_by_name(suffix):
    document, (problem,) = parse(f"k{suffix}", "version = 3")
    assert document is None
    assert problem.code is Code.NOT_BUILT
    assert suffix in problem.message


def test_every_key_that_is_there_twice_is_reported_with_its_place():
    _, problems = parse("k.json", '{"a": 1, "l": [{"b": 1, "b": 2}], "a": 3}')
    assert [(problem.code, problem.place) for problem in problems] == [
        (Code.DUPLICATE_KEY, "l[0].b"),
        (Code.DUPLICATE_KEY, "a"),
    ]


def test_dates_of_toml_are_texts():
    assert parse("k.toml", "a = 2024-01-02\nb = [{c = 10:00:00}]")[0] == {"a": "2024-01-02", "b": [{"c": "10:00:00"}]}


def test_floats_of_toml_are_numbers():
    assert parse("k.toml", "a = 1.5")[0] == {"a": 1.5}
