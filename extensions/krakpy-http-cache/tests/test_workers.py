"""The workers of a gateway have one cache."""
import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.operations.rig import Operated, written


class Counting(BaseHTTPRequestHandler):
    """Answers each request with its number, which is good for a minute."""

    def do_GET(self):
        self.server.asked += 1
        body = b'{"n": %d}' % self.server.asked
        self.send_response(200)
        self.send_header("Cache-Control", "max-age=60")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def upstream():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    server.asked = 0
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("namespace", ["qos/http-cache", "github.com/devopsfaith/krakend-httpcache"])
@pytest.mark.parametrize("encoding", ["json", "no-op"])
def test_what_one_worker_has_asked_for_all_have(tmp_path, upstream, namespace, encoding):
    host = [f"http://127.0.0.1:{upstream.server_port}"]
    backend = {"url_pattern": "/x", "host": host, "extra_config": {namespace: {}}}
    config = {"endpoints": [{"endpoint": "/a", "output_encoding": encoding, "backend": [backend]}]}
    with Operated(written(tmp_path, config), workers=3) as gateway:
        told = {asked(gateway.port) for _ in range(30)}
    assert (upstream.asked, len(told)) == (1, 1)


def asked(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/a")
    text = connection.getresponse().read()
    connection.close()
    return text
