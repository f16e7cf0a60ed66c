"""What is wrong with an installation or a configuration is told at the start, in words that mend it."""
from __future__ import annotations

import asyncio

import pytest

from tests.distributions import HOOK, Site

from .extensions import endpoint
from .gateways import Gateway, refusal, written
from .strict_client import ask_once

MODULES = {"acme_geo.py": HOOK}


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "site")
    site.add("acme-geo", hooks={"geo": "acme_geo:Hook"}, modules=MODULES)
    return site


def configured(folder, *names, **root):
    return written(folder, {"plugin": {}, "endpoints": [endpoint("a", 9999, list(names or ["geo"]))], **root})


def test_two_distributions_with_one_name_are_both_named_with_how_to_choose(site, tmp_path):
    site.add("other-geo", hooks={"geo": "acme_geo:Hook"})
    told = refusal(configured(tmp_path), site=site.path)
    assert "'geo' is offered by acme-geo/geo and by other-geo/geo" in told
    assert "write 'acme-geo/geo' instead of 'geo'" in told
    assert "endpoints[0].extra_config.plugin/req-resp-modifier.geo" in told


def test_another_range_of_the_sdk_is_named_with_both_versions(site, tmp_path):
    site.add("acme-geo", hooks={"geo": "acme_geo:Hook"}, requires=("krakpy-sdk>=7",))
    told = refusal(configured(tmp_path), site=site.path)
    assert "acme-geo 1.0.0 requires krakpy-sdk>=7; krakpy-sdk 1." in told


def test_an_extension_that_is_not_installed_is_named(tmp_path):
    assert "no installed package offers the hook 'geo'" in refusal(configured(tmp_path))


def test_a_closed_gate_is_named_with_the_way_to_open_it(site, tmp_path):
    path = configured(tmp_path)
    assert "export KRAKPY_ENABLE_PLUGINS=1" in refusal(path, site=site.path, KRAKPY_ENABLE_PLUGINS="")
    path = configured(tmp_path, plugin=None)
    assert 'add "plugin": {} to the root of the configuration' in refusal(path, site=site.path)


def test_settings_that_do_not_decode_are_named_with_their_place(site, tmp_path):
    routes = [endpoint("a", 9999, ["geo"])]
    routes[0]["extra_config"]["plugin/req-resp-modifier"]["geo"] = {"header": "X"}
    told = refusal(configured(tmp_path, endpoints=routes), site=site.path)
    assert "KX040 endpoints[0].extra_config.plugin/req-resp-modifier.geo" in told
    assert "Hook takes no settings" in told


def test_everything_is_told_in_one_run(site, tmp_path):
    path = configured(tmp_path, "gone", "geo", "acme-lost/x", plugin={"deny": ["acme-geo/geo"]})
    told = refusal(path, site=site.path)
    assert all(word in told for word in ("'gone'", "acme-geo/geo is excluded", "'acme-lost/x'"))


def test_modules_in_the_current_folder_shadow_nothing(site, tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    for module in ("json", "logging", "asyncio", "falcon"):
        (folder / f"{module}.py").write_text("raise SystemExit('shadowed')")
    with Gateway(configured(tmp_path), site=site.path, workers=1, cwd=folder) as gateway:
        assert asyncio.run(ask_once(gateway.port, "/__health")).status == 200
