"""The command line: documents go in and out, and every refusal is a sentence."""
from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

SHOP = Path(__file__).parent / "shop.yaml"


@pytest.fixture
def imported(krakpy, tmp_path):
    path = tmp_path / "krakend.json"
    assert krakpy("openapi", "import", SHOP, "-o", path).exit_code == 0
    return path


def test_what_is_imported_passes_the_check(krakpy, imported):
    result = krakpy("check", "-c", imported)
    assert (result.exit_code, result.output) == (0, f"Parsing configuration file: {imported}\nSyntax OK!\n")


def test_a_bare_configuration_passes_too(krakpy, tmp_path):
    path = tmp_path / "krakend.json"
    assert krakpy("openapi", "import", SHOP, "--bare", "-o", path).exit_code == 0
    assert "documentation" not in path.read_text()
    assert krakpy("check", "-c", path).exit_code == 0


@pytest.mark.parametrize(
    ("words", "read"), [((), json.loads), (("--json",), json.loads), (("--yaml",), yaml.safe_load)], ids=str
)
def test_it_is_written_as_json_or_yaml(krakpy, imported, words, read):
    result = krakpy("openapi", "export", "-c", imported, *words)
    assert read(result.stdout)["info"]["title"] == "Shop"
    assert read(krakpy("openapi", "import", SHOP, *words).stdout)["name"] == "Shop"


def test_what_is_left_out_is_told_beside_the_document(krakpy):
    result = krakpy("openapi", "import", SHOP)
    assert "left out: HEAD /orders" in result.stderr
    assert json.loads(result.stdout)["version"] == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "doc:1:2: this is not JSON"),
        ("a: [", "doc:2:1: this is not YAML"),
        ("[]", "doc: the file has to hold one object"),
        ("openapi: 3.0.0\npaths: {}\n", "doc: servers: no server of the document is an address"),
        ("a: &a [1, 1]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\n" + "".join(
            f"{new}: &{new} [{', '.join([f'*{old}'] * 8)}]\n" for old, new in zip("bcdefghi", "cdefghij", strict=True)
        ), "doc: the document repeats itself"),
        ("a: &a [*a]\n", "doc: the document repeats itself"),
    ],
    ids=["json", "yaml", "list", "servers", "laughs", "circle"],
)
def test_a_document_that_cannot_be_read_is_refused(krakpy, tmp_path, text, told):
    path = tmp_path / "doc"
    path.write_text(text)
    result = krakpy("openapi", "import", path)
    assert result.exit_code == 1
    assert told in result.stderr


def test_files_that_are_not_there_are_named(krakpy, tmp_path):
    nowhere = tmp_path / "no" / "x"
    for words in (("import", "none.yaml"), ("export", "-c", "none.json"), ("import", SHOP, "-o", nowhere)):
        result = krakpy("openapi", *words)
        assert (result.exit_code, result.stderr.count("cannot be")) == (1, 1)


def test_wrong_words_end_with_two(krakpy):
    assert krakpy("openapi", "export", "--nope").exit_code == 2
    assert krakpy("openapi").exit_code == 2
    assert krakpy("openapi", "--help").exit_code == 0
