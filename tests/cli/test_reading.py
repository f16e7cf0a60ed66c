"""A configuration is read to the end before anybody serves it, and what comes of it is data."""
import importlib.metadata
import json
import os
import pickle
from hashlib import sha256
from pathlib import Path

import pytest

from krakpy.cli.reading import outdated, read, surroundings
from krakpy.codes import Code
from krakpy.errors import ConfigurationError
from krakpy.extension.preparing import Options

OPEN = {"KRAKPY_ENABLE_PLUGINS": "1"}
INPROC = {"defaults": {"isolation": "inproc"}}
BROKEN = "raise RuntimeError('no')"


def reading(path, **options):
    return read(path, options=Options(), environ=OPEN, **options)


def test_it_knows_the_file_by_its_digest(config):
    path = config()
    found = reading(path).facts()["config"]
    assert found["path"] == os.path.abspath(path)
    assert found["digest"] == f"sha256:{sha256(Path(path).read_bytes()).hexdigest()}"


def test_a_file_that_changes_while_it_is_read_is_refused(config):
    path = config()

    def change(_):
        Path(path).write_text(Path(path).read_text() + " ")

    with pytest.raises(ConfigurationError) as refused:
        reading(path, when_loaded=change)
    assert refused.value.problems[0].message == "the file changes while it is read"


def test_what_was_found_can_be_sent_from_one_process_to_another(config, site, using):
    site.install("acme-geo", hooks={"geo": "Geo"})
    found = reading(config(using("geo"), plugin=INPROC))
    sent = pickle.loads(pickle.dumps(found))
    assert sent.facts() == found.facts()
    assert sent.prepared.settings.endpoints[0].backends[0].discover() == ("http://127.0.0.1:9999",)


def test_extensions_that_load_are_listed_once_with_how_often_they_are_used(config, site, using):
    site.install("acme-geo", hooks={"geo": "Geo"})
    facts = reading(config(using("geo"), plugin=INPROC)).facts()
    assert facts["extensions"] == [{"id": "acme-geo/geo", "version": "1.0.0", "state": "loaded", "uses": 1}]


def test_those_that_do_not_are_listed_with_place_code_and_remedy(config, site, using):
    site.install("acme-geo", BROKEN, hooks={"geo": "Geo"})
    found = reading(config(using("geo"), plugin=INPROC))
    [refused] = found.facts()["extensions"]
    assert (refused["id"], refused["state"], refused["code"]) == ("geo", "refused", "KX020")
    assert refused["place"].startswith("endpoints[0]")
    assert [failure.need.name for failure in found.broken] == ["geo"]
    assert json.dumps(found.facts())


def test_debug_is_a_setting_of_the_reading(config):
    path = config()
    assert reading(path, debug=True).prepared.settings.debug_endpoint
    assert not reading(path).prepared.settings.debug_endpoint


@pytest.mark.parametrize(
    ("mode", "uid", "codes"),
    [
        (0o644, 1000, []),
        (0o646, 1000, [Code.WRITABLE]),
        (0o600, 0, [Code.ROOT]),
        (0o666, 0, [Code.WRITABLE, Code.ROOT]),
    ],
    ids=["well", "everybody may write", "root", "both"],
)
def test_dangerous_surroundings_are_warnings(tmp_path, mode, uid, codes):
    path = tmp_path / "k.json"
    path.touch()
    path.chmod(mode)
    found = list(surroundings(str(path), uid=uid))
    assert [problem.code for problem in found] == codes
    assert all(problem.severity == "warning" for problem in found)


def test_a_file_that_is_gone_is_nobodys_to_write(tmp_path):
    assert list(surroundings(str(tmp_path / "none"), uid=1000)) == []


@pytest.mark.parametrize(
    ("installed", "messages"),
    [
        (importlib.metadata.version("krakpy"), []),
        ("99.0", [f"krakpy 99.0 is installed, and this gateway is {importlib.metadata.version('krakpy')}"]),
    ],
)
def test_an_upgrade_of_krakpy_itself_needs_a_new_master(monkeypatch, installed, messages):
    monkeypatch.setattr("importlib.metadata.version", lambda _: installed)
    assert [problem.message for problem in outdated()] == messages


def test_a_krakpy_that_is_not_installed_is_never_older(monkeypatch):
    def missing(_):
        raise importlib.metadata.PackageNotFoundError

    monkeypatch.setattr("importlib.metadata.version", missing)
    assert list(outdated()) == []
