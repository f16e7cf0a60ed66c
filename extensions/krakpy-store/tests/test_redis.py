"""All nodes have one store, in a real Redis."""
import asyncio
from uuid import uuid4

import pytest
from krakpy_sdk import ConfigError, StoreError
from krakpy_store.redis import Redis, RedisConfig


@pytest.fixture
async def stores(redis_url):
    """Two nodes."""
    prefix = uuid4().hex
    stores = [Redis(RedisConfig(url=redis_url, prefix=prefix, timeout_s=5.0)) for _ in range(2)]
    for store in stores:
        await store.setup()
    yield stores
    for store in stores:
        store.teardown()


@pytest.fixture
def store(stores):
    return stores[0]


async def test_what_one_node_puts_the_other_gets(stores):
    await stores[0].put("a", b"\x00value", 60.0)
    assert (await stores[1].get("a"), await stores[1].get("b")) == (b"\x00value", None)


async def test_a_value_ends_with_its_time(store):
    await store.put("a", b"1", 0.001)
    await until(lambda: is_gone(store, "a"))


async def test_what_is_deleted_is_gone(store):
    await store.put("a", b"1", 60.0)
    await store.delete("a")
    assert await store.get("a") is None


async def test_nodes_count_together(stores):
    counts = await asyncio.gather(*[stores[number % 2].add("n", 1, 60.0) for number in range(100)])
    assert sorted(counts) == list(range(1, 101))


async def test_a_counter_lives_from_its_first_addition(store):
    await store.add("n", 1, 0.001)
    await until(lambda: is_gone(store, "n"))
    assert await store.add("n", 1, 60.0) == 1
    await store.add("n", 1, 6_000.0)
    assert await store._call("PTTL", store._prefix + "n") <= 60_000


async def test_a_bucket_gives_no_more_to_two_nodes_than_to_one(stores):
    taken = await asyncio.gather(*[stores[number % 2].take("b", 1, 50, 1e-6, 60.0) for number in range(200)])
    assert sum(result.is_allowed for result in taken) == 50


async def test_a_refusal_says_when_to_come_again(store):
    await store.take("b", 1, 1, 0.1, 60.0)
    refused = await store.take("b", 1, 1, 0.1, 60.0)
    assert (refused.is_allowed, refused.remaining) == (False, 0)
    assert refused.retry_after_s == pytest.approx(10, abs=2)


async def test_tokens_come_back(store):
    assert (await store.take("b", 1, 1, 100.0, 60.0)).is_allowed
    await until(lambda: is_allowed(store.take("b", 1, 1, 100.0, 60.0)))


async def test_a_bucket_is_forgotten_when_it_is_full_again(store):
    await store.take("b", 1, 1, 1000.0, 0.001)
    await until(lambda: is_gone(store, "b"))


async def test_scripts_that_somebody_flushed_are_loaded_again(store):
    await store._call("SCRIPT", "FLUSH")
    assert await store.add("n", 1, 60.0) == 1


async def test_a_key_of_another_kind_is_an_error_and_nothing_else_breaks(store):
    await store._call("LPUSH", store._prefix + "b", "x")
    with pytest.raises(StoreError, match="WRONGTYPE"):
        await store.take("b", 1, 1, 1.0, 60.0)
    assert (await store.take("c", 1, 1, 1.0, 60.0)).is_allowed


async def test_what_is_no_text_is_a_key(store):
    await store.put("\udcff", b"1", 60.0)
    assert await store.get("\udcff") == b"1"


async def test_the_database_of_the_address_is_the_one(redis_url):
    store = Redis(RedisConfig(url=f"{redis_url}?db=3", timeout_s=5.0))
    await store.setup()
    assert "db=3" in (await store._call("CLIENT", "INFO")).decode()
    store.teardown()


NO_ADDRESSES = ["", "http://a.test", "redis://", "redis://a.test:x", "redis://:secret@a.test/x", "unix://"]


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_what_is_no_address_is_refused_without_repeating_it(url):
    with pytest.raises(ConfigError, match="is no URL") as refused:
        Redis(RedisConfig(url=url))
    assert "secret" not in str(refused.value)


async def is_gone(store, key):
    return await store.get(key) is None


async def is_allowed(taking):
    return (await taking).is_allowed


async def until(condition):
    async with asyncio.timeout(30):
        while not await condition():
            await asyncio.sleep(0.005)
