"""A reload brings hosts of its own; those before it end with the last worker that needs them, and nothing is lost."""
from __future__ import annotations

import asyncio
import os
import signal

import pytest

from tests.distributions import Site
from tests.faults.extensions import endpoint
from tests.faults.gateways import Gateway, written
from tests.faults.strict_client import Bystanders
from tests.faults.upstream import Upstream

FINE = """
import os
from krakpy_sdk import Extension, Patch

class Hook(Extension):
    def endpoint_request(self, request):
        return Patch().set_header("X-Hook", str(os.getpid()))
"""


def hosts(gateway):
    return [event["pid"] for event in gateway.events("host ready")]


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().split()[2] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def gateway(tmp_path):
    site = Site(tmp_path / "site")
    site.add("acme-fine", hooks={"fine": "acme_fine:Hook"}, modules={"acme_fine.py": FINE})
    with Upstream() as upstream:
        config = written(tmp_path, {"plugin": {}, "endpoints": [endpoint("fine", upstream.port, ["fine"])]})
        with Gateway(config, site=site.path, workers=2) as gateway:
            yield gateway


def test_hosts_are_replaced_by_a_reload_and_no_request_is_lost(gateway):
    async def reload():
        async with Bystanders(gateway.port, 4) as tally:
            await asyncio.sleep(0)
            gateway.process.send_signal(signal.SIGHUP)
            await asyncio.to_thread(gateway.wait_for, lambda: gateway.events("reloaded"), 60)
            answered = tally.answered
            while tally.answered < answered + 20:
                await asyncio.sleep(0.01)
        return tally

    gateway.wait_for(lambda: hosts(gateway), 60)
    [first] = hosts(gateway)
    tally = asyncio.run(reload())
    assert tally.lost == []
    gateway.wait_for(lambda: not is_running(first), 60)
    assert is_running(hosts(gateway)[-1])


def test_nothing_is_left_when_the_gateway_has_ended(gateway):
    gateway.wait_for(lambda: hosts(gateway), 60)
    host = hosts(gateway)[0]
    with open(f"/proc/{host}/stat") as file:
        supervisor = int(file.read().split()[3])
    gateway.process.send_signal(signal.SIGTERM)
    gateway.process.wait(30)
    assert (is_running(host), is_running(supervisor)) == (False, False)
    assert os.getppid() != supervisor
