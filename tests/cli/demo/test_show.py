"""`krakpy demo` from beginning to end."""
import os
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection

import pytest

from krakpy.cli.demo.gateway import free_port

DEMO = [sys.executable, "-m", "krakpy", "demo"]


def run(*words: str, **environ: str) -> subprocess.CompletedProcess:
    return subprocess.run([*DEMO, *words], env={**os.environ, **environ}, capture_output=True, text=True, timeout=60)


def test_the_tour_shows_what_it_promises_and_ends_with_status_0():
    done = run("--once")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓") == 3
    assert "Welcome back, Ada!" in done.stdout
    assert "acme-scorer 1.0.0 (scorer): RuntimeError: no licence" in done.stdout
    assert "1843" not in done.stdout
    assert len(done.stdout.splitlines()) <= 40
    assert done.stderr == ""


def test_the_callers_environment_does_not_disturb_it():
    done = run("--once", KRAKPY_PORT="1", KRAKEND_TIMEOUT="nonsense", WEB_CONCURRENCY="many", ACME_LICENCE="1")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_gateway_that_does_not_serve_is_told_with_the_end_of_its_log():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("--once", "-p", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "the gateway ended" in done.stderr
    assert "cannot listen" in done.stderr


def _hear_interrupts():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_it_serves_until_a_signal_and_leaves_nothing_behind(sig):
    port = free_port()
    # NOTE: a shell's background jobs ignore SIGINT, and so does what they start
    with subprocess.Popen(
        [*DEMO, "-p", str(port)], stdout=subprocess.PIPE, text=True, preexec_fn=_hear_interrupts
    ) as process:
        try:
            assert process.stdout is not None
            folder = next(line.split()[1] for line in process.stdout if line.startswith("  in "))
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/welcome/7")
            assert connection.getresponse().status == 200
            connection.close()
            process.send_signal(sig)
            assert process.wait(60) == 0
        finally:
            process.kill()
    assert not os.path.exists(folder)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
