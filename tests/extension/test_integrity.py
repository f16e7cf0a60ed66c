"""What RECORD promises is held against what the files hold."""
import json

import pytest

from krakpy.extension.integrity import UnknownContent, changes, content_of, shadows
from tests.distributions import HOOK

MODULES = {"acme_geo/__init__.py": HOOK, "acme_geo/table.py": "ROWS = 1\n"}


@pytest.fixture
def folder(site):
    """The metadata of a package with two modules."""
    site.add("acme-geo", hooks={"geo": "acme_geo:Hook"}, modules=MODULES)
    return site.path / "acme_geo-1.0.0.dist-info"


def told(folder):
    content = content_of(folder)
    return [str(change) for change in (*changes(folder, content), *shadows(folder, content))]


def test_what_is_as_installed_has_not_changed(folder):
    assert told(folder) == []


def test_a_file_that_holds_something_else_has_changed(folder, site):
    (site.path / "acme_geo/table.py").write_text("ROWS = 2\n")
    assert told(folder) == ["acme_geo/table.py has changed"]


def test_a_file_that_is_gone_is_missing(folder, site):
    (site.path / "acme_geo/table.py").unlink()
    assert told(folder) == ["acme_geo/table.py is missing"]


@pytest.mark.parametrize("name", ["more.py", "more.so", "more.pyc"])
def test_a_module_among_the_files_that_nobody_installed_is_told(folder, site, name):
    (site.path / "acme_geo" / name).write_bytes(b"")
    assert told(folder) == [f"acme_geo/{name} is not in RECORD"]


@pytest.mark.parametrize("name", ["data.json", "__pycache__/table.cpython-311.pyc"])
def test_data_and_caches_are_nobodys_business(folder, site, name):
    path = site.path / "acme_geo" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"")
    assert told(folder) == []


def test_what_stands_before_it_on_the_path_is_told(folder, tmp_path, monkeypatch):
    (tmp_path / "acme_geo.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert told(folder) == [
        f"{tmp_path}/acme_geo.py would be imported instead: it stands before it on the module path"
    ]


def test_what_an_installer_writes_for_one_machine_does_not_change_the_digest(folder):
    before = content_of(folder).digest
    more = f"{folder.name}/INSTALLER,sha256=x,4\n../../../bin/geo,sha256=y,9\nacme_geo/__pycache__/a.pyc,,\n"
    record = folder / "RECORD"
    record.write_text(more + record.read_text())
    assert content_of(folder).digest == before


def test_another_build_has_another_digest(folder, site):
    before = content_of(folder).digest
    site.add("acme-geo", hooks={"geo": "acme_geo:Hook"}, modules={**MODULES, "acme_geo/table.py": "ROWS = 2\n"})
    assert content_of(folder).digest != before


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (None, "cannot be read"),
        (b"\xff", "cannot be read"),
        (b"", "any file"),
        (b"weak.py,md5=x,1\n", "weak"),
        (b"bare.py,,\n", "bare"),
    ],
    ids=["no RECORD", "not text", "empty", "a weak hash", "no hash"],
)
def test_without_a_hash_for_every_file_nobody_can_say_what_it_is(folder, record, reason):
    (folder / "RECORD").unlink() if record is None else (folder / "RECORD").write_bytes(record)
    with pytest.raises(UnknownContent, match=reason):
        content_of(folder)


@pytest.mark.parametrize(
    ("origin", "is_editable"),
    [({"url": "file:///x", "dir_info": {"editable": True}}, True), ({"url": "file:///x"}, False), ([], False)],
    ids=["pip install -e", "pip install .", "not what PEP 610 says"],
)
def test_an_editable_installation_is_recognised(folder, origin, is_editable):
    (folder / "direct_url.json").write_text(json.dumps(origin))
    assert content_of(folder).is_editable is is_editable
