"""No worker stops the service: whatever it dies of, its master replaces it, at once or patiently."""
import os
import resource
import signal
import socket
import time

import pytest

from tests.server.gateways import Gateway

DEATHS = [
    "exit 0", "exit 3", "exit 4", "exit 70", "exit 255", "signal SIGSEGV", "signal SIGKILL", "signal SIGABRT", "crash",
    "raise SystemExit", "raise KeyboardInterrupt",
]  # fmt: skip
BOOT_FAILURES = [
    "exit 0", "exit 3", "exit 4", "crash", "signal SIGKILL", "lifespan failed", "lifespan raise",
    "raise SystemExit", "raise KeyboardInterrupt", "raise HaltServer", "raise GeneratorExit", "raise ImportError",
    "raise StopIteration",
]  # fmt: skip


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    """One worker, and little patience with one that does not start."""
    with Gateway(tmp_path_factory.mktemp("gateway"), boot_timeout_s=0.5) as gateway:
        yield gateway


@pytest.fixture
def serving(gateway):
    """The gateway of this module, with a worker that serves; the master never changes."""
    master = gateway.process.pid
    gateway.plan.write_text("serve")
    while (answer := gateway.get()) is None:
        gateway.ready()
    assert answer["master"] == master
    yield gateway
    assert gateway.process.poll() is None, "the master has ended"


@pytest.mark.parametrize("death", DEATHS)
def test_a_worker_that_served_is_replaced_within_a_second_whatever_it_died_of(serving, death):
    old = serving.get()["pid"]
    started = time.monotonic()
    serving.get(f"/do/{death}")
    died = serving.event("worker died", pid=old)
    new = serving.ready(within_s=1)
    assert serving.get()["pid"] == new
    assert time.monotonic() - started < 1
    assert (died["ready"], died["replaced_in_s"]) == (True, 0)


@pytest.mark.parametrize("failure", BOOT_FAILURES)
def test_a_worker_that_cannot_start_is_tried_again_more_slowly_each_time_until_one_can(serving, failure):
    serving.plan.write_text(failure)
    serving.get("/do/exit 3")
    delays = [serving.event("worker died", ready=False)["replaced_in_s"] for _ in range(2)]
    assert delays == [0.1, 0.2]
    serving.plan.write_text("serve")
    assert serving.ready() == serving.get()["pid"]


def test_a_failure_to_start_is_forgotten_once_a_worker_was_ready(serving):
    for _ in range(2):
        serving.plan.write_text("exit 1")
        serving.get("/do/exit 3")
        assert serving.event("worker died", ready=False)["replaced_in_s"] == 0.1
        serving.plan.write_text("serve")
        serving.ready()


@pytest.mark.parametrize("plan", ["hang", "lifespan hang"])
def test_a_worker_that_hangs_while_it_starts_is_killed_at_its_deadline(serving, plan):
    serving.plan.write_text(plan)
    serving.get("/do/exit 3")
    late = serving.event("worker is not ready in time", limit_s=0.5)
    died = serving.event("worker died", pid=late["pid"])
    assert (died["signal"], died["ready"]) == ("SIGKILL", False)
    assert died["uptime_s"] < 3
    serving.plan.write_text("serve")
    serving.ready()


def test_a_worker_that_is_told_to_go_is_replaced_and_its_requests_are_answered(serving):
    old = serving.get()["pid"]
    with socket.create_connection(("127.0.0.1", serving.port)) as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        client.settimeout(5)
        os.kill(old, signal.SIGTERM)
        assert client.recv(12) == b"HTTP/1.1 200"
    assert serving.ready() != old


def test_a_worker_that_its_master_sends_away_did_not_die(tmp_path):
    with Gateway(tmp_path) as gateway:
        old = gateway.ready()
        gateway.process.send_signal(signal.SIGHUP)
        assert gateway.event("worker stopped", pid=old, exit_code=0, ready=True)["level"] == "INFO"


def test_a_machine_without_descriptors_left_costs_a_delay_and_not_the_service(serving):
    limits = resource.prlimit(serving.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(serving.process.pid, resource.RLIMIT_NOFILE, (3, limits[1]))
    serving.get("/do/exit 0")
    serving.event("worker cannot be started")
    resource.prlimit(serving.process.pid, resource.RLIMIT_NOFILE, limits)
    assert serving.ready() == serving.get()["pid"]


def test_the_application_is_made_in_the_worker_and_never_in_the_master(serving):
    answer = serving.get()
    assert answer["loaded_in"] == answer["pid"] != answer["master"] == serving.process.pid


def test_a_bystander_keeps_serving_while_its_sibling_dies_for_ever(tmp_path):
    with Gateway(tmp_path, workers=2) as gateway:
        first, second = gateway.ready(), gateway.ready()
        gateway.plan.write_text("exit 3")
        gateway.get("/do/exit 3")
        dead = gateway.event("worker died", ready=True)["pid"]
        gateway.event("worker died", ready=False, replaced_in_s=0.2)
        assert [gateway.get()["pid"] for _ in range(5)] == [({first, second} - {dead}).pop()] * 5


@pytest.mark.parametrize("plan", ["serve", "hang", "exit 3"])
def test_sigterm_ends_the_service_with_status_0_and_frees_the_port(tmp_path, plan):
    with Gateway(tmp_path, plan=plan) as gateway:
        gateway.ready() if plan == "serve" else gateway.event("Booting worker")
        assert gateway.stop(signal.SIGTERM, within_s=2) == 0
        assert gateway.frees_its_port()


@pytest.mark.parametrize("last_request", ["/", "/do/hang"])
def test_workers_die_with_a_killed_master_even_when_they_are_blocked(tmp_path, last_request):
    with Gateway(tmp_path) as gateway:
        gateway.ready()
        with socket.create_connection(("127.0.0.1", gateway.port)) as client:
            client.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % last_request.encode())
            gateway.stop(signal.SIGKILL)
        assert gateway.frees_its_port()
