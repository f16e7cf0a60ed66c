"""`krakpy ext doctor`, and the diagnosis behind it."""
import os
import sys

import pytest

from tests.cli.masters import STATUS, ScriptedMaster

INPROC = {"defaults": {"isolation": "inproc"}}
BROKEN = "raise RuntimeError('no')"


@pytest.fixture
def codes(ask):
    """The codes and remedies that it finds."""

    def found(*words: str, **options) -> dict[str, str]:
        problems = ask("ext", "doctor", *words, **options)["problems"]
        return {problem["code"]: problem["remedy"] for problem in problems}

    return found


def test_a_healthy_installation_ends_with_status_0(invoke, site):
    site.install("acme-geo", hooks={"geo": "Geo"})
    result = invoke("ext", "doctor", allowed=True)
    assert result.exit_code == 0
    assert result.stdout == "1 extension examined, no error\n"


def test_an_error_ends_with_status_1_and_its_remedy(invoke, site):
    site.install("acme-geo", BROKEN, hooks={"geo": "Geo"})
    result = invoke("ext", "doctor", allowed=True)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "✗ KX020  acme-geo/geo",
        f"  acme-geo 1.0.0 (geo): RuntimeError: no, at {site.folder}/acme_geo.py:1",
        "  → pip install --upgrade acme-geo",
        "1 extension examined, 1 error",
    ]
    assert "acme_geo" not in sys.modules


def test_without_a_configuration_everything_is_examined(codes, site):
    site.install("acme-geo", BROKEN, hooks={"geo": "Geo"})
    assert "KX020" in codes()


def test_with_a_configuration_only_what_it_uses_is_examined(codes, ask, site, config, using):
    site.install("acme-geo", hooks={"geo": "Geo"})
    site.install("acme-broken", BROKEN, hooks={"broken": "Geo"})
    path = config(using("geo"), plugin=INPROC)
    assert codes("-c", path, allowed=True) == {}
    assert ask("ext", "doctor", "-c", path, allowed=True)["probed"] == ["acme-geo/geo"]


def test_a_configuration_that_cannot_be_read_is_told_and_everything_examined(codes, site, config):
    site.install("acme-geo", BROKEN, hooks={"geo": "Geo"})
    assert {"KC002", "KX020"} <= codes("-c", config(version=2), allowed=True).keys()


def test_metadata_that_cannot_be_read_is_a_warning_with_its_command(invoke, codes, site):
    site.write("my_broken-1.0.dist-info", b"\xff\xfe[krakpy", "my-broken")
    assert invoke("ext", "doctor").exit_code == 0
    assert codes()["KX008"] == "pip install --force-reinstall my-broken"


def test_a_closed_gate_is_a_warning_until_it_is_in_the_way(invoke, codes, site, config, using):
    site.install("acme-geo", hooks={"geo": "Geo"})
    assert codes() == {"KX003": "export KRAKPY_ENABLE_PLUGINS=1"}
    assert invoke("ext", "doctor").exit_code == 0
    assert invoke("ext", "doctor", "-c", config(using("geo"), plugin=INPROC)).exit_code == 1


def test_a_contested_name_is_a_warning_until_it_is_used(invoke, codes, site, config, using):
    site.install("acme-geo", hooks={"geo": "Geo"})
    site.install("other-geo", hooks={"geo": "Geo"})
    assert "KX002" in codes(allowed=True)
    assert invoke("ext", "doctor", allowed=True).exit_code == 0
    assert invoke("ext", "doctor", "-c", config(using("geo"), plugin=INPROC), allowed=True).exit_code == 1


def test_what_is_excluded_is_not_tried(ask, site, config, using):
    site.install("acme-geo", BROKEN, hooks={"geo": "Geo"})
    path = config(using("geo"), plugin={**INPROC, "deny": ["acme-geo/geo"]})
    document = ask("ext", "doctor", "-c", path, allowed=True)
    assert document["probed"] == []
    assert [problem["code"] for problem in document["problems"]] == ["KX004"]


def test_a_group_that_is_not_spoken_is_told(codes, site):
    site.install("acme-geo", teapot={"geo": "Geo"})
    assert codes(allowed=True) == {"KX006": "pip install --upgrade krakpy"}


def test_a_circle_in_the_order_is_told(codes, site):
    source = "class A:\n def __init__(self, settings, next): ...\n async def __call__(self, request): ...\n"
    site.install("acme-a", f"{source} inside = outside = ('acme/b',)\n", backend={"acme/a": "A", "acme/b": "A"})
    assert "KX010" in codes(allowed=True)


def test_every_state_is_explained_if_that_is_asked_for(invoke, ask, geo, config, using):
    path = config(using("geo"), plugin={"instances": {"geo": {"mode": "off"}}})
    (state,) = ask("ext", "doctor", "-c", path, allowed=True)["states"]
    assert (state["id"], state["state"], state["remedy"]) == (
        "acme-geo/geo", "off", 'remove "mode": "off" from its plugin.instances entry',
    )  # fmt: skip
    assert "acme-geo/geo  off: " in invoke("ext", "doctor", "--states", "-c", path, allowed=True).stdout


def test_what_is_not_as_locked_is_told_and_not_tried(invoke, ask, geo, config, using):
    path = config(using("geo"), plugin={"lock": "krakpy.lock"})
    invoke("ext", "lock", "-c", path)
    (geo / "__init__.py").write_text("raise SystemExit\n")
    document = ask("ext", "doctor", "-c", path, allowed=True)
    assert ([problem["code"] for problem in document["problems"]], document["probed"]) == (["KX062"], [])
    assert document["states"][0]["state"] == "altered"


def test_what_a_gateway_says_that_the_probe_found_too_is_said_once(invoke, installed, config, using, tmp_path):
    installed.add("acme-geo", hooks={"geo": "acme_geo:Hook"}, modules={"acme_geo.py": BROKEN})
    path = config(using("geo"), plugin={})
    message = f"acme-geo 1.0.0 (geo): RuntimeError: no, at {installed.path}/acme_geo.py:1"
    failed = {"id": "geo", "state": "failed", "place": "endpoints[0].geo", "remedy": ""}
    extensions = [{**failed, "code": "KX020", "message": message}, {**failed, "code": "KX042", "message": "no"}]
    status = {**STATUS, "config": {"path": path, "digest": "", "loaded_at": 1.0}, "extensions": extensions}
    with ScriptedMaster(tmp_path, os.getpid(), status=[status]):
        result = invoke("ext", "doctor", "-c", path, allowed=True, XDG_RUNTIME_DIR=str(tmp_path))
    assert [line.split()[1] for line in result.stdout.splitlines() if line.startswith("✗")] == ["KX020", "KX042"]
