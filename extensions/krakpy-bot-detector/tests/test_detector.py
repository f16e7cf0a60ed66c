"""Bots are answered 403 without a body, and nothing is done for them."""
import pytest
from krakpy_bot_detector import BotDetector, BotDetectorConfig
from krakpy_sdk import Headers, Request
from krakpy_sdk.testing import answers, endpoint_settings

from krakpy.testing import Upstream, gateway

NAMESPACE = "security/bot-detector"
ENDPOINTS = [
    {"endpoint": "/open", "backend": [{"host": ["http://b.test"], "url_pattern": "/u"}]},
    {
        "endpoint": "/guarded",
        "backend": [{"host": ["http://b.test"], "url_pattern": "/u"}],
        "extra_config": {NAMESPACE: {"deny": ["x"], "empty_user_agent_is_bot": True}},
    },
]


async def test_a_bot_asks_nobody():
    inner = answers()
    detector = BotDetector(endpoint_settings(config=BotDetectorConfig(deny=("x",))), inner)
    refused = await detector(Request(headers=Headers({"user-agent": "x"})))
    assert (refused.status, refused.body, dict(refused.headers), inner.requests) == (403, b"", {}, [])


async def test_everybody_else_is_let_through_as_he_is():
    inner = answers()
    detector = BotDetector(endpoint_settings(config=BotDetectorConfig(deny=("x",))), inner)
    request = Request(headers=Headers({"user-agent": "y"}))
    await detector(request)
    assert inner.requests == [request]


@pytest.mark.parametrize(
    ("pairs", "status"),
    [((("User-Agent", "x"), ("User-Agent", "y")), 403), ((("User-Agent", "y"), ("User-Agent", "x")), 200)],
    ids=["first a bot", "first somebody"],
)
async def test_the_first_of_two_agents_counts(pairs, status):
    detector = BotDetector(endpoint_settings(config=BotDetectorConfig(deny=("x",))), answers())
    assert (await detector(Request(headers=Headers(pairs)))).status == status


@pytest.mark.parametrize(
    ("config", "is_there"),
    [({}, False), ({"allow": ("x",), "cache_size": 5}, False), ({"deny": ("x",)}, True), ({"patterns": ("x",)}, True),
     ({"empty_user_agent_is_bot": True}, True)],
    ids=["nothing", "a list of those who may", "denied", "patterns", "empty"],
)  # fmt: skip
def test_a_detector_that_refuses_nobody_is_not_there(config, is_there):
    assert BotDetector.applies_to(endpoint_settings(config=BotDetectorConfig(**config))) is is_there


@pytest.mark.parametrize(
    ("path", "agent", "status"),
    [("/guarded", "x", 403), ("/guarded", "", 403), ("/guarded", "y", 200), ("/open", "x", 200)],
    ids=str,
)
async def test_an_endpoint_has_lists_of_its_own(path, agent, status):
    upstream = Upstream({"/u": {"a": 1}})
    async with gateway({"endpoints": ENDPOINTS}, upstream) as client:
        answer = await client.get(path, {"user-agent": agent} if agent else {})
    assert (answer.status, len(upstream.requests)) == (status, int(status == 200))
    assert ("x-krakend" in answer.headers) is (status == 200)


@pytest.mark.parametrize(
    ("path", "agent", "status"),
    [("/guarded", "s", 403), ("/guarded", "x", 403), ("/open", "s", 403), ("/open", "x", 200), ("/nowhere", "s", 403),
     ("/nowhere", "y", 404), ("/__debug/a", "s", 403), ("/__health", "s", 200)],
    ids=str,
)  # fmt: skip
async def test_the_lists_of_the_service_count_everywhere_but_for_its_health(path, agent, status):
    config = {"endpoints": ENDPOINTS, "debug_endpoint": True, "extra_config": {NAMESPACE: {"deny": ["s"]}}}
    async with gateway(config, Upstream({"/u": {"a": 1}})) as client:
        answer = await client.get(path, {"user-agent": agent})
    assert answer.status == status
    assert status != 403 or not answer.body


async def test_the_legacy_name_is_answered_too():
    legacy = {"github_com/devopsfaith/krakend-botdetector": {"deny": ["s"]}}
    config = {"endpoints": ENDPOINTS[:1], "extra_config": legacy}
    async with gateway(config, Upstream({"/u": {"a": 1}})) as client:
        assert (await client.get("/open", {"user-agent": "s"})).status == 403


async def test_the_headers_of_security_are_in_the_answers_to_bots_too():
    pytest.importorskip("krakpy_http_secure")
    services = {NAMESPACE: {"deny": ["s"]}, "security/http": {"frame_deny": True}}
    async with gateway({"endpoints": ENDPOINTS, "extra_config": services}, Upstream({"/u": {"a": 1}})) as client:
        answers = [await client.get(path, {"user-agent": "s"}) for path in ("/open", "/nowhere")]
    assert [(answer.status, answer.headers.get("X-Frame-Options")) for answer in answers] == [(403, "DENY")] * 2
