"""`krakpy status` says how a gateway is, and by its exit status whether something waits for the operator."""
import json

import pytest

from tests.cli.masters import BAD, GOOD, PROBLEM, STATUS, ScriptedMaster

WORKER = STATUS["workers"][0]
DEATH = {"pid": 4699, "at": 1.0, "exit_code": None, "signal": "SIGKILL", "ready": True}
REFUSED = {**PROBLEM, "id": "geo", "state": "refused", "code": "KX020"}
LOADED = {"id": "acme-geo/geo", "version": "1.0", "state": "loaded", "uses": 3}


@pytest.fixture
def shown(invoke, tmp_path):
    """What is printed for a status that differs from the usual one in these members."""

    def asked(*words, **members):
        with ScriptedMaster(tmp_path, status=[{**STATUS, **members}]):
            return invoke("status", *words, XDG_RUNTIME_DIR=str(tmp_path))

    return asked


def test_a_gateway_that_is_well_is_status_0(shown):
    done = shown()
    assert done.exit_code == 0
    for words in ("pid 4711, krakpy 1.0, serving", "http://127.0.0.1:8080", "/etc/krakend.json (sha256:0123456789ab…)",
                  "4712", "ready", "0 loaded, 0 refused"):  # fmt: skip
        assert words in done.stdout


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"last_reload": BAD}, ["refused while checking, 3 problems", "KC003 prt: unknown key"]),
        ({"extensions": [LOADED, REFUSED]}, ["1 loaded, 1 refused", "KX020 geo prt: unknown key"]),
        ({"workers_wanted": 2}, []),
        ({"workers": [{**WORKER, "state": "draining"}]}, ["draining"]),
        ({"generation": 2}, []),
    ],
    ids=["reload refused", "extension refused", "worker missing", "worker draining", "generation without workers"],
)
def test_what_waits_for_the_operator_is_status_1_and_is_shown(shown, members, words):
    done = shown(**members)
    assert done.exit_code == 1
    for word in words:
        assert word in done.stdout


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"last_reload": GOOD}, ["ok,", "by control"]),
        ({"reload": {"number": 2, "phase": "booting", "by": ["SIGHUP"], "took_s": 1}, "state": "reloading"},
         ["reloading (booting)"]),
        ({"workers": [{**WORKER, "restarts": 2, "last_death": DEATH}]}, ["SIGKILL, "]),
        ({"workers": [{**WORKER, "last_death": {**DEATH, "signal": None, "exit_code": 3}}]}, ["exit status 3, "]),
        ({"successor": 4800}, ["pid 4800"]),
    ],
    ids=["reloaded", "reloading", "killed", "exited", "successor"],
)  # fmt: skip
def test_what_happened_is_shown(shown, members, words):
    done = shown(**members)
    assert done.exit_code == 0
    for word in words:
        assert word in done.stdout


HOST = {
    "id": "acme-geo/geo", "instance": "geo", "slot": 0, "pid": 4801, "state": "ready", "for_s": 9.0, "restarts": 2,
}  # fmt: skip
INSTANCE = {
    "id": "acme-geo/geo", "instance": "geo", "version": "1.0", "place": "endpoints[0]", "state": "active",
    "for_s": None, "until_s": None, "quarantines": 0, "calls": 12, "mean_ms": 0.25, "errors": 1, "overruns": 2,
    "deaths": 3, "last_failure": "",
}  # fmt: skip
AWAY = {**INSTANCE, "state": "quarantined", "until_s": 12.0, "last_failure": "its worker died (SIGSEGV)"}


@pytest.mark.parametrize(
    ("members", "status", "words"),
    [
        ({"hosts": [HOST]}, 0, ["4801", "ready", "9.0 s"]),
        ({"hosts": [{**HOST, "pid": None, "state": "down"}]}, 0, ["down"]),
        ({"instances": [INSTANCE]}, 0, ["geo", "acme-geo/geo 1.0", "active", "12", "250 µs"]),
        ({"instances": [{**INSTANCE, "calls": 0, "mean_ms": None}]}, 0, ["active"]),
        ({"instances": [AWAY]}, 1, ["quarantined geo for 12.0 s more: its worker died (SIGSEGV)  →  "
                                    "krakpy ext release acme-geo/geo"]),
        ({"instances": [{**AWAY, "until_s": None}]}, 1, ["quarantined geo until it is released: its worker died"]),
        ({"instances": [{**AWAY, "state": "probation"}]}, 1, ["probation geo one call at a time: its worker died"]),
    ],
    ids=["host", "host down", "instance", "not called yet", "quarantined", "left out", "probation"],
)  # fmt: skip
def test_hosts_and_instances_are_shown_and_a_quarantine_with_what_ends_it(shown, members, status, words):
    done = shown(**members)
    assert done.exit_code == status
    for word in words:
        assert word in done.stdout


def test_text_of_others_steers_no_terminal(shown):
    done = shown(extensions=[{**REFUSED, "message": "\x1b[2J"}])
    assert "\x1b" not in done.stdout


def test_programs_get_the_status_as_one_object(shown):
    expected = {key: value for key, value in STATUS.items() if key != "kind"}
    assert json.loads(shown("--json").stdout) == expected


def test_without_a_gateway_it_is_status_3(invoke, tmp_path):
    done = invoke("status", XDG_RUNTIME_DIR=str(tmp_path))
    assert (done.exit_code, done.stderr) == (3, "krakpy: no gateway of this user is running\n")


@pytest.mark.parametrize("words", [(), ("--json",)], ids=["people", "programs"])
def test_it_is_watched_until_the_gateway_ends(invoke, tmp_path, monkeypatch, words):
    """Every second is as long as it takes to stop the gateway here."""
    with ScriptedMaster(tmp_path) as master:

        def pause(_):
            if len(master.asked) >= 3:
                master.says["status"] = []

        monkeypatch.setattr("krakpy.cli.status.time.sleep", pause)
        done = invoke("status", "--watch", *words, XDG_RUNTIME_DIR=str(tmp_path))
    assert done.exit_code == 3
    assert "hung up" in done.stderr
    assert "4711" in done.stdout


def test_who_has_seen_enough_ends_it_with_status_0(invoke, tmp_path, monkeypatch):
    def pause(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("krakpy.cli.status.time.sleep", pause)
    with ScriptedMaster(tmp_path):
        assert invoke("status", "--watch", "--json", XDG_RUNTIME_DIR=str(tmp_path)).exit_code == 0
