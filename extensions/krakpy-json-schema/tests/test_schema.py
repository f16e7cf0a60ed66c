"""What is wrong with a document is told line by line, with places and without its values."""
import json
import time

import pytest
from krakpy_json_schema.schema import MAX_PROBLEMS, MAX_SEARCHED_BYTES, Schema
from krakpy_sdk import ConfigError

PERSON = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 2},
        "age": {"type": "integer", "minimum": 0},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        "a/b~c": {"type": "string"},
    },
    "additionalProperties": False,
}
DRAFTS = {
    "4": "http://json-schema.org/draft-04/schema#",
    "6": "http://json-schema.org/draft-06/schema#",
    "7": "http://json-schema.org/draft-07/schema#",
    "2019-09": "https://json-schema.org/draft/2019-09/schema",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}


def places(problems):
    return [line.partition("': ")[0] for line in problems.splitlines()]


@pytest.mark.parametrize(
    "body",
    ['{"name":"Ada","age":3}', '{"name":"Ada","age":3.0}', ' \n{"name":"Ada"} ', '{"name":"Ada","tags":["a","b"]}'],
)
def test_a_valid_document_has_no_problems(body):
    assert Schema(PERSON).problems(body.encode()) == ""


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ("{}", ["- at '"]),
        ('{"name":"A"}', ["- at '/name"]),
        ('{"name":1,"age":"x"}', ["- at '/name", "- at '/age"]),
        ('{"name":"Ada","age":-1}', ["- at '/age"]),
        ('{"name":"Ada","age":3.5}', ["- at '/age"]),
        ('{"name":"Ada","x":1}', ["- at '"]),
        ('{"name":"Ada","tags":["a",1]}', ["- at '/tags/1"]),
        ('{"name":"Ada","tags":["a","b","c"]}', ["- at '/tags"]),
        ('{"name":"Ada","a/b~c":1}', ["- at '/a~1b~0c"]),
        ("[1]", ["- at '"]),
    ],
)
def test_every_problem_has_a_line_with_its_place(body, where):
    assert sorted(places(Schema(PERSON).problems(body.encode()))) == sorted(where)


@pytest.mark.parametrize(
    "body",
    [b'{"name":', b" ", b"zzz", b"{} x", b"NaN", b"\xef\xbb\xbf{}", b'"\xff"', b'"\\ud800"', b"1e400", b"[" * 100_000],
    ids=["cut off", "blank", "text", "two", "NaN", "a BOM", "no UTF-8", "half a pair", "too large", "too deep"],
)
def test_what_is_no_json_is_a_problem_of_one_line(body):
    [line] = Schema({}).problems(body).splitlines()
    assert not line.startswith("- at")


def test_a_message_never_holds_what_the_client_sent_as_a_value():
    schema = {"properties": {"a": {"pattern": "^x"}, "b": {"enum": ["y"]}, "c": {"type": "integer"}, "d": {"const": 1}}}
    told = Schema(schema).problems(json.dumps(dict.fromkeys("abcd", "s3cret")).encode())
    assert len(told.splitlines()) == 4
    assert "s3cret" not in told


@pytest.mark.parametrize(
    ("schema", "valid", "invalid"),
    [
        ({"type": "number"}, "4", '"4"'),
        ({"enum": ["a", "b"]}, '"a"', '"c"'),
        ({"oneOf": [{"type": "string"}, {"type": "number", "multipleOf": 2}]}, "4", "3"),
        ({"$defs": {"n": {"type": "integer"}}, "items": {"$ref": "#/$defs/n"}}, "[1]", '["x"]'),
        ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, '{"a":1,"b":2}', '{"a":1}'),
        ({"properties": {"a": {"$ref": "#"}}, "additionalProperties": False}, '{"a":{"a":{}}}', '{"a":{"a":{"b":1}}}'),
        ({"type": "integer"}, "123456789012345678901234567890", "1.5"),
        ({"type": "integer"}, "1e2", "1e-2"),
        ({"maximum": 10}, "9.99", "1000000000000000000000000000000"),
        ({"multipleOf": 0.01}, "19.99", "0.075"),
        ({"uniqueItems": True}, "[1,true]", "[1,1.0]"),
        ({"const": 9007199254740993}, "9007199254740993", "9007199254740992"),
        ({"maxLength": 1}, '"😀"', '"ab"'),
        ({"pattern": "^\\d+$"}, '"12"', '"١٢"'),
        (True, "1", "x"),
        ({}, "[1]", "zzz"),
    ],
    ids=str,
)
def test_a_schema_says_what_is_valid(schema, valid, invalid):
    made = Schema(schema)
    assert not made.problems(valid.encode())
    assert made.problems(invalid.encode())


