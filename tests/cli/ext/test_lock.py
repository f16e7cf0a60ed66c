"""`krakpy ext lock` writes down what may load."""
import json
import sys

import pytest

LOCKED = {"lock": "krakpy.lock"}


@pytest.fixture
def path(config, using):
    """A configuration that uses the hook, with a lock."""
    return config(using("geo"), plugin=LOCKED)


def test_what_the_configuration_uses_is_locked_beside_it(invoke, geo, path, tmp_path):
    result = invoke("ext", "lock", "-c", path)
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        f"+ acme-geo 1.0.0 (krakpy.hooks.v1/geo)\n{tmp_path}/krakpy.lock: 1 extension of 1 distribution, locked\n"
    )
    lock = json.loads((tmp_path / "krakpy.lock").read_text())
    assert lock["distributions"]["acme-geo"]["needs"].keys() == {"acme-db"}
    assert "acme_geo" not in sys.modules


def test_a_second_lock_is_the_same_text(invoke, geo, path, tmp_path):
    invoke("ext", "lock", "-c", path)
    before = (tmp_path / "krakpy.lock").read_bytes()
    assert "acme-geo" not in invoke("ext", "lock", "-c", path).stdout
    assert (tmp_path / "krakpy.lock").read_bytes() == before


def test_without_a_configuration_everything_of_third_parties_is_locked(ask, geo, tmp_path):
    target = str(tmp_path / "all.lock")
    document = ask("ext", "lock", "-o", target)
    assert document["changes"] == ["+ acme-geo 1.0.0 (krakpy.hooks.v1/geo)"]
    assert (document["schema"], document["ok"], document["written"], document["lock"]) == (
        "krakpy.ext.lock/1", True, True, target,
    )  # fmt: skip


def test_what_fails_its_probe_is_not_locked(invoke, installed, path, tmp_path):
    installed.add("acme-geo", hooks={"geo": "acme_geo:Hook"}, modules={"acme_geo.py": "1/0"})
    result = invoke("ext", "lock", "-c", path)
    assert result.exit_code == 1
    assert "KX020" in result.stderr
    assert not (tmp_path / "krakpy.lock").exists()


def test_what_is_not_installed_is_said_and_nothing_is_written(invoke, path, tmp_path):
    result = invoke("ext", "lock", "-c", path)
    assert (result.exit_code, "KX001" in result.stderr) == (1, True)
    assert not (tmp_path / "krakpy.lock").exists()


def test_what_a_folder_holds_that_is_edited_is_locked_by_name_if_that_is_meant(invoke, ask, geo, path):
    (geo.parent / "acme_geo-1.0.0.dist-info/direct_url.json").write_text('{"dir_info": {"editable": true}}')
    assert [problem["code"] for problem in ask("ext", "lock", "-c", path)["problems"]] == ["KX063"]
    assert invoke("ext", "lock", "-c", path, "--editable").exit_code == 0


def test_check_writes_nothing_and_tells_whether_it_would(invoke, ask, geo, path, tmp_path):
    assert invoke("ext", "lock", "-c", path, "--check").exit_code == 1
    invoke("ext", "lock", "-c", path)
    assert invoke("ext", "lock", "-c", path, "--check").exit_code == 0
    lock = tmp_path / "krakpy.lock"
    lock.write_text(lock.read_text().replace('"version": "1.0.0"', '"version": "0.9"'))
    changes = ask("ext", "lock", "-c", path, "--check")["changes"]
    assert {'-"version": "0.9"', '+"version": "1.0.0"'} < {line[:1] + line[1:].strip() for line in changes}
    assert '"0.9"' in lock.read_text()


def test_check_does_not_mind_where_the_lock_was_made(invoke, geo, path, tmp_path):
    invoke("ext", "lock", "-c", path)
    lock = tmp_path / "krakpy.lock"
    lock.write_text(lock.read_text().replace("python 3", "python 4"))
    assert invoke("ext", "lock", "-c", path, "--check").exit_code == 0


@pytest.mark.parametrize(
    ("version", "source", "said"),
    [("1.1", "", "1.0.0 → 1.1"), ("1.0.0", "x = 1\n", "1.0.0: other files")],
    ids=["another version", "another build"],
)
def test_what_is_new_is_told_in_a_line(ask, geo, path, installed, version, source, said):
    ask("ext", "lock", "-c", path)
    old = installed.path / "acme_geo-1.0.0.dist-info"
    for file in old.iterdir():
        file.unlink()
    old.rmdir()
    module = (geo / "__init__.py").read_text() + source
    installed.add("acme-geo", version, hooks={"geo": "acme_geo:Hook"}, modules={"acme_geo/__init__.py": module},
                  requires=("acme-db",))  # fmt: skip
    assert ask("ext", "lock", "-c", path)["changes"] == [f"~ acme-geo {said}"]


def test_a_gateway_serves_what_is_locked_and_refuses_what_is_not(invoke, geo, path):
    assert "KX060" in invoke("check", "-c", path, allowed=True).stderr
    invoke("ext", "lock", "-c", path)
    result = invoke("check", "-c", path, allowed=True)
    assert result.exit_code == 0, result.output
    (geo / "__init__.py").write_text("import os\n")
    assert "KX062" in invoke("check", "-c", path, allowed=True).stderr


def test_what_the_environment_accepts_in_the_worker_is_locked_too(invoke, installed, config):
    source = "class Mw:\n def __init__(self, settings, next): ...\n async def __call__(self, request): ...\n"
    installed.add("acme-mw", backend={"acme/mw": "acme_mw:Mw"}, modules={"acme_mw.py": source})
    path = config(backend={"extra_config": {"acme/mw": {}}}, plugin=LOCKED)
    assert invoke("ext", "lock", "-c", path).exit_code == 1
    assert invoke("ext", "lock", "-c", path, KRAKPY_INPROC_PLUGINS="acme-mw").exit_code == 0
