"""`krakpy reload` says what came of it, to people and to programs."""
import json

import pytest

from tests.cli.masters import BAD, GOOD, ScriptedMaster


@pytest.fixture
def run(invoke, tmp_path):
    return lambda *words, **environ: invoke("reload", *words, XDG_RUNTIME_DIR=str(tmp_path), **environ)


def test_a_reload_that_went_well_is_one_line_and_status_0(tmp_path, run):
    with ScriptedMaster(tmp_path) as master:
        done = run()
    assert (done.exit_code, done.stdout, done.stderr) == (0, "reloaded in 0.3 s: generation 2 serves\n", "")
    assert master.asked[-1] == "reload"


def test_one_that_was_refused_is_status_1_and_every_reason_a_line(tmp_path, run):
    with ScriptedMaster(tmp_path, reload=[BAD]):
        done = run()
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "krakpy: the reload was refused (3 problems); generation 1 goes on serving",
        "KC003 prt: unknown key  →  Write `port`.",
        "… and 2 more: krakpy check shows all of them",
    ]


@pytest.mark.parametrize(("outcome", "status"), [(GOOD, 0), (BAD, 1)], ids=["good", "bad"])
def test_programs_get_the_outcome_as_one_object(tmp_path, run, outcome, status):
    with ScriptedMaster(tmp_path, reload=[{"kind": "progress", "phase": "checking"}, outcome]):
        done = run("--json")
    assert done.exit_code == status
    expected = {key: value for key, value in outcome.items() if key != "kind"}
    assert json.loads(done.stdout) == {"schema": "krakpy.reload/1", **expected}


def test_without_a_gateway_it_is_status_3(run):
    done = run()
    assert (done.exit_code, done.stderr) == (3, "krakpy: no gateway of this user is running\n")


def test_programs_are_told_so_too(run):
    done = run("--json")
    assert done.exit_code == 3
    shown = {"schema": "krakpy.reload/1", "ok": False, "error": "no gateway of this user is running"}
    assert json.loads(done.stdout) == shown


def test_a_gateway_that_stops_meanwhile_is_status_3(tmp_path, run):
    with ScriptedMaster(tmp_path, reload=[{"kind": "progress", "phase": "checking"}]):
        done = run()
    assert (done.exit_code, done.stderr) == (3, "krakpy: the gateway hung up before it had answered\n")


def test_a_path_may_be_named_in_the_environment(tmp_path, run):
    with ScriptedMaster(tmp_path) as master:
        assert run(KRAKPY_CONTROL=str(master.path)).exit_code == 0


def test_a_timeout_of_nothing_is_a_mistake(run):
    assert run("--timeout", "0").exit_code == 2
