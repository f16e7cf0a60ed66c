"""`krakpy run` as its user meets it: a process, a port, lines and an exit status."""
import json
import os
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from krakpy.cli.demo.gateway import free_port
from krakpy.cli.serving import control_path

INPROC = {"defaults": {"isolation": "inproc"}}
OTHER = {"endpoint": "/b", "backend": [{"url_pattern": "/x", "host": ["http://127.0.0.1:9999"]}]}


def command(path: str | None, *words: str) -> list[str]:
    return [sys.executable, "-m", "krakpy", "run", *(("-c", path) if path else ()), *words]


def environ(site: Path | None = None, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KRAKPY_", "KRAKEND_", "WEB_"))}
    return kept | ({"PYTHONPATH": str(site)} if site else {}) | more


def refused(path: str | None, *words: str, **options) -> subprocess.CompletedProcess:
    """What a start that must not come about says."""
    done = subprocess.run(command(path, *words), env=environ(**options), capture_output=True, text=True, timeout=20)
    assert done.stdout == ""
    return done


class Running:
    """A gateway that serves while the `with` block lasts."""

    def __init__(self, path: str, *words: str, **options) -> None:
        self.port = free_port()
        self.log = Path(path).with_name("log")
        words = ("-p", str(self.port), "--workers", "1", *words)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command(path, *words), env=environ(**options), stdout=log, stderr=log)

    def __enter__(self):
        deadline = time.monotonic() + 20
        while b"worker ready" not in self.log.read_bytes():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self.process.kill()  # workers die with their master
        self.process.wait(10)

    def get(self, path: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        return response.status, body


@pytest.mark.parametrize(("wanted", "path"), [("off", None), ("/run/k.sock", "/run/k.sock")])
def test_the_control_socket_is_where_the_operator_wants_it(wanted, path):
    assert control_path(wanted, {}) == (path and Path(path))


def test_else_it_is_in_a_folder_of_this_users_and_named_after_the_master(tmp_path):
    assert control_path(None, {"XDG_RUNTIME_DIR": str(tmp_path)}) == tmp_path / "krakpy" / f"{os.getpid()}.sock"


def test_without_a_place_for_it_there_is_none_and_that_is_said(tmp_path, caplog):
    (tmp_path / "krakpy").touch()
    assert control_path(None, {"XDG_RUNTIME_DIR": str(tmp_path)}) is None
    assert "no place for a control socket" in caplog.text


def test_without_a_file_it_does_not_start(tmp_path):
    done = refused(None)
    assert done.returncode == 1
    assert "krakpy run -c FILE" in done.stderr


def test_every_problem_of_the_file_is_on_a_line_of_its_own(config):
    path = config(prt=1, timeut=1)
    done = refused(path)
    assert done.returncode == 1
    heading, *problems = done.stderr.splitlines()
    assert heading == f"krakpy: the configuration {path} cannot be served (2 problems)"
    assert [line.split()[0] for line in problems] == ["KC003", "KC003"]


def test_a_closed_gate_does_not_start(config, site, using):
    site.install("acme-geo", hooks={"geo": "Geo"})
    done = refused(config(using("geo"), plugin=INPROC), site=site.folder)
    assert done.returncode == 1
    assert "export KRAKPY_ENABLE_PLUGINS=1" in done.stderr


def test_a_number_of_workers_that_is_none_does_not_start(config):
    done = refused(config(), WEB_CONCURRENCY="many")
    assert done.returncode == 2
    assert "WEB_CONCURRENCY" in done.stderr


def test_an_empty_number_of_workers_is_none(config):
    with Running(config(version=3), WEB_CONCURRENCY="") as gateway:
        assert gateway.get("/__health")[0] == 200


def test_a_port_that_is_taken_ends_with_status_1(config):
    with Running(config()) as gateway:
        done = refused(config(), "-p", str(gateway.port))
    assert done.returncode == 1
    assert "cannot listen" in done.stderr


def test_it_serves_until_it_is_told_to_stop(config):
    with Running(config()) as gateway:
        status, body = gateway.get("/__health")
        gateway.process.send_signal(signal.SIGTERM)
        assert gateway.process.wait(10) == 0
    assert status == 200
    assert json.loads(body)["status"] == "ok"


def test_a_broken_extension_takes_down_its_own_endpoint_and_the_log_says_why(config, site, using):
    site.install("acme-geo", "raise RuntimeError('no')", hooks={"geo": "Geo"})
    path = config(using("geo"), plugin=INPROC)
    with Running(path, site=site.folder, KRAKPY_ENABLE_PLUGINS="1") as gateway:
        status, body = gateway.get("/a")
        assert gateway.get("/__health")[0] == 200
    log = gateway.log.read_text()
    assert status == 503
    assert "acme" not in body
    assert log.count("acme-geo 1.0.0 (geo): RuntimeError: no") == 1


def test_a_missing_extension_may_be_ignored(config, using):
    path = config(using("nope"), plugin=INPROC)
    assert refused(path).returncode == 1
    with Running(path, "--ignore-missing-plugins") as gateway:
        assert gateway.get("/a")[0] == 503
    assert "KX001" in gateway.log.read_text()


def test_an_unknown_namespace_may_be_ignored(config):
    path = config({"extra_config": {"acme/nope": {}}})
    assert refused(path).returncode == 1
    with Running(path, "--ignore-unknown") as gateway:
        assert gateway.get("/a")[0] == 500  # nobody listens at its backend
    assert "KC012" in gateway.log.read_text()


def test_safe_mode_imports_no_third_party_code(config, site, using, tmp_path):
    site.install("acme-geo", f"open({str(tmp_path / 'imported')!r}, 'w')", hooks={"geo": "Geo"})
    path = config(using("geo"), plugin=INPROC)
    with Running(path, "--safe-mode", site=site.folder, KRAKPY_ENABLE_PLUGINS="1") as gateway:
        assert gateway.get("/a")[0] == 503
    assert not (tmp_path / "imported").exists()


def test_d_logs_everything(config):
    path = config(extra_config={"telemetry/logging": {"level": "CRITICAL"}})
    with Running(path, "-d") as gateway:
        pass
    assert "INFO" in gateway.log.read_text()
