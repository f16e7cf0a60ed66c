"""No worker stops the service: whatever it dies of, its master replaces it, at once or patiently."""
import os
import resource
import signal
import socket
import subprocess
import sys
import time

import pytest

from krakpy.server.arbiter import BACKOFF_MOST_S, Vacancies, backoff_s, exit_code, signal_name
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


def test_a_reload_to_an_application_that_does_not_load_leaves_a_master_that_recovers(serving):
    serving.plan.write_text("exit 4")
    serving.process.send_signal(signal.SIGHUP)
    serving.event("worker died", ready=False)
    serving.plan.write_text("serve")
    assert serving.ready() == serving.get()["pid"]


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


@pytest.mark.parametrize(
    ("failures", "delay_s"), [(0, 0), (1, 0.1), (2, 0.2), (5, 1.6), (9, 25.6), (10, 30), (10**6, 30)]
)
def test_the_delay_doubles_up_to_half_a_minute(failures, delay_s):
    assert backoff_s(failures) == pytest.approx(delay_s)


def test_places_without_history_may_be_filled_at_once():
    assert Vacancies().due(3, now=100) == [0, 0, 0]


def test_a_place_is_due_when_its_delay_is_over_and_only_once():
    vacancies = Vacancies()
    vacancies.add(2, now=100)
    assert vacancies.due(1, now=100.1) == []
    assert vacancies.wait_s(1, now=100.1, most_s=1) == pytest.approx(0.1)
    assert vacancies.due(1, now=100.2) == [2]
    assert vacancies.wait_s(1, now=100.2, most_s=1) == 1


def test_each_place_waits_for_itself():
    vacancies = Vacancies()
    vacancies.add(9, now=100)
    vacancies.add(0, now=100)
    assert vacancies.due(2, now=100) == [0]


def test_places_that_nobody_misses_any_more_neither_wake_the_master_nor_get_a_worker():
    vacancies = Vacancies()
    vacancies.add(1, now=100)
    assert vacancies.wait_s(0, now=200, most_s=1) == 1
    assert vacancies.due(0, now=200) == []
    assert vacancies.due(1, now=300) == [0]


def test_the_longest_delay_is_never_passed():
    vacancies = Vacancies()
    vacancies.add(50, now=0)
    assert vacancies.wait_s(1, now=0, most_s=1000) == BACKOFF_MOST_S


@pytest.mark.parametrize(("number", "name"), [(9, "SIGKILL"), (11, "SIGSEGV"), (40, "40")])
def test_signals_are_named(number, name):
    assert signal_name(number) == name


def test_a_child_that_somebody_else_waited_for_counts_as_ended():
    child = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    os.waitpid(child.pid, 0)
    assert exit_code(child.pid) == 0
    child.returncode = 3