def test_the_schema_that_nothing_fits_is_one_too():
    assert Schema(False).problems(b"1")


@pytest.mark.parametrize(
    ("draft", "asserts"), [("4", True), ("6", True), ("7", True), ("2019-09", False), ("2020-12", False)]
)
def test_formats_are_asserted_by_the_drafts_that_say_so(draft, asserts):
    problems = Schema({"$schema": DRAFTS[draft], "format": "email"}).problems(b'"nope"')
    assert bool(problems) is asserts


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("keyword", [{"contentEncoding": "base64"}, {"contentMediaType": "application/json"}], ids=str)
def test_what_a_text_contains_is_not_looked_at(draft, keyword):
    assert not Schema({"$schema": DRAFTS[draft], "items": keyword}).problems(b'["?{"]')


def test_without_a_draft_the_last_one_counts():
    schema = Schema({"format": "email", "prefixItems": [{"type": "string"}]})
    assert not schema.problems(b'"nope"')
    assert schema.problems(b"[1]")


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"type": "nonsense"}, "type"),
        ({"properties": {"a": {"enum": 3}}}, "properties.a.enum"),
        ({"properties": {"a": {"pattern": "("}}}, "properties.a.pattern"),
        ({"pattern": "(?=look-ahead)"}, "pattern"),
        ({"required": [1]}, "required[0]"),
        ({"$ref": "#/nowhere"}, ""),
        ({"$ref": "http://127.0.0.1:1/schema"}, ""),
        ({"$ref": "file:///etc/passwd"}, ""),
        ({"$schema": "http://example.test/draft", "type": "object"}, ""),
        ("a text", ""),
        ('{"type": "object"}', ""),
        (None, ""),
        ([], ""),
    ],
    ids=str,
)
def test_what_is_no_schema_is_refused_at_its_place(schema, place):
    with pytest.raises(ConfigError) as raised:
        Schema(schema)
    assert raised.value.path == place


def test_a_schema_that_is_too_deep_is_refused():
    schema: dict[str, object] = {}
    for _ in range(1000):
        schema = {"not": schema}
    with pytest.raises(ConfigError):
        Schema(schema)


def test_another_document_is_never_read(tmp_path):
    (tmp_path / "schema.json").write_text('{"type": "object"}')
    with pytest.raises(ConfigError):
        Schema({"$ref": (tmp_path / "schema.json").as_uri()})


def test_a_refusal_shows_what_is_written():
    with pytest.raises(ConfigError, match='"nonsense"'):
        Schema({"type": "nonsense"})


def test_a_list_of_problems_has_an_end():
    problems = Schema({"items": {"type": "string"}}).problems(json.dumps([1] * 200).encode())
    assert len(problems.splitlines()) == MAX_PROBLEMS + 1
    assert problems.endswith("- and more")


def test_of_a_large_document_the_first_problem_is_told():
    body = json.dumps([1] * MAX_SEARCHED_BYTES).encode()
    assert len(Schema({"items": {"type": "string"}}).problems(body).splitlines()) == 1


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"pattern": "^(a+)+$"}, "a" * 200_000 + "!"),
        ({"uniqueItems": True}, [[number] for number in range(50_000)]),
        ({"items": {"type": "string"}}, [1] * 300_000),
    ],
    ids=["a pattern that makes others backtrack", "many items that are compared", "a problem for each item"],
)
def test_no_document_takes_long(schema, value):
    body = json.dumps(value, separators=(",", ":")).encode()
    started = time.process_time()
    Schema(schema).problems(body)
    # NOTE: 0.1 s of the processor's at most; the last one takes 3 s where all problems are looked for
    assert time.process_time() - started < 2
