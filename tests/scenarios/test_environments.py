"""Two extensions that need incompatible versions of one library, in one gateway: each in an environment of its own."""
from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.distributions import SDK, wheel
from tests.faults.extensions import endpoint
from tests.faults.gateways import OPEN, Gateway, environment, refusal, written
from tests.faults.strict_client import ask_once
from tests.faults.upstream import Upstream
from tests.scenarios.test_wheel import pip

SDK_SOURCE = Path(__file__).parents[2] / "extensions" / "krakpy-sdk"
HOOK = """
import sys
from dataclasses import dataclass
from krakpy_sdk import ConfigError, Extension, Patch
import acme_units

@dataclass(frozen=True)
class Config:
    name: str = "units"

    def __post_init__(self):
        if not self.name:
            raise ConfigError("has to be there", path="name")

class Hook(Extension[Config]):
    "Says which library it has."
    def endpoint_response(self):
        return Patch().set_data(self.config.name, [acme_units.VERSION, sys.prefix])
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory) -> Path:
    """The sdk as it is published, a library in two versions, and an extension for each."""
    folder = tmp_path_factory.mktemp("wheels")
    source = shutil.copytree(SDK_SOURCE, folder / "sdk", ignore=shutil.ignore_patterns("build", "*.egg-info"))
    pip("wheel", "--no-index", "--no-deps", "--no-build-isolation", "-w", folder, source)
    for number in (1, 2):
        wheel(folder, "acme-units", f"{number}.0", modules={"acme_units.py": f"VERSION = {number}"}, requires=())
        needs = (*SDK, f"acme-units=={number}.*")
        name = {1: "acme-old", 2: "acme-new"}[number]
        module = name.replace("-", "_")
        wheel(folder, name, hooks={name[5:]: f"{module}:Hook"}, modules={f"{module}.py": HOOK}, requires=needs)
    return folder


@pytest.fixture(scope="module")
def pythons(tmp_path_factory, wheels) -> dict[str, Path]:
    """An environment for each extension, which pip has resolved; nothing of the gateway's is in them."""
    found = {}
    for name in ("old", "new"):
        folder = tmp_path_factory.mktemp(name)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        found[name] = folder / "bin" / "python"
        pip("--python", found[name], "install", "--no-index", "--find-links", wheels, f"acme-{name}")
    return found


def configuration(pythons: dict[str, Path], port: int = 9000, **old: Any) -> dict[str, Any]:
    instances = {name: {"isolation": "venv", "python": str(python)} for name, python in pythons.items()}
    routes = [endpoint(name, port, [name]) for name in pythons]
    routes[0]["extra_config"]["plugin/req-resp-modifier"]["old"] = {"name": "library", **old}
    return {"plugin": {"instances": instances}, "endpoints": routes}


def krakpy(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "krakpy", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment(None, **OPEN))


def test_each_extension_has_the_version_that_it_needs(tmp_path, pythons):
    with Upstream() as upstream:
        config = written(tmp_path, configuration(pythons, upstream.port))
        with Gateway(config, workers=1, start_within_s=60) as gateway:
            old, new = (asyncio.run(ask_once(gateway.port, f"/{name}/1")).json() for name in ("old", "new"))
    homes = {name: str(python.parent.parent) for name, python in pythons.items()}
    assert (old["library"], new["units"]) == ([1, homes["old"]], [2, homes["new"]])


def test_what_is_installed_there_is_listed_with_where_it_runs(tmp_path, pythons):
    config = written(tmp_path, configuration(pythons))
    listed = json.loads(krakpy("ext", "list", "-c", str(config), "--json").stdout)["extensions"]
    found = {entry["id"]: (entry["version"], entry["state"], entry["tiers"]) for entry in listed}
    assert found["acme-old/old"] == ("1.0.0", "used", ["venv"])
    assert found["acme-new/new"] == ("1.0.0", "used", ["venv"])
    checked = krakpy("check", "-d", "-c", str(config)).stdout
    assert f"hook new: venv {pythons['new']}" in checked


def test_settings_are_decoded_strictly_before_the_start(tmp_path, pythons):
    said = refusal(written(tmp_path, configuration(pythons, nam="x")))
    assert "KC003" in said
    assert "unknown key `nam`; the nearest is `name`" in said
    assert "old.nam" in said


def test_an_environment_without_the_sdk_is_told_with_the_line_that_mends_it(tmp_path, pythons):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "empty"], check=True)
    python = tmp_path / "empty" / "bin" / "python"
    said = refusal(written(tmp_path, configuration({**pythons, "old": python})))
    assert "KX007" in said
    assert "-m pip install krakpy-sdk" in said


def test_what_is_not_installed_there_is_not_looked_for_here(tmp_path, pythons):
    swapped = {"old": pythons["new"], "new": pythons["old"]}
    said = refusal(written(tmp_path, configuration(swapped)))
    assert "no installed package offers the hook 'old'" in said
