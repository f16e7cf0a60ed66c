"""`krakpy ext release` ends the quarantine of an extension in a running gateway, and says what it could not do."""
import json

import pytest

from tests.cli.masters import ScriptedMaster

RELEASED = {"kind": "released", "instances": ["geo", "geo_new"], "need_reload": []}


@pytest.fixture
def released(invoke, tmp_path):
    def asked(*words, **answer):
        with ScriptedMaster(tmp_path, release=[{**RELEASED, **answer}]) as master:
            done = invoke("ext", "release", "acme-geo/geo", *words, XDG_RUNTIME_DIR=str(tmp_path))
            return done, master.asked

    return asked


def test_every_instance_that_is_called_again_is_named(released):
    done, asked = released()
    assert (done.exit_code, done.stdout) == (0, "geo is called again\ngeo_new is called again\n")
    assert asked[-1] == "release"


def test_one_that_workers_left_out_comes_back_with_a_reload(released):
    done, _ = released(instances=["geo"], need_reload=["geo"])
    assert done.stdout == "geo is called again, after a `krakpy reload`\n"


def test_programs_get_one_object(released):
    done, _ = released("--json")
    assert json.loads(done.stdout) == {
        "schema": "krakpy.ext.release/1", "instances": ["geo", "geo_new"], "need_reload": [],
    }  # fmt: skip


def test_nothing_to_release_is_status_1(released):
    done, _ = released(kind="error", message="no instance of acme-geo/geo is quarantined")
    assert (done.exit_code, done.stderr) == (
        1, "krakpy: the gateway refuses: no instance of acme-geo/geo is quarantined\n",
    )  # fmt: skip


def test_without_a_gateway_it_is_status_3(invoke, tmp_path):
    assert invoke("ext", "release", "geo", XDG_RUNTIME_DIR=str(tmp_path)).exit_code == 3
