"""Every package that krakpy ships is whole: licensed, versioned, typed, described, and built on the contract alone."""
import ast
import configparser
import importlib
import json
import re
import tomllib
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest
from click.testing import CliRunner

from docs.generators import packs
from krakpy.cli.main import main
from krakpy.extension.contracts import breaches, contract_of

ROOT = Path(__file__).parents[2]
#: the contract itself, and what has no entry point yet
FOLDERS = sorted(path.parent for path in (ROOT / "extensions").glob("krakpy-*/pyproject.toml"))
PROJECTS = {folder.name: tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"] for folder in FOLDERS}
PACKS = [folder for folder in FOLDERS if "entry-points" in PROJECTS[folder.name]]
OFFERS = [
    (folder, group, name)
    for folder in PACKS
    for group, offers in PROJECTS[folder.name]["entry-points"].items()
    for name in offers
]
every_pack = pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)


def module_of(folder):
    return importlib.import_module(folder.name.replace("-", "_"))


def sources(folder):
    return [path for path in (folder / folder.name.replace("-", "_")).rglob("*.py") if path.is_file()]


def imported(path):
    """The modules that a file imports, at whatever depth of it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@every_pack
def test_it_has_the_licence_of_krakpy(folder):
    assert (folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert PROJECTS[folder.name]["license"] == "Apache-2.0"


@every_pack
def test_it_is_typed_and_tested(folder):
    assert (folder / folder.name.replace("-", "_") / "py.typed").exists()
    assert list((folder / "tests").glob("test_*.py"))


@every_pack
def test_it_has_one_name_and_one_version(folder):
    project = PROJECTS[folder.name]
    assert project["name"] == folder.name
    assert module_of(folder).__version__ == project["version"] == version(folder.name)


@every_pack
def test_it_is_installed_with_krakpy_and_told_in_the_changelog(folder):
    assert f"-e ./extensions/{folder.name}" in (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    assert re.search(rf"\b{folder.name}\b", (ROOT / "CHANGELOG.md").read_text("utf-8"))


@every_pack
def test_it_stands_on_the_contract_and_never_on_krakpy(folder):
    assert any(line.startswith("krakpy-sdk") for line in PROJECTS[folder.name]["dependencies"])
    assert not any(re.match(r"krakpy\b(?!-)", line) for line in PROJECTS[folder.name]["dependencies"])
    modules = {(path.name, module.split(".")[0]) for path in sources(folder) for module in imported(path)}
    assert [path for path, module in modules if module == "krakpy"] == []
    assert "krakpy_sdk" in {module for _, module in modules}


@pytest.mark.parametrize(("folder", "group", "name"), OFFERS, ids=lambda part: getattr(part, "name", part))
def test_what_it_offers_is_installed_and_keeps_the_contract(folder, group, name):
    [found] = [offer for offer in entry_points(group=group, name=name) if offer.dist and offer.dist.name == folder.name]
    assert found.value == PROJECTS[folder.name]["entry-points"][group][name]
    loaded = found.load()
    if group != "krakpy.drivers.v1":
        assert not list(breaches(contract_of(group.split(".")[1]), loaded))
    assert (loaded.__doc__ or "").strip()


@every_pack
def test_its_readme_says_how_to_install_it(folder):
    text = (folder / "README.md").read_text("utf-8")
    assert text.startswith(f"# {folder.name}\n")
    assert f"pip install {folder.name}" in text


@every_pack
def test_its_readme_has_a_complete_configuration_that_passes(folder, tmp_path, monkeypatch):
    blocks = re.findall(r"```json[^\n]*\n(.*?)```", (folder / "README.md").read_text("utf-8"), re.DOTALL)
    complete = [text for text in blocks if "endpoints" in json.loads(text)]
    assert complete
    monkeypatch.chdir(tmp_path)
    for text in complete:
        (tmp_path / "krakend.json").write_text(json.dumps({"version": 3, **json.loads(text)}))
        result = CliRunner().invoke(main, ["check", "-c", "krakend.json"])
        assert (result.exit_code, result.output) == (0, result.output)


@every_pack
def test_its_readme_has_every_key_of_its_settings(folder):
    text = (folder / "README.md").read_text("utf-8")
    assert [key for key in packs.keys(folder) if f"`{key}`" not in text and f'"{key}"' not in text] == []


@pytest.mark.parametrize("folder", packs.folders(), ids=lambda folder: folder.name)
def test_the_table_of_its_keys_is_what_the_code_says(folder):
    assert (folder / "README.md").read_text("utf-8") == packs.page(folder)


def test_every_pack_has_an_extra_of_its_own_and_stands_in_all():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    extras = {name: lines.split() for name, lines in setup["options.extras_require"].items()}
    wanted = {folder.name.removeprefix("krakpy-"): [f"{folder.name}>=0.1,<1"] for folder in PACKS}
    assert extras == wanted | {"all": [line for name in sorted(wanted) for line in wanted[name]]}
