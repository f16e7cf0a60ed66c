"""What a neighbour does to the files of an extension, or of Python itself, is told before it is a riddle."""
import sys
import sysconfig
from importlib.metadata import distributions

import pytest

from krakpy.codes import Code
from krakpy.extension.neighbours import overlaps, shadows
from tests.distributions import Site

MODULE = {"acme_geo.py": "x = 1", "acme_geo/data.py": "y = 1"}


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "site")
    site.add("acme-geo", hooks={"geo": "acme_geo:Geo"}, modules=MODULE)
    return site


def told(site, **others):
    installed = distributions(path=[str(site.path)])
    return list(overlaps(site.catalog().candidates, installed))


def test_a_package_that_overwrites_the_files_of_another_is_named(site):
    site.add("other", modules=MODULE)
    [problem] = told(site)
    assert (problem.code, problem.place, problem.severity) == (Code.OVERLAP, "acme-geo", "warning")
    assert "acme_geo.py and 1 more belongs to other too" in problem.message
    assert problem.advice == "pip uninstall other, or reinstall acme-geo"


def test_two_extensions_that_overwrite_each_other_are_named_once(site):
    site.add("acme-geo2", hooks={"geo2": "acme_geo:Geo"}, modules={"acme_geo.py": "x = 2"})
    [problem] = told(site)
    assert {"acme-geo", "acme-geo2"} == {problem.place, problem.message.split(" belongs to ")[1].split()[0]}


def test_neighbours_with_files_of_their_own_are_left_alone(site):
    site.add("other", modules={"other.py": "z = 1"})
    assert told(site) == []


def test_another_installation_of_the_same_package_is_no_neighbour(site, tmp_path):
    older = Site(tmp_path / "older")
    older.add("acme-geo", "0.9", modules=MODULE)
    both = distributions(path=[str(site.path), str(older.path)])
    assert list(overlaps(site.catalog().candidates, both)) == []


@pytest.mark.parametrize("record", [None, b"\xff\xfe"], ids=["missing", "not UTF-8"])
def test_a_record_that_cannot_be_read_says_nothing(site, record):
    other = site.add("other", modules=MODULE, record=False)
    if record:
        (site.path / f"{other.stem}.dist-info" / "RECORD").write_bytes(record)
    assert told(site) == []


@pytest.mark.parametrize("file", ["json.py", "email/__init__.py"])
def test_a_module_of_pythons_own_that_is_shadowed_is_named_with_its_folder(tmp_path, file):
    target = tmp_path / file
    target.parent.mkdir(exist_ok=True)
    target.write_text("")
    (tmp_path / "logging").mkdir()
    (tmp_path / "mine.py").write_text("")
    name = file.partition("/")[0].removesuffix(".py")
    [problem] = shadows([str(tmp_path), sysconfig.get_path("stdlib")])
    assert (problem.code, problem.place, problem.severity) == (Code.SHADOWED, str(tmp_path), "warning")
    assert f"a module {name!r} in this folder stands before Python's own" in problem.message


def test_what_stands_after_pythons_own_modules_shadows_nothing(tmp_path):
    (tmp_path / "json.py").write_text("")
    assert list(shadows([sysconfig.get_path("stdlib"), str(tmp_path)])) == []


def test_folders_that_are_not_there_shadow_nothing(tmp_path):
    assert list(shadows([str(tmp_path / "gone")])) == []


def test_the_path_of_this_process_is_looked_at(tmp_path, monkeypatch):
    (tmp_path / "wave.py").write_text("")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert [problem.place for problem in shadows()] == [str(tmp_path)]
