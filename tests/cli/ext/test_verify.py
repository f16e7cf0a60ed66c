"""`krakpy ext verify` hashes again what was locked, and names what changed."""
import pytest

LOCKED = {"lock": "krakpy.lock"}


@pytest.fixture
def path(invoke, geo, config, using):
    """A configuration that uses the hook, and its lock."""
    path = config(using("geo"), plugin=LOCKED)
    assert invoke("ext", "lock", "-c", path).exit_code == 0
    return path


def messages(document):
    return [problem["message"] for found in document["distributions"] for problem in found["problems"]]


def test_what_is_as_locked_ends_with_status_0(invoke, path):
    result = invoke("ext", "verify", "-c", path)
    assert result.exit_code == 0
    assert result.stdout == "✓ acme-geo\n1 distribution compared with the lock, all as locked\n"


def test_every_file_that_changed_is_named(invoke, ask, path, geo):
    (geo / "__init__.py").write_text("import os\n")
    (geo / "more.py").write_text("")
    (geo.parent / "acme_db.py").unlink()
    assert messages(ask("ext", "verify", "-c", path)) == [
        "acme-geo 1.0.0: acme_geo/__init__.py has changed",
        "acme-geo 1.0.0: acme_geo/more.py is not in RECORD",
        "acme-db 1.0.0: acme_db.py is missing",
    ]
    assert invoke("ext", "verify", "-c", path).exit_code == 1


def test_what_was_uninstalled_is_told_with_the_version_that_was_locked(ask, path, geo):
    (geo.parent / "acme_geo-1.0.0.dist-info/entry_points.txt").unlink()
    (problem,) = ask("ext", "verify", "-c", path)["distributions"][0]["problems"]
    assert (problem["code"], problem["remedy"]) == ("KX062", "pip install acme-geo==1.0.0")


def test_what_the_configuration_uses_beyond_the_lock_is_told(ask, path, installed, config, using):
    installed.add("acme-far", hooks={"far": "acme_far:Hook"})
    document = ask("ext", "verify", "-c", config(using("geo", "far"), plugin=LOCKED))
    assert [problem["code"] for found in document["distributions"] for problem in found["problems"]] == ["KX061"]


def test_a_lock_that_cannot_be_read_ends_with_status_1(invoke, tmp_path):
    result = invoke("ext", "verify", "--lock", str(tmp_path / "gone.lock"))
    assert (result.exit_code, "KX060" in result.stdout) == (1, True)


def test_an_editable_installation_is_a_warning(invoke, ask, geo, config, using):
    (geo.parent / "acme_geo-1.0.0.dist-info/direct_url.json").write_text('{"dir_info": {"editable": true}}')
    path = config(using("geo"), plugin=LOCKED)
    invoke("ext", "lock", "-c", path, "--editable")
    document = ask("ext", "verify", "-c", path)
    assert document["ok"] is True
    assert [problem["severity"] for problem in document["distributions"][0]["problems"]] == ["warning"]
