"""What is installed and what a configuration makes of it."""
import sys

import pytest

from krakpy.cli.ext.inventory import take
from krakpy.config.loading import load
from krakpy.extension.catalog import read_catalog

OPEN = {"KRAKPY_ENABLE_PLUGINS": "1"}
INPROC = {"defaults": {"isolation": "inproc"}}


def states(path: str | None, environ=OPEN) -> dict[str, str]:
    settings = load(path, {}).settings if path else None
    entries = take(read_catalog(), settings, environ).entries
    return {entry.id: entry.state for entry in entries if not entry.id.startswith("krakpy/")}


@pytest.fixture
def geo(site):
    site.install("acme-geo", hooks={"geo": "Geo"})


def test_what_nobody_uses_is_available(geo, config):
    assert states(config(plugin=INPROC)) == {"acme-geo/geo": "available"}


def test_what_a_configuration_lists_is_used(geo, config, using):
    assert states(config(using("geo"), plugin=INPROC)) == {"acme-geo/geo": "used"}


def test_an_alias_uses_what_it_stands_for(geo, config, using):
    plugin = {"instances": {"where": {"from": "acme-geo/geo", "isolation": "inproc"}}}
    assert states(config(using("where"), plugin=plugin)) == {"acme-geo/geo": "used"}


def test_a_closed_gate_keeps_out_what_is_used_and_what_is_not(geo, config, using):
    assert states(config(using("geo"), plugin=INPROC), {}) == {"acme-geo/geo": "gate-closed"}
    assert states(config()) == {"acme-geo/geo": "gate-closed"}
    assert states(None, {}) == {"acme-geo/geo": "gate-closed"}


def test_without_a_configuration_everything_that_may_load_is_available(geo):
    assert states(None) == {"acme-geo/geo": "available"}


def test_what_the_operator_denies_is_refused(geo, config, using):
    plugin = {**INPROC, "deny": ["acme-geo/geo"]}
    assert states(config(using("geo"), plugin=plugin)) == {"acme-geo/geo": "refused"}


def test_what_is_switched_off_is_off(geo, config, using):
    plugin = {"instances": {"geo": {"from": "acme-geo/geo", "isolation": "inproc", "mode": "off"}}}
    assert states(config(using("geo"), plugin=plugin)) == {"acme-geo/geo": "off"}


def test_a_name_that_two_offer_is_ambiguous_for_both(geo, site, config, using):
    site.install("other-geo", hooks={"geo": "Geo"})
    expected = {"acme-geo/geo": "ambiguous", "other-geo/geo": "ambiguous"}
    assert states(config(using("geo"), plugin=INPROC)) == expected


def test_a_name_of_krakpys_own_means_krakpys_own(site, config):
    site.install("acme-json", decoder={"json": "Json"})
    entry, = (
        entry
        for entry in take(read_catalog(), load(config(plugin=INPROC), {}).settings, OPEN).entries
        if entry.id == "acme-json/json"
    )
    assert entry.state == "ambiguous"
    assert "'json' means krakpy/json here" in str(entry.reason)


def test_what_is_asked_for_and_missing_is_an_entry_of_its_own(config, using):
    assert states(config(using("nope"), plugin=INPROC)) == {"nope": "not-installed"}


def test_a_group_that_is_not_spoken_is_refused(site):
    site.install("acme-geo", teapot={"geo": "Geo"})
    assert states(None) == {"acme-geo/geo": "refused"}


def test_krakpys_own_parts_are_built_in_until_the_configuration_names_them(config):
    entries = take(read_catalog(), load(config(), {}).settings, {}).entries
    found = {entry.id: entry.state for entry in entries}
    assert found["krakpy/url_pattern"] == "built-in"
    assert found["krakpy/json"] == "used"


def test_nothing_is_imported(geo, config, using):
    states(config(using("geo"), plugin=INPROC))
    assert "acme_geo" not in sys.modules
