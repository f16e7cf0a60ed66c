"""What a master tells of itself is plain data."""
import json
import time
from types import SimpleNamespace
from typing import Any

import pytest

from krakpy.server.reload import Reload
from krakpy.server.status import master_status, reload_status, state_of, worker_status
from krakpy.server.supervisor import Post
from krakpy.server.vacancies import Death, Past


def worker(*, is_ready=True, is_dismissed=False, is_leaving=False) -> Any:
    return SimpleNamespace(
        is_ready=is_ready, is_dismissed=is_dismissed, is_leaving=is_leaving, uptime_s=lambda: 2.34567
    )


@pytest.mark.parametrize(
    ("is_ready", "is_dismissed", "state"),
    [(False, False, "booting"), (True, False, "ready"), (True, True, "draining"), (False, True, "draining")],
)
def test_a_worker_boots_serves_and_drains(is_ready, is_dismissed, state):
    assert state_of(worker(is_ready=is_ready, is_dismissed=is_dismissed)) == state


def test_a_worker_that_leaves_of_its_own_accord_drains_too():
    assert state_of(worker(is_leaving=True)) == "draining"


def test_a_worker_is_shown_with_what_happened_in_its_place():
    past = Past(0, 2, Death(4711, 1.0, None, "SIGKILL", True))
    shown = worker_status(4712, worker(), Post(3, past), is_next=True)
    assert (shown["pid"], shown["generation"], shown["next"], shown["restarts"]) == (4712, 3, True, 2)
    assert shown["last_death"] == {"pid": 4711, "at": 1.0, "exit_code": None, "signal": "SIGKILL", "ready": True}
    assert shown["uptime_s"] == 2.346


def test_a_place_without_a_death_has_none():
    assert worker_status(1, worker(), Post(1, Past()), is_next=False)["last_death"] is None


def test_a_reload_under_way_is_shown_and_none_is_none():
    unused: Any = None
    shown = reload_status(Reload(7, ["SIGHUP"], unused, unused, unused))
    assert shown is not None
    assert (shown["number"], shown["phase"], shown["by"]) == (7, "checking", ["SIGHUP"])
    assert reload_status(None) is None


def test_the_whole_object_can_be_sent_and_names_its_schema():
    shown = master_status(started_at=time.time(), facts={"config": {"path": "/k.json"}}, pid=1)
    assert json.loads(json.dumps(shown))["schema"] == "krakpy.status/1"
    assert (shown["config"], shown["pid"]) == ({"path": "/k.json"}, 1)
