"""What a limit says holds for all workers of a gateway together, and for two gateways on one Redis.

KrakenD counts in each process. Each test overloads a limit, and looks at what is accepted.
"""
import asyncio
import http.client
import json
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack

import pytest

from tests.operations.rig import Operated, written
from tests.operations.strict_client import Tally, clients
from tests.operations.upstream import Upstream


@pytest.fixture(scope="module")
def upstream():
    with Upstream() as upstream:
        yield upstream


@pytest.fixture
def redis(tmp_path):
    """A server of our own, and where it is."""
    if shutil.which("redis-server") is None:
        pytest.skip("there is no redis-server on PATH (Debian: apt-get install redis-server)")
    path = tmp_path / "redis"
    command = ["redis-server", "--port", "0", "--unixsocket", str(path), "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not is_open(str(path)) and time.monotonic() < deadline:
        time.sleep(0.01)
    yield server, f"unix://{path}"
    server.kill()
    server.wait()


def is_open(path):
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(path) == 0


def limited(upstream, limit, **store):
    backend = {"url_pattern": "/fine/{nonce}", "host": [f"http://127.0.0.1:{upstream.port}"], "encoding": "no-op"}
    endpoint = {
        "endpoint": "/fine/{nonce}", "output_encoding": "no-op", "backend": [backend],
        "extra_config": {"qos/ratelimit/router": limit},
    }  # fmt: skip
    return {"name": "limited", "endpoints": [endpoint], "extra_config": {"krakpy/store": store} if store else {}}


async def overload(ports, seconds):
    """What became of many requests from clients that ask all the time, and how long that was."""
    tally = Tally()
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for port in ports:
            group.create_task(asking(port, tally, seconds))
    return tally, time.monotonic() - began


async def asking(port, tally, seconds):
    async with clients(port, 8, tally, think=lambda: 0.01):
        await asyncio.sleep(seconds)


def accepted(tmp_path, config, *, gateways, workers, rate, capacity, seconds):
    """How many were accepted, and how many the limit allows."""
    with ExitStack() as stack:
        running = []
        for number in range(gateways):
            folder = tmp_path / str(number)
            folder.mkdir()
            path = written(folder, config)
            running.append(stack.enter_context(Operated(path, workers=workers)))
        tally, took_s = asyncio.run(overload([gateway.port for gateway in running], seconds))
    assert set(tally.lost) == {"status 503"}, json.dumps(tally.lost)
    assert sum(tally.lost.values()) > tally.answered, "that was no overload"
    return tally.answered, capacity + rate * took_s


def test_workers_count_together(tmp_path, upstream):
    config = limited(upstream, {"max_rate": 50, "capacity": 50})
    found, allowed = accepted(tmp_path, config, gateways=1, workers=2, rate=50, capacity=50, seconds=5)
    assert found == pytest.approx(allowed, rel=0.02)


@pytest.mark.slow
def test_four_workers_keep_to_ten_in_a_second_for_a_minute(tmp_path, upstream):
    config = limited(upstream, {"max_rate": 10})
    found, allowed = accepted(tmp_path, config, gateways=1, workers=4, rate=10, capacity=10, seconds=60)
    print(f"accepted {found}, allowed {allowed:.1f}")
    assert found == pytest.approx(allowed, rel=0.01)


def test_two_gateways_on_one_redis_count_together(tmp_path, upstream, redis):
    config = limited(upstream, {"max_rate": 50, "capacity": 50}, driver="redis", url=redis[1], timeout="5s")
    found, allowed = accepted(tmp_path, config, gateways=2, workers=1, rate=50, capacity=50, seconds=3)
    assert found == pytest.approx(allowed, rel=0.03)


@pytest.mark.slow
def test_two_gateways_on_one_redis_keep_to_ten_in_a_second_for_a_minute(tmp_path, upstream, redis):
    config = limited(upstream, {"max_rate": 10}, driver="redis", url=redis[1], timeout="5s")
    found, allowed = accepted(tmp_path, config, gateways=2, workers=2, rate=10, capacity=10, seconds=60)
    print(f"accepted {found}, allowed {allowed:.1f}")
    assert found == pytest.approx(allowed, rel=0.01)


@pytest.mark.parametrize(("mode", "statuses"), [("local", [200, 200, 503, 503]), ("refuse", [503] * 4)])
def test_when_redis_is_killed_the_node_counts_for_itself_or_refuses(tmp_path, upstream, redis, mode, statuses):
    """O5."""
    server, url = redis
    limit = {"max_rate": 2, "capacity": 2, "every": "10m"}
    config = limited(upstream, limit, driver="redis", url=url, timeout="5s", on_store_error=mode)
    with Operated(written(tmp_path, config), workers=1) as gateway:
        assert [status(gateway.port) for _ in range(3)] == [200, 200, 503]
        server.kill()
        server.wait()
        assert [status(gateway.port) for _ in range(4)] == statuses


def status(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/fine/1")
    found = connection.getresponse().status
    connection.close()
    return found
