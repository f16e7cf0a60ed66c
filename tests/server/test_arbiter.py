"""The master has its address or says why not, hands its sockets over, and reloads without giving anything up before."""
import json
import os
import resource
import signal
import socket
import time

import pytest

from tests.server.gateways import Gateway


def test_a_reload_to_an_application_that_does_not_load_changes_nothing(tmp_path):
    with Gateway(tmp_path) as gateway:
        old = gateway.ready()
        gateway.plan.write_text("exit 4")
        gateway.process.send_signal(signal.SIGHUP)
        gateway.event("worker died", ready=False)
        refused = gateway.event("reload refused", generation=1, phase="booting")
        assert refused["level"] == "ERROR"
        assert gateway.get()["pid"] == old


def told(path, do="status"):
    """Everything that the master says."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(30)
        sock.connect(str(path))
        sock.sendall(json.dumps({"control": 1, "do": do}).encode() + b"\n")
        received = b""
        while chunk := sock.recv(65536):
            received += chunk
    return [json.loads(line) for line in received.splitlines()]


@pytest.fixture
def controlled(tmp_path):
    """A gateway with a control socket, and one worker that is ready."""
    with Gateway(tmp_path, control=tmp_path / "control.sock", boot_timeout_s=2) as gateway:
        gateway.ready()
        yield gateway


@pytest.fixture
def control(tmp_path):
    return tmp_path / "control.sock"


def test_the_status_says_how_the_master_and_its_workers_are(controlled, control):
    [status] = told(control)
    [worker] = status["workers"]
    assert status["schema"] == "krakpy.status/1"
    assert (status["pid"], status["state"], status["generation"]) == (controlled.process.pid, "serving", 1)
    assert status["listeners"] == [f"http://127.0.0.1:{controlled.port}"]
    assert (worker["pid"], worker["state"], worker["restarts"]) == (controlled.get()["pid"], "ready", 0)
    assert (status["reload"], status["last_reload"], status["successor"]) == (None, None, None)


def test_a_reload_says_how_far_it_is_and_ends_with_the_new_workers_serving(controlled, control):
    old = controlled.get()["pid"]
    *progress, outcome = told(control, "reload")
    assert [step["phase"] for step in progress] == ["waiting", "checking", "rehearsing", "booting"]
    assert (outcome["kind"], outcome["ok"], outcome["generation"]) == ("outcome", True, 2)
    controlled.event("worker stopped", pid=old, generation=1)
    assert controlled.get()["pid"] not in (None, old)
    assert told(control)[0]["last_reload"]["number"] == 1


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        ("exit 4", "ended with exit status 4"),
        ("signal SIGKILL", "ended with SIGKILL"),
        ("hang", "was not ready in time"),
        ("lifespan failed", "ended with exit status"),
    ],
)
def test_a_new_worker_that_is_not_ready_gives_the_reload_up_with_the_reason(controlled, control, plan, reason):
    old = controlled.get()["pid"]
    controlled.plan.write_text(plan)
    outcome = told(control, "reload")[-1]
    assert (outcome["ok"], outcome["phase"], outcome["generation"]) == (False, "booting", 1)
    assert reason in outcome["problems"][0]["message"]
    assert controlled.get()["pid"] == old
    controlled.plan.write_text("serve")
    assert told(control, "reload")[-1]["ok"]


def test_old_workers_serve_until_every_new_one_is_ready(tmp_path, control):
    with Gateway(tmp_path, control=control, workers=2) as gateway:
        old = {gateway.ready(), gateway.ready()}
        gateway.plan.write_text("lifespan hang")
        gateway.process.send_signal(signal.SIGHUP)
        gateway.event("Booting worker")
        assert {gateway.get()["pid"] for _ in range(20)} <= old
        status = told(control)[0]
        assert status["state"] == "reloading"
        assert {worker["state"] for worker in status["workers"] if worker["next"]} == {"booting"}


def test_a_worker_that_dies_during_a_reload_is_replaced_by_one_of_the_old_generation(tmp_path, control):
    with Gateway(tmp_path, control=control, boot_timeout_s=2) as gateway:
        gateway.ready()
        gateway.plan.write_text("lifespan hang")
        gateway.process.send_signal(signal.SIGHUP)
        gateway.event("Booting worker")
        gateway.get("/do/exit 3")
        gateway.event("worker died", generation=1, ready=True)
        gateway.plan.write_text("serve")
        states = [(worker["generation"], worker["next"]) for worker in told(control)[0]["workers"]]
        assert (2, True) in states
        assert gateway.event("reload refused", within_s=30, generation=1)


def test_without_a_process_left_a_reload_is_given_up(controlled, control):
    limits = resource.prlimit(controlled.process.pid, resource.RLIMIT_NOFILE)
    open_now = len(os.listdir(f"/proc/{controlled.process.pid}/fd"))
    resource.prlimit(controlled.process.pid, resource.RLIMIT_NOFILE, (open_now + 1, limits[1]))
    outcome = told(control, "reload")[-1]
    resource.prlimit(controlled.process.pid, resource.RLIMIT_NOFILE, limits)
    assert not outcome["ok"]
    assert "no process can be started" in outcome["problems"][0]["message"]
    assert told(control, "reload")[-1]["ok"]


def test_a_stopping_master_says_so_and_refuses_a_reload(controlled, control):
    with socket.create_connection(("127.0.0.1", controlled.port)) as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        client.settimeout(30)
        controlled.process.send_signal(signal.SIGTERM)
        controlled.event("Handling signal: term")
        status = told(control)[0]
        assert status["state"] in ("serving", "stopping")
        refused = told(control, "reload")[-1]
        assert refused["kind"] in ("error", "outcome")
        assert client.recv(12) == b"HTTP/1.1 200"
    assert controlled.process.wait(30) == 0
    assert not control.exists()


def test_a_worker_has_none_of_its_masters_sockets(controlled, control):
    """A client of the control socket sees the master hang up, whoever was forked meanwhile."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(30)
        sock.connect(str(control))
        sock.sendall(b'{"control": 1, "do": "reload"}\n')
        assert sock.recv(100)
        controlled.get("/do/exit 3")
        controlled.process.kill()
        while sock.recv(65536):
            pass


