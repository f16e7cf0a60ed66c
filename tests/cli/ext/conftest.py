"""Distributions with a RECORD, as pip leaves them, where the command line finds them."""
import pytest

from tests.distributions import HOOK, Site


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A folder on `sys.path` for whole distributions."""
    found = Site(tmp_path / "installed")
    monkeypatch.syspath_prepend(str(found.path))
    return found


@pytest.fixture
def geo(installed):
    """A hook that works, in a package of its own that needs another."""
    installed.add("acme-db", modules={"acme_db.py": "x = 1\n"}, requires=())
    module = {"acme_geo/__init__.py": HOOK}
    installed.add("acme-geo", hooks={"geo": "acme_geo:Hook"}, modules=module, requires=("acme-db",))
    return installed.path / "acme_geo"
