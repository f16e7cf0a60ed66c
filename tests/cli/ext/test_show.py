"""`krakpy ext show`."""
import sys
from importlib.metadata import EntryPoint

import pytest

from krakpy.cli.ext.description import document_of
from krakpy.cli.ext.inventory import Entry
from krakpy.extension.catalog import Candidate

INPROC = {"defaults": {"isolation": "inproc"}}


@pytest.fixture
def geo(site):
    site.install("acme-geo", hooks={"geo": "Geo"})


def test_it_shows_where_an_extension_comes_from(invoke, geo):
    output = invoke("ext", "show", "acme-geo/geo", allowed=True).stdout
    assert output.startswith("acme-geo/geo 1.0.0")
    assert "krakpy.hooks.v1 (hook)" in output
    assert "acme_geo:Geo" in output
    assert "krakpy-sdk>=1.0,<2" in output


def test_each_use_has_its_settings_and_its_policy(ask, geo, config, using):
    path = config(using("geo", geo={"header": "X-C", "api_key": "hush"}), plugin={"defaults": {"timeout": "50ms"}})
    use, = ask("ext", "show", "geo", "-c", path)["extensions"][0]["uses"]
    assert use["place"] == "endpoints[0].extra_config.plugin/req-resp-modifier.geo"
    assert use["settings"] == {"header": "X-C", "api_key": "***"}
    assert use["policy"]["timeout_s"] == 0.05


def test_settings_may_stand_at_the_instance(ask, geo, config, using):
    plugin = {"instances": {"where": {"from": "acme-geo/geo", "config": {"header": "X-D"}}}}
    document = ask("ext", "show", "where", "-c", config(using("where"), plugin=plugin))
    assert document["extensions"][0]["uses"][0]["settings"] == {"header": "X-D"}


def test_what_only_the_code_knows_is_shown_by_a_probe(invoke, ask, geo):
    assert ask("ext", "show", "geo")["extensions"][0]["verdict"] is None
    assert ask("ext", "show", "geo", "--probe")["extensions"][0]["verdict"]["hooks"] == ["endpoint_request"]
    output = invoke("ext", "show", "geo", "--probe").stdout
    assert "Adds the caller's country." in output
    assert "endpoint_request" in output
    assert "acme_geo" not in sys.modules


def test_a_probe_that_fails_says_why_and_what_to_do(invoke, site):
    site.install("acme-geo", "print('hello', flush=True)\nraise RuntimeError('no')", hooks={"geo": "Geo"})
    output = invoke("ext", "show", "geo", "--probe", allowed=True).stdout
    assert "probe     bad" in output
    assert "KX020" in output
    assert "pip install --upgrade acme-geo" in output
    assert "printed   hello" in output


def test_what_is_known_without_a_distribution_is_shown():
    candidate = Candidate("tested", "0", "hooks", 1, "geo", EntryPoint("geo", "geo:Geo", "krakpy.hooks.v1"))
    assert document_of(Entry(id="tested/geo", state="available"), candidate, None)["metadata"] == {}


def test_a_group_that_is_not_spoken_is_of_no_known_kind(ask, site):
    site.install("acme-geo", teapot={"geo": "Geo"})
    extension, = ask("ext", "show", "acme-geo/geo", "--probe")["extensions"]
    assert extension["kind"] == "unknown"
    assert not extension["verdict"]["ok"]


def test_each_use_is_shown(invoke, geo, config, using):
    output = invoke("ext", "show", "geo", "-c", config(using("geo", geo={"header": "X-C"}), plugin=INPROC)).stdout
    assert 'settings={"header":"X-C"} isolation=inproc' in output


def test_why_it_does_not_load_is_shown_with_the_remedy(invoke, geo):
    output = invoke("ext", "show", "geo").stdout
    assert "KX003" in output
    assert "export KRAKPY_ENABLE_PLUGINS=1" in output


def test_a_name_that_nothing_has_is_an_error_with_the_nearest(invoke, geo):
    result = invoke("ext", "show", "gea")
    assert result.exit_code == 2
    assert "did you mean 'acme-geo/geo'?" in result.stderr


def test_a_name_that_two_have_is_an_error_with_both(invoke, geo, site):
    site.install("other-geo", hooks={"geo": "Geo"})
    result = invoke("ext", "show", "geo")
    assert result.exit_code == 2
    assert "acme-geo/geo or other-geo/geo" in result.stderr


def test_metadata_that_cannot_be_read_costs_only_its_own_lines(ask, geo, site):
    (site.folder / "acme_geo-1.0.0.dist-info" / "METADATA").write_bytes(b"\xff\xfe\x00")
    assert ask("ext", "show", "acme-geo/geo")["extensions"][0]["metadata"] == {}
