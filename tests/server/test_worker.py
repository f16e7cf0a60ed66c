"""A worker tells its master when it is ready, fails for itself, and never outlives its master."""
import subprocess
import sys

from tests.server.gateways import Gateway


def test_a_worker_says_when_it_is_ready_and_how_long_that_took(tmp_path):
    with Gateway(tmp_path) as gateway:
        ready = gateway.event("worker ready")
        assert ready["pid"] == gateway.get()["pid"]
        assert 0 < ready["after_s"] < 5


def test_a_failure_to_load_is_one_event_with_its_exception_whatever_its_text(tmp_path):
    with Gateway(tmp_path, plan="raise ImportError") as gateway:
        failed = gateway.event("worker failed", error="ImportError")
        assert failed["traceback"].endswith("ImportError: no module named\nERROR forged")
        assert gateway.event("worker died")["exit_code"] == 70


def test_a_worker_that_starts_as_an_orphan_goes_without_serving():
    code = "from krakpy.server.worker import die_with_parent; die_with_parent(0); print('serving')"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, b"")
