"""The package as it is installed: versioned, typed, with the entry point that it promises, and a README that works."""
import json
import re
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import krakpy_xml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_version_is_that_of_the_distribution():
    assert krakpy_xml.__version__ == PROJECT["version"]


def test_it_is_marked_as_typed():
    assert (ROOT / "krakpy_xml" / "py.typed").exists()


def test_the_entry_point_leads_to_the_decoder():
    [found] = entry_points(group="krakpy.decoder.v1", name="xml")
    assert found.load() is krakpy_xml.XmlDecoder


def test_the_configurations_of_the_readme_are_json():
    found = re.findall(r"```json\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert [json.loads(text) for text in found]
