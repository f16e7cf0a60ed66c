"""A worker tells its master when it is ready, keeps its word to its clients, and never outlives its master."""
import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest
import trustme

from tests.server.gateways import Gateway

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Client:
    """One connection that is kept."""

    def __init__(self, gateway: Gateway) -> None:
        self.socket = socket.create_connection(("127.0.0.1", gateway.port), timeout=10)

    def ask(self, sent: bytes = GET) -> bytes:
        """One answer, whole; empty when the connection has ended."""
        self.socket.sendall(sent)
        return self.hear()

    def hear(self) -> bytes:
        heard = b""
        while b"\r\n\r\n" not in heard and (more := self.socket.recv(65536)):
            heard += more
        return heard

    def ends(self) -> bool:
        """Whether the other side says that nothing more will come."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with Gateway(tmp_path_factory.mktemp("gateway"), limits={"head_deadline_s": 0.5}) as gateway:
        gateway.ready()
        yield gateway


def test_a_worker_says_when_it_is_ready_and_how_long_that_took(tmp_path):
    with Gateway(tmp_path) as gateway:
        ready = gateway.event("worker ready")
        assert ready["pid"] == gateway.get()["pid"]
        assert 0 < ready["after_s"] < 20


def test_a_failure_to_load_is_one_event_with_its_exception_whatever_its_text(tmp_path):
    with Gateway(tmp_path, plan="raise ImportError") as gateway:
        failed = gateway.event("worker failed", error="ImportError")
        assert failed["traceback"].endswith("ImportError: no module named\nERROR forged")
        assert gateway.event("worker died")["exit_code"] == 70


@pytest.mark.parametrize(("plan", "error"), [("lifespan raise", "ValueError"), ("lifespan failed", "StartupError")])
def test_a_failure_to_start_is_one_event_too(tmp_path, plan, error):
    with Gateway(tmp_path, plan=plan) as gateway:
        gateway.event("worker failed", error=error)
        assert gateway.event("worker died")["exit_code"] == 70


def test_a_worker_that_starts_as_an_orphan_goes_without_serving():
    code = "from krakpy.server.worker import die_with_parent; die_with_parent(0); print('serving')"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, b"")


def test_a_connection_is_kept_for_its_next_request(gateway):
    with Client(gateway) as client:
        assert client.ask().startswith(b"HTTP/1.1 200 OK\r\n")
        assert client.ask().startswith(b"HTTP/1.1 200 OK\r\n")


def test_who_is_refused_hears_why_although_it_still_sends(gateway):
    with Client(gateway) as client:
        head = b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"
        heard = client.ask(head + b"x" * 100_000)
        assert heard.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert client.ends()


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost"], ids=["nothing", "a line", "a field"])
def test_who_does_not_finish_a_head_is_left(gateway, sent):
    with Client(gateway) as client:
        client.socket.sendall(sent)
        heard = client.hear()
        assert heard.startswith(b"HTTP/1.1 408 ") if sent else heard == b""
        assert client.ends()


def test_a_stopped_worker_gives_each_connection_one_more_answer_that_announces_the_end(tmp_path):
    with Gateway(tmp_path, graceful_timeout_s=60, limits={"drain_idle_s": 60}) as gateway, ExitStack() as stack:
        worker = gateway.ready()
        idle, fresh = (stack.enter_context(Client(gateway)) for _ in range(2))
        idle.ask()
        slow = stack.enter_context(Client(gateway))
        slow.socket.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        # NOTE: the connections are the worker's for certain, since the last of them has been answered
        last = stack.enter_context(Client(gateway))
        last.ask()
        os.kill(worker, signal.SIGTERM)
        gateway.ready()
        for client in (idle, fresh, last):
            assert b"connection: close\r\n" in client.ask()
            assert client.ends()
        assert slow.hear().startswith(b"HTTP/1.1 200 ")
        gateway.event("worker died", pid=worker, exit_code=0)


def test_idle_connections_do_not_keep_a_gateway_from_stopping(tmp_path):
    with Gateway(tmp_path, graceful_timeout_s=60, limits={"drain_idle_s": 0.3}) as gateway, Client(gateway) as client:
        client.ask()
        assert gateway.stop(signal.SIGTERM, within_s=20) == 0
        assert client.ends()


@pytest.mark.parametrize(
    "sent",
    [
        b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf",
        b"POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
        b"GET / HTTP/1.1\r\nHos",
        b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["half a body", "half a chunk", "half a head", "a reader that does not read"],
)
def test_slow_clients_do_not_keep_a_gateway_from_stopping(tmp_path, sent):
    with Gateway(tmp_path, graceful_timeout_s=1) as gateway, Client(gateway) as client:
        gateway.ready()
        client.ask()
        client.socket.sendall(sent)
        assert gateway.stop(signal.SIGTERM, within_s=20) == 0


def test_a_worker_that_is_told_to_quit_does_not_wait(tmp_path):
    with Gateway(tmp_path, graceful_timeout_s=100) as gateway, Client(gateway) as client:
        gateway.ready()
        client.ask()
        assert gateway.stop(signal.SIGINT, within_s=20) == 0
        assert client.ends()


def test_a_worker_that_has_answered_as_many_requests_as_it_should_is_replaced_and_loses_none(tmp_path):
    patient: dict = {"graceful_timeout_s": 60, "limits": {"drain_idle_s": 60}}
    with Gateway(tmp_path, settings={"max_requests": 3}, **patient) as gateway, Client(gateway) as client:
        worker = gateway.ready()
        answers = [client.ask() for _ in range(3)]
        gateway.ready()
        answers.append(client.ask())
        assert all(answer.startswith(b"HTTP/1.1 200 ") for answer in answers)
        assert b"connection: close\r\n" in answers[-1]
        gateway.event("worker died", pid=worker, exit_code=0)


def test_more_connections_than_there_is_room_for_are_told_and_the_others_served(tmp_path):
    with Gateway(tmp_path, limits={"max_connections": 20}) as gateway, ExitStack() as stack:
        gateway.ready()
        first = stack.enter_context(Client(gateway))
        first.ask()
        crowd = [stack.enter_context(Client(gateway)) for _ in range(60)]
        heard = [client.hear() for client in crowd[19:]]
        assert heard[0].startswith(b"HTTP/1.1 503 ")
        assert set(heard) <= {heard[0], b""}
        assert first.ask().startswith(b"HTTP/1.1 200 ")
        gateway.event("too many connections", limit=20)
        stack.pop_all().close()
        deadline = time.monotonic() + 10
        while gateway.get() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert gateway.get()


def test_a_unix_socket_is_served_and_its_file_is_not_the_workers_to_remove(tmp_path):
    path = tmp_path / "krakpy.sock"
    with Gateway(tmp_path, bind=f"unix:{path}") as gateway:
        for _ in range(2):
            worker = gateway.ready()
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(path))
                client.sendall(GET)
                assert client.recv(12) == b"HTTP/1.1 200"
            os.kill(worker, signal.SIGTERM)


def test_ipv6_is_served(tmp_path):
    with Gateway(tmp_path, bind="[::1]:0") as gateway:
        gateway.ready()
        with socket.create_connection(("::1", gateway.port), timeout=5) as client:
            client.sendall(GET)
            assert client.recv(12) == b"HTTP/1.1 200"


def test_tls_is_served_and_who_is_refused_hears_why(tmp_path):
    authority = trustme.CA()
    pair = authority.issue_cert("localhost")
    pair.private_key_pem.write_to_path(tmp_path / "key.pem")
    pair.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    settings = {"certfile": str(tmp_path / "cert.pem"), "keyfile": str(tmp_path / "key.pem")}
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    with Gateway(tmp_path, settings=settings, limits={"linger_s": 0.3}) as gateway:
        gateway.ready()
        client = http.client.HTTPSConnection("localhost", gateway.port, context=trust, timeout=10)
        for _ in range(2):
            client.request("GET", "/")
            assert client.getresponse().read()
        client.close()
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as raw:
            tls = trust.wrap_socket(raw, server_hostname="localhost")
            tls.sendall(b"nonsense\r\n" + b"x" * 1000)
            heard = b""
            while more := tls.recv(65536):
                heard += more
            assert heard.startswith(b"HTTP/1.1 400 ")
            tls.close()
