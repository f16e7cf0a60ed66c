"""Drivers that may be asked for by name: krakpy's own always, those of others where the configuration names them."""
from dataclasses import replace

import pytest
from krakpy_sdk import ConfigError, MissingDriver

from krakpy.codes import Code
from krakpy.errors import ExtensionError, Problem
from krakpy.extension.catalog import Catalog
from krakpy.extension.gates import Admission
from krakpy.extension.needs import Failure, Need
from krakpy.extension.offers import offers_of
from krakpy.extension.policy import Policy

from .instances import candidate as made
from .services import service


def candidate(id, **changes):
    return replace(made(id, "decoder"), family="mod", **changes)


OWN = candidate("krakpy-mods/own", is_first_party=True)
STRANGER = candidate("acme/theirs")
OPENER = replace(made("krakpy-engine/mod", "decoder"), family="drivers", is_first_party=True)
OTHER_OPENER = replace(made("acme-engine/mod", "decoder"), family="drivers")


@pytest.fixture
def offered(tmp_path):
    """The offers of a configuration that names these drivers, and asks in vain for those."""

    def build(*named, failed=(), openers=(OPENER,), plugin=None):
        settings = service(tmp_path, {}, **({} if plugin is None else {"plugin": plugin}))
        needs = {name: Need(("mod",), name, f"extra_config.acme.{name}", settings) for name in (*named, *failed)}
        admissions = [Admission(needs[name], STRANGER, Policy()) for name in named]
        failures = [Failure(needs[name], Problem(Code.IMPORT_RAISED, "", "broken")) for name in failed]
        return offers_of(settings, Catalog((OWN, STRANGER), openers=openers), admissions, failures)

    return build


@pytest.mark.parametrize("name", ["own", "krakpy-mods/own"])
def test_krakpys_own_are_there_without_being_named(offered, name):
    assert offered().find("mod", name).candidate is OWN


def test_a_strangers_is_there_where_it_is_named(offered):
    assert offered("theirs").find("mod", "theirs").candidate is STRANGER
    with pytest.raises(ConfigError, match="has to be named in the settings"):
        offered().find("mod", "theirs")


def test_what_may_not_be_used_says_why(offered):
    with pytest.raises(ExtensionError, match="broken"):
        offered(failed=("theirs",)).find("mod", "theirs")


@pytest.mark.parametrize(
    ("name", "family", "said"),
    [("onw", "mod", "did you mean 'own'?"), ("redis", "store", "pip install krakpy-store"), ("x", "mod", "'x'")],
)
def test_what_nobody_offers_is_told_with_the_step_that_gets_it(offered, name, family, said):
    with pytest.raises(ConfigError) as failure:
        offered().find(family, name)
    assert (said in failure.value.message, type(failure.value)) == (True, ConfigError)


def test_where_packages_are_asked_for_a_missing_one_is_told_as_such(offered):
    with pytest.raises(MissingDriver, match="pip install the package that does"):
        offered(plugin={}).find("mod", "x")


def test_the_protocol_of_a_stranger_counts_only_where_his_code_may_be_imported(offered):
    assert offered(openers=(OTHER_OPENER,)).protocols == {}
    assert offered(openers=(OTHER_OPENER, OPENER)).protocols == {"mod": OPENER.target}


def test_without_openers_there_is_nothing_to_offer(offered):
    assert offered("theirs", openers=()).admissions == {}
