"""What a distribution needs is found in its own environment, as far as it reaches."""
from dataclasses import replace

import pytest

from krakpy.extension.dependencies import Dependencies, python_of


@pytest.fixture
def needs(site):
    """The names of what `acme-geo` needs, once it requires these texts."""

    def found(*requires, **changes):
        site.add("acme-geo", hooks={"geo": "acme_geo:Hook"}, requires=requires)
        (candidate,) = site.catalog().find(("hooks",), "geo")
        return list(Dependencies().of(replace(candidate, **changes)))

    return found


def test_needs_are_followed_to_their_needs(site, needs):
    site.add("acme-db", requires=("acme-wire>=1",))
    site.add("acme-wire", requires=("acme-db",))
    assert needs("acme_db") == ["acme-db", "acme-wire"]


def test_what_krakpy_is_made_of_is_nobodys_need(needs):
    assert needs("krakpy-sdk>=1,<2", "krakpy") == []


def test_in_another_environment_the_sdk_is_a_need_as_any_other(site, needs):
    site.add("krakpy-sdk", requires=())
    assert needs("krakpy-sdk>=1,<2", python="/opt/geo/bin/python") == ["krakpy-sdk"]


def test_what_is_not_installed_is_left_to_the_probe(needs):
    assert needs("acme-gone") == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("acme-db ; python_version >= '3.11'", ["acme-db"]),
        ("acme-db ; python_version < '3'", []),
        ("acme-db ; extra == 'fast'", []),
        ("not a requirement!", []),
    ],
    ids=["holds", "does not hold", "an extra that nobody asked for", "no requirement"],
)
def test_markers_decide(site, needs, text, names):
    site.add("acme-db", requires=())
    assert needs(text) == names


def test_an_extra_brings_its_own_needs(site, needs):
    site.add("acme-db", requires=("acme-fast ; extra == 'fast'",))
    site.add("acme-fast", requires=())
    assert needs("acme-db[fast]") == ["acme-db", "acme-fast"]


def test_the_python_of_another_environment_is_told_by_its_folder(site):
    site.add("acme-geo", hooks={"geo": "acme_geo:Hook"})
    (candidate,) = site.catalog().find(("hooks",), "geo")
    folder = "/opt/geo/lib/python3.12/site-packages/a.dist-info"
    there = replace(candidate, python="/opt/geo/bin/python", location=folder)
    assert python_of(there) == "3.12"
    assert python_of(candidate) == ""