def test_a_control_socket_that_is_taken_ends_the_start(controlled, control, tmp_path):
    assert refusal(tmp_path, control=str(control)) == f"cannot listen on {control}: Address already in use"


def test_a_port_that_is_taken_ends_the_start_at_once_with_one_clear_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = "{}:{}".format(*other.getsockname())
        assert refusal(tmp_path, bind=address) == f"cannot listen on {address}: Address already in use"


@pytest.mark.parametrize(
    ("bind", "reason"),
    [
        ("203.0.113.9:80", "203.0.113.9:80: Cannot assign requested address"),
        ("unix:/nowhere/krakpy.sock", "/nowhere/krakpy.sock: No such file or directory"),
        ("unix:/etc/hostname", "/etc/hostname: '/etc/hostname' is not a socket"),
        ("[::1]:70000", "[::1]:70000: bind(): port must be 0-65535."),
    ],
)
def test_an_address_that_cannot_be_had_is_named_with_its_reason(tmp_path, bind, reason):
    assert refusal(tmp_path, bind=bind) == f"cannot listen on {reason}"


def test_a_socket_that_is_handed_over_is_served(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with Gateway(tmp_path, bind=f"fd://{listening.fileno()}", pass_fds=(listening.fileno(),)) as gateway:
            gateway.ready()
            assert gateway.port == port
            assert gateway.get()


def test_a_new_master_takes_the_sockets_over_and_one_that_ends_is_forgotten(tmp_path):
    with Gateway(tmp_path) as gateway:
        gateway.ready()
        first = successor(gateway)
        os.kill(first, signal.SIGTERM)
        gateway.event("successor ended", pid=first)
        heir = successor(gateway)
        try:
            gateway.ready()
            assert gateway.stop(signal.SIGTERM) == 0
            assert gateway.get()["master"] == heir
        finally:
            os.kill(heir, signal.SIGKILL)


def successor(gateway):
    """The pid of the master that a SIGUSR2 starts."""
    gateway.process.send_signal(signal.SIGUSR2)
    starting = gateway.event("starting")["pid"]
    assert f":{gateway.port} ({starting})" in gateway.event("Listening at")["message"]
    return starting


def refusal(folder, **options):
    """The one message of a gateway that does not start."""
    started = time.monotonic()
    gateway = Gateway(folder, **options)
    assert gateway.process.wait(2) == 1
    assert time.monotonic() - started < 2
    message = gateway.event("")["message"]
    assert gateway.line(0) is None
    gateway.log.close()
    return message
