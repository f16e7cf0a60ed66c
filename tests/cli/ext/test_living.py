"""The doctor asks the gateway that serves the configuration now."""
import os

import pytest

from krakpy.cli.ext.living import told_by
from tests.cli.masters import STATUS, ScriptedMaster

INSTANCE = {
    "id": "acme-geo/geo", "instance": "geo", "version": "1.0.0", "place": "endpoints[0].geo", "state": "quarantined",
    "for_s": 3.0, "until_s": 27.0, "quarantines": 1, "calls": 40, "mean_ms": 1.0, "errors": 20, "overruns": 0,
    "deaths": 0, "last_failure": "endpoint_request: ValueError: no",
}  # fmt: skip
HOST = {"id": "acme-geo/geo", "instance": "geo", "slot": 0, "pid": None, "state": "down", "for_s": 9.0, "restarts": 4}
UNLOADED = {
    "id": "geo", "state": "failed", "place": "endpoints[0].geo", "code": "KX042", "message": "no", "remedy": "mend it",
}  # fmt: skip


@pytest.fixture
def told(tmp_path, monkeypatch):
    """What the doctor hears of a gateway that says this of itself."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))

    def heard(**says):
        path = str(tmp_path / "krakend.json")
        config = {"path": path, "digest": "", "loaded_at": 1.0}
        with ScriptedMaster(tmp_path, os.getpid(), status=[{**STATUS, "config": config, **says}]):
            return told_by(path, os.environ)

    return heard


def test_a_quarantine_is_told_with_the_command_that_ends_it(told):
    (problem,) = told(instances=[INSTANCE])
    assert (problem.code.id, problem.place, problem.severity) == ("KX055", "endpoints[0].geo", "error")
    assert "tried again in 27 s: endpoint_request: ValueError: no" in problem.message
    assert problem.remedy == "mend it, then: krakpy ext release acme-geo/geo"


def test_one_that_ends_with_a_reload_says_so(told):
    (problem,) = told(instances=[{**INSTANCE, "until_s": None}])
    assert "until a reload" in problem.message


def test_probation_is_a_warning(told):
    (problem,) = told(instances=[{**INSTANCE, "state": "probation"}])
    assert (problem.severity, "on probation" in problem.message) == ("warning", True)


def test_a_host_that_is_down_is_told(told):
    (problem,) = told(hosts=[HOST])
    assert (problem.code.id, problem.place) == ("KX054", "acme-geo/geo")


def test_what_a_worker_could_not_load_is_told_as_it_told_it(told):
    (problem,) = told(extensions=[UNLOADED])
    assert (problem.code.id, problem.message, problem.remedy) == ("KX042", "no", "mend it")


def test_what_is_well_is_not_told(told):
    well = [{**INSTANCE, "state": "active"}]
    assert told(instances=well, hosts=[{**HOST, "state": "ready"}], extensions=[{"id": "geo", "state": "loaded"}]) == ()


def test_a_gateway_of_an_older_version_says_less(told):
    assert told() == ()


def test_without_a_gateway_nothing_is_told(tmp_path):
    assert told_by(str(tmp_path / "krakend.json"), {"XDG_RUNTIME_DIR": str(tmp_path)}) == ()
