"""A backend is asked no more often than its limit says."""
import pytest
from krakpy_ratelimit import ProxyConfig, ProxyRateLimit, RateLimited
from krakpy_sdk import Request, Response
from krakpy_sdk.testing import answers, backend_settings


async def outcome(limit):
    try:
        return (await limit(Request())).status
    except RateLimited as error:
        return str(error)


async def test_what_is_too_much_fails_with_krakends_words(backend):
    limit = ProxyRateLimit(backend(ProxyConfig(max_rate=2, capacity=2, every="10m")), answers(Response(200)))
    assert [await outcome(limit) for _ in range(3)] == [200, 200, "rate limit exceded"]


async def test_the_failure_is_there_when_it_is_awaited(backend):
    """Those who ask several backends at once must get the others' answers."""
    limit = ProxyRateLimit(backend(ProxyConfig(max_rate=1, every="10m")), answers(Response(200)))
    await limit(Request())
    refused = limit(Request())
    with pytest.raises(RateLimited):
        await refused


async def test_backends_of_one_endpoint_have_buckets_of_their_own(backend):
    config = ProxyConfig(max_rate=1, every="10m")
    limits = [
        ProxyRateLimit(backend(config, place=f"endpoints[0].backend[{index}]"), answers(Response(200)))
        for index in range(2)
    ]
    assert [await outcome(limit) for limit in limits] == [200, 200]


def test_it_tells_nothing_of_the_backend():
    assert RateLimited.was_asked is False


@pytest.mark.parametrize(("max_rate", "applies"), [(0, False), (-1, False), (0.1, True)])
def test_it_is_absent_where_nothing_is_limited(max_rate, applies):
    assert ProxyRateLimit.applies_to(backend_settings(config=ProxyConfig(max_rate=max_rate))) is applies
