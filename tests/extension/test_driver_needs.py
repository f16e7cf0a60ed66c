"""Drivers that packages ask for by name are needs, told from the configuration and from metadata alone."""
import pytest

from krakpy.extension.driver_needs import asked_of, driver_needs
from krakpy.extension.needs import needs_of

from .services import at_backend, service

OPENER = {"drivers": {"mod": "acme_engine:Mod"}}


@pytest.fixture
def catalog(site):
    site.add("acme-engine", client={"acme/engine": "acme_engine:Engine"}, **OPENER)
    site.add("acme-other", client={"acme/other": "acme_other:Other"})
    modifiers = {"body.Query": "corp:Query", "header.Set": "corp:Set"}
    site.add("corp-mods", mod=modifiers, store={"body.Query": "corp:Query"})
    return site.catalog(with_krakpy=True)


def told(settings, catalog):
    needs = driver_needs(needs_of(settings)[0], catalog, settings.plugin)
    return [(need.families, need.name, need.place) for need in needs]


PLACE = "endpoints[0].backend[0].extra_config.acme/engine"


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ({"body.Query": {}}, [("body.Query", "body.Query")]),
        ({"driver": "header.Set"}, [("header.Set", "driver")]),
        ({"all": [{"body.Query": {"x": 1}}, 5]}, [("body.Query", "all[0].body.Query")]),
        ({"corp-mods/body.Query": {}}, [("corp-mods/body.Query", "corp-mods/body.Query")]),
        ({"alias": {}}, [("alias", "alias")]),
        ({"body.query": {}, "n": 1, "unknown": None}, []),
        ("body.Query", [("body.Query", "")]),
    ],
    ids=["a key", "a text", "deep inside", "an id", "an alias", "no name", "the whole"],
)
def test_every_key_and_text_that_is_a_drivers_name_is_a_need(tmp_path, catalog, config, found):
    plugin = {"instances": {"alias": {"from": "corp-mods/header.Set"}}}
    settings = service(tmp_path, at_backend(acme__engine=config), plugin=plugin)
    assert told(settings, catalog) == [(("mod",), name, f"{PLACE}.{path}".rstrip(".")) for name, path in found]


def test_what_does_not_ask_for_drivers_of_a_family_needs_none(tmp_path, catalog):
    assert told(service(tmp_path, at_backend(acme__other={"body.Query": {}})), catalog) == []


def test_a_place_asks_for_a_driver_once(tmp_path, catalog):
    settings = service(tmp_path, at_backend(acme__engine={"body.Query": "body.Query"}))
    assert len(told(settings, catalog)) == 1


def test_they_stand_among_the_needs_of_a_configuration(tmp_path, catalog):
    asked = asked_of(service(tmp_path, at_backend(acme__engine={"body.Query": {}})), catalog)
    assert [need.name for need in asked if need.families == ("mod",)] == ["body.Query"]
