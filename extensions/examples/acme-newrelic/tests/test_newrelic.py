import asyncio
import subprocess
import sys
from types import SimpleNamespace

import pytest
from acme_newrelic import Names, NewRelicConfig, Transactions
from krakpy_sdk import ConfigError, Request, Response
from krakpy_sdk.testing import answers, endpoint_settings, server_settings

KEY = "0" * 40
#: in a process of its own, because the agent is one for the whole process
OFFLINE = """
import asyncio
from acme_newrelic import Names, NewRelicConfig, Transactions
from krakpy_sdk import Request
from krakpy_sdk.testing import answers, endpoint_settings, server_settings
from newrelic import agent

config = NewRelicConfig(license="0" * 40, app_name="tested", offline=True)
seen = []

async def next(request):
    transaction = agent.current_transaction()
    seen.append((transaction.name, transaction.group))
    return await answers()(request)

named = Names(endpoint_settings(endpoint="/users/{id}", config=config), next)

async def app(scope, receive, send):
    await named(Request())
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"x"})

async def main():
    own = Transactions(server_settings(config=config), app)
    own.setup()
    named.setup()
    for _ in range(100):
        if agent.application("tested").active:
            break
        await asyncio.sleep(0.1)
    sent = []
    async def send(message):
        sent.append(message["type"])
    scope = {"type": "http", "method": "GET", "path": "/users/7", "headers": [], "query_string": b"", "scheme": "http"}
    await own(scope, None, send)
    own.teardown()
    print(seen, sent)

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    monkeypatch.delenv("NEW_RELIC_LICENSE_KEY", raising=False)


@pytest.mark.parametrize(
    ("config", "is_on"),
    [({}, False), ({"license": KEY}, True), ({"license": KEY, "rate": 0}, False), ({"rate": 50}, False)],
)
def test_without_a_key_or_a_rate_it_is_off(config, is_on):
    config = NewRelicConfig(**config)
    assert Transactions.applies_to(server_settings(config=config)) is is_on
    assert Names.applies_to(endpoint_settings(config=config)) is is_on


def test_the_environment_may_have_the_key(monkeypatch):
    monkeypatch.setenv("NEW_RELIC_LICENSE_KEY", KEY)
    assert NewRelicConfig().is_on


def test_what_belongs_to_no_endpoint_keeps_its_name():
    assert not Names.applies_to(endpoint_settings(endpoint="", config=NewRelicConfig(license=KEY)))


@pytest.mark.parametrize("rate", [-1, 101])
def test_a_rate_is_a_percentage(rate):
    with pytest.raises(ConfigError):
        NewRelicConfig(rate=rate)


def test_importing_and_building_it_starts_no_agent():
    code = "import sys, acme_newrelic; sys.exit('newrelic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_part_of_the_requests_is_reported(monkeypatch):
    asked = []

    async def app(*_):
        asked.append("bare")

    async def reported(*_):
        asked.append("reported")

    own = Transactions(server_settings(config=NewRelicConfig(license=KEY, rate=30)), app)
    own._reported = reported
    chances = iter([0.29, 0.31, 0.0])
    monkeypatch.setattr("acme_newrelic.random", SimpleNamespace(random=lambda: next(chances)))
    for _ in range(3):
        asyncio.run(own({"type": "http"}, None, None))
    assert asked == ["reported", "bare", "reported"]


def test_an_answer_passes_unchanged():
    own = Names(endpoint_settings(config=NewRelicConfig(license=KEY)), answers(Response(201)))
    own._agent = SimpleNamespace(set_transaction_name=lambda *_, **__: None)
    assert asyncio.run(_asked(own)).status == 201


async def _asked(own):
    return await own(Request())


def test_a_transaction_is_named_after_its_endpoint():
    pytest.importorskip("newrelic")
    done = subprocess.run([sys.executable, "-c", OFFLINE], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    expected = "[('GET /users/{id}', 'krakpy')] ['http.response.start', 'http.response.body']"
    assert done.stdout.strip() == expected
