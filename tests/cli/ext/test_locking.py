"""A lock holds what is installed in another environment too, as it is there."""
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.distributions import HOOK, Site

SDK = Path(__file__).parents[3] / "extensions" / "krakpy-sdk"


@pytest.fixture
def elsewhere(tmp_path):
    """Another environment with a hook and what it needs; its packages and its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")], check=True)
    (site,) = (tmp_path / "env").glob("lib/python*/site-packages")
    (site / "sdk.pth").write_text(f"{SDK}\n")
    found = Site(site)
    found.add("acme-db", "9.9", modules={"acme_db.py": "x = 1\n"}, requires=())
    found.add("acme-geo", "3.0", hooks={"geo": "acme_geo:Hook"}, modules={"acme_geo.py": HOOK}, requires=("acme-db",))
    return found.path, str(tmp_path / "env" / "bin" / "python")


@pytest.fixture
def path(elsewhere, config, using):
    """A configuration whose hook runs there."""
    geo = {"isolation": "venv", "python": elsewhere[1]}
    return config(using("geo"), plugin={"lock": "krakpy.lock", "instances": {"geo": geo}})


def test_what_is_there_is_locked_with_what_it_needs_there(invoke, path, elsewhere, tmp_path):
    result = invoke("ext", "lock", "-c", path)
    assert result.exit_code == 0, result.output
    (entry,) = json.loads((tmp_path / "krakpy.lock").read_text())["distributions"].items()
    assert entry[0] == f"acme-geo @ {elsewhere[1]}"
    assert (entry[1]["version"], entry[1]["needs"]["acme-db"]["version"]) == ("3.0", "9.9")
    assert entry[1]["extensions"]["krakpy.hooks.v1/geo"]["facts"]["hooks"] == ["endpoint_request"]


def test_what_changed_there_is_told_with_its_own_pip(invoke, ask, path, elsewhere):
    invoke("ext", "lock", "-c", path)
    assert invoke("ext", "verify", "-c", path).exit_code == 0
    assert invoke("check", "-c", path, allowed=True).exit_code == 0
    (elsewhere[0] / "acme_db.py").write_text("x = 2\n")
    (problem,) = ask("ext", "verify", "-c", path)["distributions"][0]["problems"]
    assert problem["message"] == "acme-db 9.9: acme_db.py has changed"
    assert problem["remedy"] == f"{elsewhere[1]} -m pip install --force-reinstall --no-deps acme-db==9.9"
    assert "KX062" in invoke("check", "-c", path, allowed=True).stderr


def test_it_can_be_tried_there(ask, elsewhere):
    document = ask("ext", "test", "geo", "--tier", "venv", "--python", elsewhere[1])
    assert (document["ok"], document["tier"]) == (True, "venv")
    assert "+   X-Hook: yes" in document["diff"]


def test_its_bill_of_materials_says_where_it_is(ask, path, elsewhere):
    components = {each["bom-ref"]: each for each in ask("ext", "sbom", "-c", path)["bom"]["components"]}
    geo = components[f"pkg:pypi/acme-geo@3.0#{elsewhere[1]}"]
    assert {"name": "krakpy:python", "value": elsewhere[1]} in geo["properties"]


def test_an_environment_that_is_gone_is_told(ask, path, elsewhere, invoke):
    invoke("ext", "lock", "-c", path)
    Path(elsewhere[1]).unlink()
    (problem,) = ask("ext", "verify", "-c", path)["distributions"][0]["problems"]
    assert "is not installed" in problem["message"]
