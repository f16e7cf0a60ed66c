"""`krakpy ext probe`."""
import sys

import pytest

INPROC = {"defaults": {"isolation": "inproc"}}


def test_a_good_extension_ends_with_status_0(invoke, site):
    site.install("acme-geo", hooks={"geo": "Geo"})
    result = invoke("ext", "probe", "geo")
    assert result.exit_code == 0
    assert result.stdout.startswith("✓ acme-geo/geo 1.0.0")
    assert "acme_geo" not in sys.modules


@pytest.mark.parametrize(
    ("source", "code"),
    [("raise RuntimeError('no')", "KX020"), ("import os; os._exit(0)", "KX021"), ("class Geo: pass", "KX030")],
    ids=["raises", "exits", "is no hook"],
)
def test_a_bad_one_ends_with_status_1_and_a_code(invoke, site, source, code):
    site.install("acme-geo", source, hooks={"geo": "Geo"})
    result = invoke("ext", "probe", "acme-geo/geo")
    assert result.exit_code == 1
    assert code in result.stdout


def test_it_is_built_with_the_real_settings(ask, site, config, using):
    site.install("acme-geo", hooks={"geo": "Geo"})
    path = config(using("geo", geo={"hedder": "X"}), plugin=INPROC)
    verdict, = ask("ext", "probe", "geo", "-c", path)["verdicts"]
    assert not verdict["ok"]
    assert verdict["problems"][0]["place"].endswith("req-resp-modifier.geo.hedder")


def test_what_it_printed_is_shown_and_cannot_steer_the_terminal(invoke, site):
    site.install("acme-geo", "print('hello \\x1b[2J', flush=True)\nraise RuntimeError", hooks={"geo": "Geo"})
    output = invoke("ext", "probe", "geo").stdout
    assert "printed  hello" in output
    assert "\x1b" not in output


def test_the_object_has_one_verdict_for_each_group(ask, site):
    site.install("acme-geo", hooks={"geo": "Geo"}, backend={"geo": "Geo"})
    document = ask("ext", "probe", "acme-geo/geo")
    assert document["schema"] == "krakpy.ext.probe/1"
    assert {verdict["group"]: verdict["ok"] for verdict in document["verdicts"]} == {
        "krakpy.hooks.v1": True, "krakpy.backend.v1": False,
    }


def test_a_group_that_is_not_spoken_cannot_be_probed(invoke, site):
    site.install("acme-geo", teapot={"geo": "Geo"})
    result = invoke("ext", "probe", "acme-geo/geo")
    assert result.exit_code == 1
    assert "KX006" in result.stdout
