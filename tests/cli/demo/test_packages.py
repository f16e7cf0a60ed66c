"""The demo's two distributions."""
import pytest

from krakpy.cli.demo.packages import PACKAGES, install
from krakpy.extension.catalog import read_catalog
from krakpy.extension.probe import Job, probe


@pytest.fixture
def catalog(tmp_path, monkeypatch):
    install(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delenv("ACME_LICENCE", raising=False)
    return read_catalog()


def test_both_are_found_as_if_pip_had_installed_them(catalog):
    found = {candidate.id: candidate for candidate in catalog.candidates if candidate.distribution.startswith("acme")}
    assert set(found) == {f"{package.distribution}/{package.name}" for package in PACKAGES}
    assert {candidate.version for candidate in found.values()} == {"1.0.0"}
    assert not catalog.problems


def test_one_works_and_one_is_broken_on_purpose(catalog):
    candidates = [*catalog.find(["hooks"], "greeter"), *catalog.find(["hooks"], "scorer")]
    good, broken = probe(map(Job, candidates))
    assert good.is_good
    assert good.hooks == ("endpoint_request", "endpoint_response")
    assert "no licence" in broken.problems[0].message
