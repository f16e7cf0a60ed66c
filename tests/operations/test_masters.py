"""The master: signals that come together, an upgrade beside the old one, an end by force, and starts that cannot be."""
import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from krakpy.cli.masters import asked
from tests.distributions import Site
from tests.faults.gateways import refusal

from .rig import Operated, config_of, eventually, is_alive, is_free, written
from .strict_client import Tally, clients

ANSWERS = """
from krakpy_sdk import Extension, Reply

class Answers(Extension):
    def endpoint_request(self, request):
        return Reply(200, json={"nonce": request.params["nonce"], "release": RELEASE})

RELEASE = %r
"""


@pytest.fixture
def config(tmp_path, upstream):
    return written(tmp_path, config_of(upstream.port))


def test_signals_that_come_during_a_reload_are_one_more_reload_together(config):
    with Operated(config, workers=1) as gateway:
        for _ in range(5):
            gateway.process.send_signal(signal.SIGHUP)
        gateway.until(lambda: gateway.events("reload begins"))
        for _ in range(5):
            gateway.process.send_signal(signal.SIGHUP)
            time.sleep(0.001)
        gateway.until(lambda: gateway.events("reloaded", number=2))
        gateway.until(lambda: gateway.status()["state"] == "serving")
        # NOTE: signals that wait are one signal, so that there may have been a third, of a late one
        assert gateway.status()["last_reload"]["number"] <= 3


def test_a_package_that_was_upgraded_in_place_is_the_new_one_after_a_reload(tmp_path, upstream):
    site = Site(tmp_path / "site")
    hooks = {"a": "acme_answers:Answers"}
    old = site.add("acme-answers", hooks=hooks, modules={"acme_answers.py": ANSWERS % "old"})
    config = config_of(upstream.port, plugin={"defaults": {"isolation": "inproc"}})
    config["endpoints"][0] |= {"extra_config": {"plugin/req-resp-modifier": {"name": ["a"]}}, "output_encoding": "json"}
    config["endpoints"][0]["backend"][0]["encoding"] = "json"
    with Operated(written(tmp_path, config), site=site.path) as gateway:
        assert asyncio.run(answered(gateway.port))["release"] == "old"
        for path in old.recorded:
            (site.path / path).unlink()
        site.add("acme-answers", "2.0.0", hooks=hooks, modules={"acme_answers.py": ANSWERS % "newest"})
        assert gateway.reload()[0] == 0
        gateway.until(lambda: len(gateway.status()["workers"]) == 2)
        assert asyncio.run(answered(gateway.port))["release"] == "newest"
        loaded = [(one["id"], one["version"]) for one in gateway.status()["extensions"]]
        assert loaded == [("acme-answers/a", "2.0.0")]


async def answered(port: int) -> dict:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /fine/1 HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n\r\n")
    content = await reader.read()
    writer.close()
    return dict(json.loads(content.partition(b"\r\n\r\n")[2]))


def test_a_stop_during_a_reload_leaves_nothing_behind(tmp_path, upstream):
    site = Site(tmp_path / "site")
    source = "import time\ntime.sleep(99)\n"
    site.add("acme-hangs", hooks={"hangs": "acme_hangs:Hook"}, modules={"acme_hangs.py": source})
    config = config_of(upstream.port, plugin={"defaults": {"isolation": "inproc"}})
    with Operated(written(tmp_path, config), site=site.path, workers=1) as gateway:
        config["endpoints"][0]["extra_config"] = {"plugin/req-resp-modifier": {"name": ["hangs"]}}
        gateway.write(config)
        gateway.process.send_signal(signal.SIGHUP)
        gateway.until(lambda: gateway.events("reload begins"))
        children = [worker["pid"] for worker in gateway.status()["workers"]]
        gateway.process.send_signal(signal.SIGTERM)
        assert gateway.process.wait(30) == 0
        assert not any(map(is_alive, children))
        assert not list((gateway.folder / "krakpy").iterdir()), "the control socket is left"
        assert is_free(gateway.port)


