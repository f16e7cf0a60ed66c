"""What is revoked stays revoked for its time, in every worker and on every node."""
import asyncio
import fcntl
import subprocess
import sys
import threading

import pytest
from krakpy_jose.bloom import BloomFile, size_for
from krakpy_jose.config import RevokerConfig
from krakpy_jose.following import Follower
from krakpy_jose.generations import Generations
from krakpy_jose.revocations import revoked, revoked_by
from krakpy_sdk import ConfigError
from krakpy_sdk.drivers import StoreError
from krakpy_sdk.testing import drivers, endpoint_settings


def test_nothing_that_was_added_is_missing_and_little_else_is_found(tmp_path):
    """No false negatives, and the share of false positives that was asked for, within a half more."""
    count, share = 3000, 0.01
    filter = BloomFile(tmp_path / "f", *size_for(count, share))
    for number in range(count):
        filter.add(f"jti-{number}")
    assert all(f"jti-{number}" in filter for number in range(count))
    wrong = sum(f"other-{number}" in filter for number in range(20_000))
    assert wrong / 20_000 < share * 1.5
    filter.close()


def test_a_filter_has_a_size_that_can_be_kept():
    assert size_for(100_000_000, 1e-7)[0] < 8 << 30
    with pytest.raises(ValueError, match="1 GiB"):
        size_for(10**9, 1e-9)


def test_a_writer_waits_for_another_one(tmp_path):
    """Two that change one byte at once would lose a bit, which is a token that comes back."""
    filter = BloomFile(tmp_path / "f", 512, 4)
    with (tmp_path / "f").open("rb+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        writer = threading.Thread(target=filter.add, args=("jti-a",))
        writer.start()
        writer.join(0.2)
        assert writer.is_alive()
        assert "jti-a" not in filter
    writer.join(60)
    assert "jti-a" in filter
    filter.close()


def test_processes_find_what_another_one_has_added(tmp_path):
    script = (
        "import sys; from pathlib import Path; from krakpy_jose.bloom import BloomFile;"
        "BloomFile(Path(sys.argv[1]), 512, 4).add('jti-a')"
    )
    filter = BloomFile(tmp_path / "f", 512, 4)
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "f")], check=True, timeout=60)
    assert "jti-a" in filter
    filter.close()


@pytest.fixture
def generations(tmp_path, clock):
    """Makes workers that share a folder."""
    made = []

    def make(**settings):
        config = {"folder": str(tmp_path), "count": 100, "share": 0.001, "ttl_s": 60} | settings
        made.append(Generations(config, now=clock))
        return made[-1]

    yield make
    for each in made:
        asyncio.run(each.teardown())


def test_every_worker_knows_at_once(generations):
    one, other = generations(), generations()
    one.add("jti-a")
    assert other.has("jti-a")
    assert not other.has("jti-b")


@pytest.mark.parametrize("offset_s", [0, 1, 30, 59])
def test_a_revocation_lasts_for_its_time_and_twice_that_at_most(generations, clock, offset_s):
    clock.now = 60_000 + offset_s
    one, other = generations(), generations()
    one.add("jti-a")
    start = clock.now
    for passed in range(1, 61):
        clock.now = start + passed
        assert other.has("jti-a")
    clock.now = start + 120
    assert not other.has("jti-a")


def test_a_worker_that_starts_later_knows_too(generations, clock):
    generations().add("jti-a")
    clock.now += 30
    assert generations().has("jti-a")


def test_other_settings_do_not_forget(generations, clock):
    """A reload with another N, P or TTL finds what was revoked before it."""
    before = generations()
    before.add("jti-a")
    after = generations(count=5000, share=1e-6, ttl_s=3600)
    assert after.has("jti-a")
    before.add("jti-b")
    assert after.has("jti-b")
    clock.now += 45
    assert after.has("jti-a")


def test_old_files_go(generations, clock, tmp_path):
    one = generations()
    for _ in range(10):
        clock.now += 60
        one.add("jti-a")
    assert len(list((tmp_path / "revoked").iterdir())) <= 4


def test_a_filter_that_is_too_large_is_refused(generations):
    with pytest.raises(ConfigError) as error:
        generations(count=10**10)
    assert error.value.path == "N"


class Store:
    """What nodes share."""

    def __init__(self):
        self.counters, self.values, self.is_away = {}, {}, False

    async def add(self, key, amount, ttl_s):
        self._check()
        self.counters[key] = self.counters.get(key, 0) + amount
        return self.counters[key]

    async def put(self, key, value, ttl_s):
        self._check()
        self.values[key] = value

    def get(self, key):
        self._check()
        return self.values.get(key)

    def _check(self):
        if self.is_away:
            raise StoreError("away")


def follower(store, found):
    return Follower(store, found.append, interval_s=0.001, ttl_s=120.0)


