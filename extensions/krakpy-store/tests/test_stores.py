"""Every store that answers at once keeps the same promises."""
import pytest
from krakpy_store import Memory, Shared, SharedConfig


@pytest.fixture(params=["memory", "shared"])
def store(request, clock, tmp_path):
    if request.param == "memory":
        yield Memory(clock=clock)
        return
    store = Shared(SharedConfig(folder=str(tmp_path)), clock=clock)
    yield store
    store.teardown()


def test_what_is_put_is_there(store):
    store.put("a", b"\x00value", 10.0)
    assert (store.get("a"), store.get("b")) == (b"\x00value", None)


def test_what_is_put_again_is_the_last(store):
    store.put("a", b"1", 10.0)
    store.put("a", b"2", 10.0)
    assert store.get("a") == b"2"


def test_a_value_ends_with_its_time(store, clock):
    store.put("a", b"1", 10.0)
    clock.now += 9.9
    assert store.get("a") == b"1"
    clock.now += 0.1
    assert store.get("a") is None


def test_what_is_deleted_is_gone(store):
    store.put("a", b"1", 10.0)
    store.delete("a")
    store.delete("never there")
    assert store.get("a") is None


def test_a_counter_counts(store):
    assert [store.add("a", amount, 10.0) for amount in (1, 5, -2, 0)] == [1, 6, 4, 4]


def test_a_counter_lives_from_its_first_addition(store, clock):
    store.add("a", 1, 10.0)
    clock.now += 6
    store.add("a", 1, 10.0)
    clock.now += 6
    assert store.add("a", 1, 10.0) == 1


def test_a_bucket_gives_its_tokens_and_gets_them_back(store, clock):
    def take():
        return store.take("a", 1, 2, 1.0, 60.0).is_allowed

    assert [take(), take(), take()] == [True, True, False]
    clock.now += 1
    assert [take(), take()] == [True, False]


def test_buckets_know_nothing_of_one_another(store):
    assert [store.take(key, 1, 1, 1.0, 60.0).is_allowed for key in ("a", "b", "a")] == [True, True, False]


@pytest.mark.parametrize("key", ["a" * 600, "ü" * 200, "\udcff", "a b\n"], ids=["long", "wide", "no text", "odd"])
def test_any_text_is_a_key(store, key):
    store.put(key, b"1", 10.0)
    assert (store.get(key), store.get(key + "x")) == (b"1", None)


def test_what_is_over_makes_room(store, clock):
    for number in range(2_000):
        store.put(f"old{number}", b"x", 1.0)
    clock.now += 2
    for number in range(2_000):
        store.put(f"new{number}", b"x", 1.0)
    assert size_of(store) <= 2_001


def size_of(store):
    return len(store._entries) if isinstance(store, Memory) else store._env.stat()["entries"]
