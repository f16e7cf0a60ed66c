"""What the pages show is true: configurations load, code runs, links of codes lead somewhere."""
import json
import re
import sys
import tomllib
from types import ModuleType

import pytest

from krakpy.codes import Code
from krakpy.config.loading import load
from krakpy.errors import ConfigurationError
from tests.docs.pages import ROOT, blocks, written_pages

EACH_JSON = [(page, block.text) for page in written_pages() for block in blocks(page, "json")]
EACH_TOML = [(page, block.text) for page in written_pages() for block in blocks(page, "toml")]
PAGES_WITH_CODE = ["README.md", "docs/migrating.md", "docs/writing-extensions.md"]


@pytest.mark.parametrize(("page", "text"), EACH_JSON, ids=[page for page, _ in EACH_JSON])
def test_every_configuration_of_the_pages_is_valid(page, text, tmp_path):
    document = json.loads(text)
    if not document.keys() & {"version", "plugin"}:
        return
    file = tmp_path / "krakend.json"
    file.write_text(json.dumps({"version": 3} | document))
    try:
        assert load(file, {}).problems == ()
    except ConfigurationError as error:
        pytest.fail(str(error))


@pytest.mark.parametrize(("page", "text"), EACH_TOML, ids=[page for page, _ in EACH_TOML])
def test_every_entry_point_of_the_pages_is_in_a_group_of_the_contract(page, text):
    groups = tomllib.loads(text)["project"]["entry-points"]
    assert {group for group in groups if not re.fullmatch(r"krakpy\.[a-z]+\.v1", group)} == set()


@pytest.mark.parametrize("page", PAGES_WITH_CODE)
def test_the_code_of_a_page_runs_from_top_to_bottom(page, monkeypatch):
    module = ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", module)  # dataclasses look their module up
    code = "\n".join(block.text for block in blocks(page, "python"))
    exec(compile(code, page, "exec", dont_inherit=True), vars(module))


def test_the_page_about_loading_knows_every_code_of_extensions():
    page = page_text("docs/when-an-extension-does-not-load.md")
    first, last = next(match.groups() for match in re.finditer(r"(KX030)\S+ to \S+(KX032)", page))
    named = set(re.findall(r"KX\d+", page)) | {code.id for code in Code if first <= code.id <= last}
    assert {code.id for code in Code if code.id.startswith("KX")} - named == set()


def test_the_readme_shows_ten_lines_of_each():
    lengths = {block.language: len(block.text.strip().splitlines()) for block in blocks("README.md")}
    assert (lengths["json"], lengths["python"]) == (10, 10)


def test_the_floors_of_the_architecture_are_those_that_are_enforced():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    floors = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    shown = blocks("docs/architecture.md", "text")[-1].text.split("\n")
    assert [floor for floor in shown if floor] == [floor.replace("krakpy.", "") for floor in floors]


def test_every_command_of_the_pages_exists():
    known = {match[1] for match in re.finditer(r"^## `(krakpy [\w ]+)`", page_text("docs/commands.md"), re.MULTILINE)}
    named = {
        f"krakpy {match[1]}"
        for page in written_pages()
        for match in re.finditer(r"(?<!install )krakpy ((?:ext )?[a-z]+)(?= -|`| ID|\n)", page_text(page))
        if match[1] != "ext"
    }
    assert named - known == set()


def page_text(page):
    return (ROOT / page).read_text("utf-8")
