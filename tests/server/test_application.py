"""gunicorn is configured by `serve` alone and speaks through krakpy's log."""
import logging
import os

import pytest

from krakpy.server.application import GatewayApplication, GunicornLog, usable_cores, worker_count
from tests.server.gateways import Gateway


def application(**settings):
    return GatewayApplication(lambda: pytest.fail("loaded in the master"), settings)


@pytest.mark.parametrize(
    ("argument", "environment", "workers"),
    [
        (3, None, 3),
        (3, "5", 3),
        (None, "5", 5),
        (None, None, len(os.sched_getaffinity(0))),
        (None, "", len(os.sched_getaffinity(0))),
    ],
)
def test_workers_are_the_argument_then_web_concurrency_then_the_usable_cores(
    monkeypatch, argument, environment, workers
):
    monkeypatch.delenv("WEB_CONCURRENCY", raising=False)
    if environment is not None:
        monkeypatch.setenv("WEB_CONCURRENCY", environment)
    assert worker_count(argument) == workers


@pytest.mark.parametrize("count", [0, -1])
def test_less_than_one_worker_is_refused(count):
    with pytest.raises(ValueError, match="at least one"):
        worker_count(count)


def test_cores_that_this_process_may_not_use_do_not_count():
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert usable_cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)


def test_a_reload_finds_the_same_settings():
    served = application(bind="127.0.0.1:1", workers=7)
    served.reload()
    assert (served.cfg.workers, served.cfg.address) == (7, [("127.0.0.1", 1)])


def test_what_gunicorn_says_is_said_by_our_logger_without_an_access_log():
    log = GunicornLog(application().cfg)
    assert log.error_log is logging.getLogger("krakpy.gunicorn")
    assert not log.access_log_enabled
    log.reopen_files()


def test_settings_of_gunicorn_can_be_added(tmp_path):
    pidfile = tmp_path / "pid"
    with Gateway(tmp_path, settings={"pidfile": str(pidfile)}) as gateway:
        assert int(pidfile.read_text()) == gateway.process.pid


def test_the_caller_is_told_in_the_master_before_anything_listens(tmp_path):
    gateway = Gateway(tmp_path)
    assert gateway.event("starting")["pid"] == gateway.process.pid
    with gateway:
        pass


def test_a_pidfile_of_a_living_process_ends_the_start_with_one_clear_line(tmp_path):
    pidfile = tmp_path / "pid"
    pidfile.write_text(str(os.getppid()))
    gateway = Gateway(tmp_path, settings={"pidfile": str(pidfile)})
    assert gateway.process.wait(5) == 1
    assert "pidfile" in gateway.event("cannot start")["message"].lower()
    assert gateway.line(0) is None
    gateway.log.close()


def test_every_line_of_a_run_is_an_event_from_the_first_to_the_last(tmp_path):
    with Gateway(tmp_path) as gateway:
        gateway.ready()
        gateway.get()
        assert gateway.stop() == 0
        assert gateway.event("Shutting down")["level"] == "INFO"
        assert gateway.line(1) is None
