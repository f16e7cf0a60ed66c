"""At the way in, what is too much gets 429 or 503 and goes no further."""
import logging

import pytest
from krakpy_ratelimit import RouterConfig, RouterRateLimit, ServiceRateLimit
from krakpy_sdk import Headers, Request, Response
from krakpy_sdk.testing import answers, endpoint_settings


def asks(client="a", **fields):
    return Request(client_ip="10.0.0.1", headers=Headers({"X-Client": client} if client else {}), **fields)


async def statuses(limit, *requests):
    return [(await limit(request)).status for request in requests]


async def test_an_endpoint_gives_its_capacity_and_then_503(router):
    limit = RouterRateLimit(router(RouterConfig(max_rate=3, every="10m", capacity=3)), answers(Response(200)))
    assert await statuses(limit, *[asks()] * 5) == [200, 200, 200, 503, 503]


async def test_each_client_has_its_own_and_gets_429(router):
    config = RouterConfig(client_max_rate=1, client_capacity=1, every="10m", strategy="header", key="X-Client")
    limit = RouterRateLimit(router(config), answers(Response(200)))
    assert await statuses(limit, asks("a"), asks("a"), asks("b"), asks("b")) == [200, 429, 200, 429]


async def test_a_client_that_is_refused_takes_nothing_from_the_others(router):
    config = RouterConfig(
        max_rate=3, capacity=3, client_max_rate=2, client_capacity=2, every="10m", strategy="header", key="X-Client"
    )
    limit = RouterRateLimit(router(config), answers(Response(200)))
    requests = [*[asks("a")] * 4, *[asks("b")] * 3]
    assert await statuses(limit, *requests) == [200, 200, 429, 429, 200, 503, 429]


async def test_who_does_not_say_who_he_is_gets_429(router):
    config = RouterConfig(client_max_rate=100, client_capacity=100, strategy="header", key="X-Client")
    limit = RouterRateLimit(router(config), answers(Response(200)))
    assert await statuses(limit, asks(""), asks("a")) == [429, 200]


async def test_tokens_come_back_with_time(router, clock):
    limit = RouterRateLimit(router(RouterConfig(max_rate=2, capacity=1)), answers(Response(200)))
    assert await statuses(limit, asks(), asks()) == [200, 503]
    clock.now += 0.5
    assert await statuses(limit, asks(), asks()) == [200, 503]


async def test_what_is_refused_goes_no_further(router):
    next = answers(Response(200))
    limit = RouterRateLimit(router(RouterConfig(max_rate=1, every="10m")), next)
    await statuses(limit, *[asks()] * 5)
    assert len(next.requests) == 1


async def test_a_refusal_has_neither_body_nor_fields(router):
    """KrakenD: not even its own."""
    limit = RouterRateLimit(router(RouterConfig(max_rate=1, every="10m")), answers(Response(200)))
    await limit(asks())
    refused = await limit(asks())
    assert (refused.body, refused.headers.pairs) == (b"", ())


async def test_endpoints_have_buckets_of_their_own(router):
    config = RouterConfig(max_rate=1, every="10m")
    one = RouterRateLimit(router(config, endpoint="/a"), answers(Response(200)))
    other = RouterRateLimit(router(config, endpoint="/a", method="POST"), answers(Response(200)))
    assert [await statuses(limit, asks(), asks()) for limit in (one, other)] == [[200, 503], [200, 503]]


async def test_all_endpoints_share_the_bucket_of_the_service(router):
    config = RouterConfig(max_rate=2, every="10m", capacity=2)
    one = ServiceRateLimit(router(config, endpoint="/a"), answers(Response(200)))
    other = ServiceRateLimit(router(config, endpoint="/b"), answers(Response(200)))
    assert await statuses(one, asks()) + await statuses(other, asks(), asks()) == [200, 200, 503]


async def test_the_service_and_an_endpoint_count_by_themselves(router):
    config = RouterConfig(max_rate=1, every="10m")
    inner = RouterRateLimit(router(config), answers(Response(200)))
    outer = ServiceRateLimit(router(config), inner)
    assert await statuses(outer, asks(), asks()) == [200, 503]


async def test_answers_tell_of_the_limit_where_that_is_asked_for(router):
    config = RouterConfig(max_rate=2, every="1m", capacity=2, headers=True)
    limit = RouterRateLimit(router(config), answers(Response(200, headers=Headers({"X-A": "1"}))))
    told = await limit(asks())
    assert told.headers == {
        "X-A": "1", "RateLimit-Policy": '"endpoint";q=2;w=60', "RateLimit": '"endpoint";r=1;t=30',
    }  # fmt: skip
    await limit(asks())
    refused = await limit(asks())
    assert refused.headers == {
        "RateLimit-Policy": '"endpoint";q=2;w=60', "RateLimit": '"endpoint";r=0;t=60', "Retry-After": "30",
    }  # fmt: skip


async def test_both_limits_are_told(router):
    config = RouterConfig(
        max_rate=10, client_max_rate=5, client_capacity=5, strategy="ip", headers=True
    )
    told = await RouterRateLimit(router(config), answers(Response(200)))(asks())
    assert told.headers.getall("RateLimit") == ['"client";r=4;t=1', '"endpoint";r=9;t=1']


@pytest.mark.parametrize(
    ("config", "applies"),
    [
        (RouterConfig(), False),
        (RouterConfig(max_rate=0, capacity=5), False),
        (RouterConfig(client_max_rate=5, strategy="moon"), False),
        (RouterConfig(client_max_rate=5), False),
        (RouterConfig(client_max_rate=5, strategy="ip"), True),
        (RouterConfig(max_rate=5), True),
    ],
    ids=str,
)
def test_it_is_absent_where_nothing_is_limited(config, applies):
    assert RouterRateLimit.applies_to(endpoint_settings(config=config)) is applies


def test_a_strategy_that_is_none_is_told(router, caplog):
    log = logging.getLogger("krakpy.test")
    RouterRateLimit(router(RouterConfig(max_rate=1, client_max_rate=1, strategy="moon"), log=log), answers())
    assert "'moon' is no strategy" in caplog.text
