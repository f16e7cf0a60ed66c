"""A schema of the operator's own."""
import json

import pytest

from krakpy.cli.custom_schema import breaches
from krakpy.codes import Code

NAMED = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "required": ["name"],
    "properties": {"endpoints": {"items": {"properties": {"timeout": {"const": "2s"}}}}},
}


@pytest.fixture
def written(tmp_path):
    """Writes a file and gives its path."""

    def write(name, document):
        path = tmp_path / name
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return str(path)

    return write


def test_a_file_that_keeps_the_rules_has_no_problems(written):
    assert breaches(written("k.json", {"name": "a"}), written("s.json", NAMED)) == ()


def test_every_breach_is_told_with_its_place(written):
    path = written("k.yaml", "endpoints: [{timeout: 2s}, {timeout: 3s}]")
    found = breaches(path, written("s.json", NAMED))
    assert {(problem.code, problem.place) for problem in found} == {
        (Code.SCHEMA, ""), (Code.SCHEMA, "endpoints[1].timeout"),
    }


def test_of_alternatives_the_nearest_breach_is_told(written):
    schema = {"anyOf": [{"properties": {"port": {"type": "integer", "maximum": 9}}}]}
    (problem,) = breaches(written("k.json", {"port": 10}), written("s.json", schema))
    assert problem.place == "port"
    assert "maximum" in problem.message


def test_a_long_sentence_of_the_validator_is_cut(written):
    schema = {"properties": {"name": {"type": "integer"}}}
    (problem,) = breaches(written("k.json", {"name": "x" * 1000}), written("s.json", schema))
    assert len(problem.message) < 250


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "nothing"}, "the schema is none"),
        ({"$ref": "http://127.0.0.1:9/s.json"}, "refers to 'http://127.0.0.1:9/s.json', which is not in it"),
        ({"$ref": "#/definitions/none"}, "which is not in it"),
    ],
)
def test_a_schema_that_cannot_be_used_says_why(written, schema, words):
    (problem,) = breaches(written("k.json", {}), written("s.json", schema))
    assert problem.place.endswith("s.json")
    assert words in problem.message


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # what fetches would warn first
def test_nothing_is_read_beside_the_schema(written):
    other = written("other.json", {"type": "object"})
    (problem,) = breaches(written("k.json", {}), written("s.json", {"$ref": f"file://{other}"}))
    assert "which is not in it" in problem.message


@pytest.mark.parametrize(("name", "content"), [("none.json", None), ("s.json", "{")])
def test_a_schema_that_cannot_be_read_is_a_problem(written, tmp_path, name, content):
    schema = str(tmp_path / name) if content is None else written(name, content)
    (problem,) = breaches(written("k.json", {}), schema)
    assert problem.code is Code.SYNTAX
    assert name in problem.place


def test_an_address_is_not_fetched():
    (problem,) = breaches("k.json", "https://schemas.test/k.json")
    assert "address" in problem.message


def test_without_its_library_it_says_which_one():
    (problem,) = breaches("k.json", "s.json", find=lambda name: None)
    assert problem.remedy == "pip install jsonschema"


def test_of_a_template_the_schema_is_held_to_what_is_rendered(written, tmp_path):
    path = tmp_path / "t.json"
    path.write_text('{"name": "{{ upper "a" }}"}')
    assert breaches(str(path), written("s.json", NAMED), environ={"FC_ENABLE": "1"}) == ()
    (problem,) = breaches(str(path), written("s.json", {"required": ["port"]}), environ={"FC_ENABLE": "1"})
    assert "port" in problem.message