@pytest.mark.parametrize("arguments", [(), ("-d",)], ids=["as ever", "in debug mode"])
def test_workers_of_a_killed_master_go_within_two_seconds_and_free_the_port(config, arguments):
    with Operated(config, arguments=arguments) as gateway, socket.socket() as client:
        workers = gateway.serving()
        client.connect(("127.0.0.1", gateway.port))
        client.sendall(b"GET /slow/1 HTTP/1.1\r\nHost: gateway.test\r\n\r\n")
        gateway.process.kill()
        gateway.process.wait(10)
        eventually(lambda: not any(map(is_alive, workers)), within_s=2)
        eventually(lambda: is_free(gateway.port))
        assert gateway.krakpy("status").returncode == 3, "the socket of a killed master is no gateway"


@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGINT])
def test_a_stop_at_once_does_not_wait_for_clients(config, number):
    with Operated(config, workers=1) as gateway, socket.create_connection(("127.0.0.1", gateway.port)) as client:
        client.sendall(b"GET /slow/1 HTTP/1.1\r\nHost: gateway.test\r\n\r\n")
        gateway.process.send_signal(number)
        assert gateway.process.wait(30) == 0


def test_an_upgrade_serves_beside_the_old_master_and_then_alone_and_loses_nothing(config, tmp_path):
    """USR2 starts what the operator typed once more, with the sockets of the old one, as gunicorn does."""
    control = tmp_path / "control.sock"

    async def upgraded(gateway: Operated) -> tuple[Tally, int]:
        tally = Tally()
        async with clients(gateway.port, 8, tally):
            gateway.process.send_signal(signal.SIGUSR2)
            await until(lambda: len(gateway.events("worker ready")) == 2)
            heir = gateway.events("worker ready")[-1]["pid"]
            await until(lambda: tally.answered > 100)
            gateway.process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(gateway.process.wait, 30)
            answered = tally.answered
            await until(lambda: tally.answered > answered + 100)
        return tally, heir

    with Operated(config, workers=1, arguments=("--control", str(control))) as gateway:
        tally, worker = asyncio.run(upgraded(gateway))
        try:
            assert tally.lost == {}
            heir = master_of(worker)
            eventually(lambda: control.is_socket() and next(asked(control, "status", within_s=30))["pid"] == heir)
        finally:
            os.kill(master_of(worker), signal.SIGTERM)
        eventually(lambda: not is_alive(worker))


def master_of(worker: int) -> int:
    status = Path(f"/proc/{worker}/status").read_text()
    return int(status.partition("PPid:")[2].split()[0])


async def until(condition) -> None:
    while not condition():
        await asyncio.sleep(0.02)


def test_a_control_socket_that_cannot_be_had_ends_the_start_with_one_clear_line(config, tmp_path):
    lines = refusal(config, "--control", str(tmp_path / "no" / "such" / "folder.sock")).splitlines()
    assert [line for line in lines if "cannot listen on" in line] == [lines[-1]]
    assert "No such file or directory" in lines[-1]


def test_a_file_that_everybody_can_write_is_a_warning(config):
    config.chmod(0o666)
    with Operated(config, workers=1) as gateway:
        [event] = gateway.events(code="KS001")
        assert (event["level"], event["remedy"]) == ("WARNING", f"chmod o-w {config}")


#: root without the right to have ports of the system; anybody else does not have it anyway
UNPRIVILEGED = (
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(24, 10, 0, 0, 0); os.execv(sys.executable, sys.argv[1:])"
)


def test_a_port_of_the_system_needs_permission_and_its_lack_is_one_clear_line(config):
    run = ["python", "-m", "krakpy", "run", "-c", str(config), "-p", "81", "--control", "off"]
    command = [sys.executable, "-c", UNPRIVILEGED, *run]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 1
    assert "cannot listen on 127.0.0.1:81: Permission denied" in ran.stderr.splitlines()[-1]


def test_a_key_that_is_missing_ends_the_start_with_its_name(tmp_path, upstream):
    missing = {"certificate": "/nowhere/cert.pem", "private_key": "/nowhere/key.pem"}
    config = config_of(upstream.port, client_tls={"client_certs": [missing]})
    said = refusal(written(tmp_path, config))
    assert said.count("\n") == 2
    assert "client_tls.client_certs[0]: cannot be loaded" in said

