"""CSV becomes a collection of objects, or an error that names the line."""
import pytest
from acme_csv import Csv, CsvConfig
from krakpy_sdk import ConfigError


def decoded(body, **settings):
    return Csv(CsvConfig(**settings)).decode(body, is_collection=True)["collection"]


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (b"id,name\n1,Pine\n2,Oak\n", [{"id": "1", "name": "Pine"}, {"id": "2", "name": "Oak"}]),
        (b"id,name\r\n1,Pine", [{"id": "1", "name": "Pine"}]),
        (b'id,name\n1,"Oak, red"\n', [{"id": "1", "name": "Oak, red"}]),
        (b'id,name\n1,"two\nlines"\n', [{"id": "1", "name": "two\nlines"}]),
        (b'id,name\n1,"a ""quote"""\n', [{"id": "1", "name": 'a "quote"'}]),
        (b"\xef\xbb\xbfid\n1\n", [{"id": "1"}]),
        ("id\nœuf\n".encode(), [{"id": "œuf"}]),
        (b"id,name\n1,\n", [{"id": "1", "name": ""}]),
        (b"id\n1\n\n2\n", [{"id": "1"}, {"id": "2"}]),
        (b"id,name\n", []),
        (b"", []),
    ],
    ids=[
        "rows", "CRLF and no last line end", "quoted comma", "quoted line end", "doubled quote", "byte order mark",
        "UTF-8", "empty value", "empty line", "names only", "nothing at all",
    ],
)
def test_each_row_becomes_an_object(body, rows):
    assert decoded(body) == rows


def test_the_delimiter_is_configurable():
    assert decoded(b"id;name\n1;Pine\n", delimiter=";") == [{"id": "1", "name": "Pine"}]


def test_without_settings_columns_are_separated_by_commas():
    assert Csv(None).decode(b"a,b\n1,2\n", is_collection=False) == {"collection": [{"a": "1", "b": "2"}]}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"id,name\n1,Pine\n2\n", "line 3 has 1 columns, not 2"),
        (b"id\n1,2\n", "line 2 has 2 columns, not 1"),
        (b'id\n"1" 2\n', "line 2"),
        (b'id\n"1\n', "line 2"),
        (b"id,id\n1,2\n", "same name"),
        (b"id\n\xff\n", "utf-8"),
    ],
    ids=["too few columns", "too many columns", "text after a quote", "open quote", "same name twice", "not UTF-8"],
)
def test_a_body_that_is_not_csv_is_an_error(body, message):
    with pytest.raises(ValueError, match=message):
        decoded(body)


@pytest.mark.parametrize("delimiter", ["", ";;", "\n", '"'], ids=["none", "two", "line end", "quote"])
def test_a_wrong_delimiter_is_refused_at_its_place(delimiter):
    with pytest.raises(ConfigError) as refused:
        CsvConfig(delimiter=delimiter)
    assert refused.value.path == "delimiter"
