"""A gateway as its operator runs it, with scripts that never end: they hurt nobody but their own clients."""
import json
import threading
import time
from collections import Counter
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.faults.gateways import Gateway, written

SLOTS = {
    "endless": {"pre": "while true do pcall(function() while true do end end) end"},
    "gigabyte": {"pre": "local s = string.rep('x', 1e9)", "allow_open_libs": True},
    "doubling": {"pre": "local s = 'x' while true do s = s .. s end"},
    "pattern": {"pre": "(('a'):rep(30000)):find('a*b')", "allow_open_libs": True},
}
TIMEOUT = "400ms"


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = b'{"ok":true}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def upstream():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def config(upstream) -> dict:
    """A bystander, and an endpoint for each script at each level."""
    backend = {"host": [upstream], "url_pattern": "/x"}
    endpoints: list[dict] = [{"endpoint": "/bystander", "backend": [backend]}]
    for name, slot in SLOTS.items():
        for level in ("endpoint", "proxy", "backend"):
            entry: dict = {"endpoint": f"/{name}/{level}", "timeout": TIMEOUT, "backend": [dict(backend)]}
            (entry["backend"][0] if level == "backend" else entry)["extra_config"] = {f"modifier/lua-{level}": slot}
            endpoints.append(entry)
    return {"endpoints": endpoints}


class Asking(threading.Thread):
    """Asks for a path again and again, on a connection of its own, until it is told to stop."""

    def __init__(self, port, path, pause_s=0.0):
        super().__init__()
        self.statuses: Counter = Counter()
        self.slowest_s = 0.0
        self._port, self._path, self._pause_s = port, path, pause_s
        self._is_over = threading.Event()

    def run(self):
        while not self._is_over.wait(self._pause_s):
            began = time.monotonic()
            connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
            try:
                connection.request("GET", self._path)
                response = connection.getresponse()
                response.read()
                self.statuses[response.status] += 1
            except OSError:
                self.statuses["lost"] += 1
            finally:
                connection.close()
            self.slowest_s = max(self.slowest_s, time.monotonic() - began)

    def stop(self):
        self._is_over.set()
        self.join()
        return self


def hammered(gateway, paths, rounds):
    """What the bystander and the others got while all of them were asked for at the same time."""
    bystander = Asking(gateway.port, "/bystander", 0.005)
    others = [Asking(gateway.port, path) for path in paths]
    for asking in (bystander, *others):
        asking.start()
    gateway.wait_for(lambda: all(sum(own.statuses.values()) >= rounds for own in others), 120)
    return bystander.stop(), [own.stop() for own in others]


def law(gateway, bystander, others):
    assert set(bystander.statuses) == {200}
    assert all(set(own.statuses) == {500} for own in others)
    # NOTE: how long a busy machine takes is nobody's law; that it is no multiple of the scripts' time is
    assert bystander.slowest_s < 10
    assert len(gateway.events("worker ready")) == gateway.workers, gateway.text()


def test_a_script_without_end_hurts_its_endpoint_alone(upstream, tmp_path):
    with Gateway(written(tmp_path, config(upstream)), workers=1) as gateway:
        law(gateway, *hammered(gateway, ["/endless/proxy", "/gigabyte/backend"], 2))


@pytest.mark.slow
def test_no_script_hurts_more_than_its_endpoint(upstream, tmp_path):
    paths = [f"/{name}/{level}" for name in SLOTS for level in ("endpoint", "proxy", "backend")]
    with Gateway(written(tmp_path, config(upstream)), workers=1) as gateway:
        bystander, others = hammered(gateway, paths, 5)
        law(gateway, bystander, others)
    print(json.dumps({"bystander": dict(bystander.statuses), "slowest_s": round(bystander.slowest_s, 3)}))
