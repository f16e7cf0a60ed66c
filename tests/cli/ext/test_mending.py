"""The one step that mends a problem."""
from importlib.metadata import EntryPoint

import pytest

from krakpy.cli.ext.mending import mended, reinstalled
from krakpy.codes import Code
from krakpy.errors import Problem
from krakpy.extension.catalog import Candidate


def candidate(*requires: str) -> Candidate:
    return Candidate("acme-geo", "1.0.0", "hooks", 1, "geo", EntryPoint("geo", "geo:Geo", "krakpy.hooks.v1"), requires)


def remedy(code: Code, *requires: str, given: str = "") -> str:
    return mended(Problem(code, "acme-geo/geo", "…", given), candidate(*requires)).remedy


def test_what_its_author_has_to_mend_may_be_mended_in_another_release():
    assert remedy(Code.IMPORT_RAISED) == "pip install --upgrade acme-geo"


def test_a_remedy_that_is_there_stays():
    assert remedy(Code.IMPORT_RAISED, given="set ACME_HOME") == "set ACME_HOME"
    assert remedy(Code.SETTINGS, given="") == ""


def test_a_missing_requirement_is_installed_as_the_author_asks_for_it():
    assert remedy(Code.MODULE_MISSING, "packaging", "no-such-thing>=2") == "pip install 'no-such-thing>=2'"


@pytest.mark.parametrize(
    "requires", ["packaging", "no-such-thing; python_version < '3'", "no-such-thing; extra == 'test'", "no such thing"],
    ids=["installed", "of another Python", "of an extra", "unreadable"],
)
def test_what_is_not_missing_is_not_installed(requires):
    assert remedy(Code.MODULE_MISSING, requires, given="ask the author") == "ask the author"


@pytest.mark.parametrize(
    ("place", "name"),
    [("acme_geo-1.0.dist-info", "acme-geo"), ("geo.egg-info", "geo"), ("a;rm-1.dist-info", "'a;rm'")],
)
def test_a_distribution_is_installed_anew_by_the_name_of_its_folder(place, name):
    assert reinstalled(Problem(Code.METADATA, place, "…")).remedy == f"pip install --force-reinstall {name}"
