"""The workers of a gateway have one circuit."""
import http.client
import json

import pytest

from tests.operations.rig import Operated, written


@pytest.mark.parametrize(
    "namespace", ["qos/circuit-breaker", "github.com/devopsfaith/krakend-circuitbreaker/gobreaker"]
)
def test_a_backend_that_fails_is_spared_by_all_workers(tmp_path, unused_tcp_port, namespace):
    host = [f"http://127.0.0.1:{unused_tcp_port}"]
    breaker = {"interval": 60, "timeout": 60, "max_errors": 1}
    backend = {"url_pattern": "/", "host": host, "extra_config": {namespace: breaker}}
    config = {
        "endpoints": [{"endpoint": "/a", "backend": [backend]}],
        "extra_config": {"router": {"return_error_msg": True}},
    }
    with Operated(written(tmp_path, config), workers=3) as gateway:
        told = [asked(gateway.port) for _ in range(30)]
    assert sum("circuit breaker is open" not in text for text in told) == 2, json.dumps(told)


def asked(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/a")
    text = connection.getresponse().read().decode()
    connection.close()
    return text