async def test_other_nodes_hear_of_it():
    store, here, there = Store(), [], []
    one, other = follower(store, here), follower(store, there)
    await other.catch_up()
    for number in range(5):
        await one.publish(f"jti-{number}")
    await other.catch_up()
    await other.catch_up()
    assert there == [f"jti-{number}" for number in range(5)]


async def test_a_node_that_starts_later_hears_of_all_that_is_left():
    store, found = Store(), []
    one = follower(store, [])
    for number in range(200):
        await one.publish(f"jti-{number}")
    for number in range(100):
        del store.values[f"revoked/{number + 1}"]
    await follower(store, found).catch_up()
    assert sorted(found) == sorted(f"jti-{number}" for number in range(100, 200))


async def test_a_node_knows_what_is_revoked_before_its_first_request():
    store, found = Store(), []
    await follower(store, []).publish("jti-a")
    own = follower(store, found)
    await own.start()
    assert found == ["jti-a"]
    await own.stop()


async def test_an_entry_that_is_on_its_way_is_waited_for():
    store, found = Store(), []
    own = follower(store, found)
    await own.catch_up()
    await store.add("revoked/count", 1, 0)
    await own.catch_up()
    await store.put("revoked/1", b"jti-late", 0)
    await own.catch_up()
    assert found == ["jti-late"]
    assert not own._late


async def test_an_entry_that_never_comes_is_given_up():
    store = Store()
    own = follower(store, [])
    await own.catch_up()
    await store.add("revoked/count", 1, 0)
    for _ in range(10):
        await own.catch_up()
    assert not own._late


async def test_a_store_that_lost_everything_is_read_anew():
    store, found = Store(), []
    one, other = follower(store, []), follower(store, found)
    for number in range(3):
        await one.publish(f"jti-{number}")
    await other.catch_up()
    store.counters.clear()
    store.values.clear()
    await one.publish("jti-new")
    await other.catch_up()
    assert found[-1] == "jti-new"


async def test_a_store_that_is_away_is_told_once_and_asked_again(caplog):
    store, found = Store(), []
    store.is_away = True
    own = follower(store, found)
    await own.start()
    await own.start()
    async with asyncio.timeout(10):
        while "cannot be read" not in caplog.text:
            await asyncio.sleep(0.001)
        store.is_away = False
        await follower(store, []).publish("jti-a")
        while not found:
            await asyncio.sleep(0.001)
    await own.stop()
    assert caplog.text.count("cannot be read") == 1


RAW = {"N": 100, "P": 0.001, "TTL": 60, "token_keys": ["jti", "sub"]}


def settings(tmp_path, raw=RAW):
    found = drivers({"revocations": {"bloom": Generations}})
    return endpoint_settings(service={"auth/revoker": raw}, driver=found, folder=str(tmp_path))


@pytest.mark.parametrize(
    ("claims", "is_revoked"),
    [
        ({"jti": "a"}, True), ({"jti": "b", "sub": "ada"}, True), ({"jti": 7}, True), ({"jti": "b"}, False),
        ({}, False),
        ({"jti": ["a"]}, False), ({"jti": None}, False), ({"sub": "a"}, False), ({"other": "a"}, False),
    ],
    ids=str,
)  # fmt: skip
def test_a_token_is_revoked_by_any_of_its_keys(tmp_path, claims, is_revoked):
    tells = revoked_by(settings(tmp_path))
    for element in ("jti-a", "sub-ada", "jti-7"):
        tells.revoke(element)
    assert tells(claims) is is_revoked


def test_without_a_revoker_nothing_is_looked_up():
    assert revoked_by(endpoint_settings()) is None


def test_wrong_settings_of_the_service_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="auth/revoker"):
        revoked_by(settings(tmp_path, {"N": "many"}))


def test_nodes_are_followed_where_they_share_a_store(tmp_path):
    store = Store()

    class Shared:
        Config = None

        def __new__(cls, config):
            return store

    found = drivers({"revocations": {"bloom": Generations}, "store": {"acme": Shared}})
    own = endpoint_settings(service={"krakpy/store": {"driver": "acme"}}, driver=found, folder=str(tmp_path))
    assert revoked(own, RevokerConfig(**RAW | {"token_keys": ("jti",)})).follower is not None


@pytest.mark.parametrize("driver", ["shared", "memory", None])
def test_a_node_by_itself_follows_nobody(tmp_path, driver):
    service = {"krakpy/store": {"driver": driver} if driver else {}}
    found = drivers({"revocations": {"bloom": Generations}})
    own = endpoint_settings(service=service, driver=found, folder=str(tmp_path))
    assert revoked(own, RevokerConfig(**RAW | {"token_keys": ("jti",)})).follower is None
