"""An environment that has nothing but the sdk can say what is installed in it, and try it."""
import json
import os
import subprocess
import sys

import pytest
from krakpy_sdk.probe import examine
from krakpy_sdk.survey import survey

SOURCE = '''
from dataclasses import dataclass
from krakpy_sdk import Extension

@dataclass
class Config:
    limit: int = 1

class Hook(Extension[Config]):
    "Says something."
    body = "buffer"
    is_safe = True
    paths = ("a.b",)
    def __init__(self, config, context):
        if config.limit == 13:
            raise ValueError("unlucky")
    def endpoint_request(self, request): ...
    def endpoint_response(self): ...

class Bare(Extension):
    def log(self, response): ...

class Wrong(Extension):
    def endpoint_request(self, surprise): ...
    body = "some"
    paths = (5,)
'''


@pytest.fixture(autouse=True)
def module(tmp_path, monkeypatch):
    (tmp_path / "acme_probed.py").write_text(SOURCE)
    (tmp_path / "acme_broken.py").write_text("import acme_gone")
    (tmp_path / "acme_exits.py").write_text("raise SystemExit(3)")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    for name in [name for name in sys.modules if name.startswith("acme_")]:
        del sys.modules[name]


def instance(config=None, hooks=("endpoint_request",)):
    settings = {"id": "a/b", "seat": "endpoint", "endpoint": "/"}
    return {"place": "p", "name": "n", "config": config, "hooks": list(hooks), "settings": settings}


def verdict(target, *instances):
    *_, last = examine({"target": target, "instances": list(instances)})
    return last["verdict"]


def codes(target, *instances):
    return [(problem["code"], problem["place"]) for problem in verdict(target, *instances)["problems"]]


def test_a_good_class_is_described():
    told = verdict("acme_probed:Hook", instance({"limit": 5}))
    assert told["problems"] == []
    assert told["hooks"] == ["endpoint_request", "endpoint_response"]
    assert (told["wants_body"], told["is_safe"]) == (True, True)
    assert (told["takes"], told["paths"]) == ({"endpoint_request": ["request"], "endpoint_response": []}, ["a.b"])
    assert told["summary"] == "Says something."


@pytest.mark.parametrize(
    ("target", "given", "expected"),
    [
        ("acme_probed:Hook", {"limit": "x"}, [("WRONG_TYPE", "p.limit")]),
        ("acme_probed:Hook", {"limti": 1}, [("UNKNOWN_KEY", "p.limti")]),
        ("acme_probed:Hook", {"limit": 13}, [("CONSTRUCTION", "p")]),
        ("acme_probed:Bare", None, [("SETTINGS", "p")]),
        ("acme_probed:Wrong", None, [("SIGNATURE", "")] * 3),
        ("acme_probed:Config", None, [("WRONG_KIND", "")]),
        ("acme_probed:Gone", None, [("BAD_ENTRY_POINT", "")]),
        ("acme_nowhere:Hook", None, [("BAD_ENTRY_POINT", "")]),
        ("acme_broken:Hook", None, [("MODULE_MISSING", "")]),
        ("acme_exits:Hook", None, [("IMPORT_EXITED", "")]),
    ],
)
def test_what_is_wrong_has_a_code_and_a_place(target, given, expected):
    assert codes(target, instance(given)) == expected


def test_what_takes_no_settings_is_given_none():
    assert codes("acme_probed:Bare", instance({"a": 1}, hooks=())) == [("SETTINGS", "p")]
    assert codes("acme_probed:Bare", instance(hooks=())) == []


def test_the_child_reports_on_its_own_pipe(tmp_path):
    reading, writing = os.pipe()
    job = {"target": "acme_probed:Hook", "instances": [instance()], "memory_bytes": 2**31}
    command = [sys.executable, "-m", "krakpy_sdk.probe", str(writing)]
    environ = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ended = subprocess.run(command, input=json.dumps(job).encode(), pass_fds=(writing,), env=environ, check=False)
    os.close(writing)
    with os.fdopen(reading) as reports:
        told = [json.loads(line) for line in reports]
    assert (ended.returncode, list(told[-1])) == (0, ["verdict"])


def test_a_survey_names_what_is_installed_and_what_cannot_be_read(tmp_path, monkeypatch):
    good, bad = tmp_path / "acme_geo-1.2.dist-info", tmp_path / "acme_bad-1.0.dist-info"
    for folder in (good, bad):
        folder.mkdir()
        (folder / "METADATA").write_text("Name: acme-geo\nVersion: 1.2\nRequires-Dist: krakpy-sdk>=1\n")
    (good / "entry_points.txt").write_text("[krakpy.hooks.v1]\ngeo = acme_geo:Geo\n[other]\nx = y:z\n")
    (bad / "entry_points.txt").write_bytes(b"\xff")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = survey()
    # NOTE: a folder that stands on the path twice is found twice
    offer, *_ = [offer for offer in found["offers"] if offer["folder"] == good.name]
    assert (offer["version"], offer["requires"]) == ("1.2", ["krakpy-sdk>=1"])
    assert offer["entry_points"] == [["krakpy.hooks.v1", "geo", "acme_geo:Geo"]]
    assert bad.name in [folder for folder, _ in found["unread"]]
    assert {"python", "sdk", "wire"} <= set(found)
