"""What krakpy's arbiter and worker rely on inside of gunicorn. When one of these fails, read the new gunicorn first."""
import inspect

import gunicorn
import pytest
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.workers.base import Worker
from gunicorn.workers.workertmp import WorkerTmp
from packaging.specifiers import SpecifierSet

WRITTEN_AGAINST = SpecifierSet(">=27,<28")

SIGNATURES = [
    (Arbiter, "__init__", "(self, app)"),
    (Arbiter, "start", "(self)"),
    (Arbiter, "wait_for_signals", "(self, timeout=1.0)"),
    (Arbiter, "manage_workers", "(self)"),
    (Arbiter, "spawn_workers", "(self)"),
    (Arbiter, "spawn_worker", "(self)"),
    (Arbiter, "reap_workers", "(self)"),
    (Arbiter, "murder_workers", "(self)"),
    (Arbiter, "kill_worker", "(self, pid, sig)"),
    (Worker, "__init__", "(self, age, ppid, sockets, app, timeout, cfg, log)"),
    (Worker, "init_process", "(self)"),
    (Worker, "init_signals", "(self)"),
    (Worker, "notify", "(self)"),
    (Worker, "run", "(self)"),
    (WorkerTmp, "close", "(self)"),
    (BaseApplication, "load_config", "(self)"),
    (BaseApplication, "load", "(self)"),
]
CALLS = [
    (Arbiter, "run", "self.wait_for_signals(timeout=1.0)"),
    (Arbiter, "run", "self.murder_workers()"),
    (Arbiter, "run", "self.manage_workers()"),
    (Arbiter, "handle_chld", "self.reap_workers()"),
    (Arbiter, "stop", "self.reap_workers()"),
    (Arbiter, "start", "if not self.LISTENERS:"),
    (Arbiter, "manage_workers", "if len(self.WORKERS) < self.num_workers:\n            self.spawn_workers()"),
    (Arbiter, "manage_workers", "self.kill_worker(pid, signal.SIGTERM)"),
    (Arbiter, "kill_workers", "self.kill_worker(pid, sig)"),
    (Arbiter, "spawn_worker", "worker.init_process()"),
    (Worker, "init_process", "self.init_signals()\n"),
    (Worker, "init_process", "self.load_wsgi()\n"),
    (Worker, "init_process", "self.run()\n"),
    (Worker, "load_wsgi", "self.wsgi = self.app.wsgi()"),
    (Worker, "__init__", "self.max_requests = "),
]
SETTINGS = [
    "backlog", "certfile", "control_socket_disable", "dirty_workers", "graceful_timeout", "keyfile", "logger_class",
    "max_requests", "on_starting", "proc_name", "worker_class", "worker_tmp_dir", "workers",
]  # fmt: skip


def test_the_installed_gunicorn_is_of_the_series_that_this_was_written_against():
    assert gunicorn.__version__ in WRITTEN_AGAINST


@pytest.mark.parametrize(("owner", "name", "signature"), SIGNATURES, ids=str)
def test_what_is_overridden_or_called_has_the_signature_that_is_known(owner, name, signature):
    assert str(inspect.signature(getattr(owner, name))) == signature


@pytest.mark.parametrize(("owner", "name", "code"), CALLS, ids=str)
def test_gunicorn_calls_what_is_overridden_where_it_is_expected(owner, name, code):
    assert code in source_of(owner, name)


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_have_the_names_that_are_set(name):
    assert name in Config().settings


def test_a_worker_is_built_before_the_fork_so_that_it_can_share_memory_with_its_master():
    source = source_of(Arbiter, "spawn_worker")
    assert source.index("self.worker_class(") < source.index("os.fork()")


def source_of(owner: type, name: str) -> str:
    return inspect.getsource(getattr(owner, name))
