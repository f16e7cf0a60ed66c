"""A worker's own store has an end."""
import pytest
from krakpy_sdk import ConfigError
from krakpy_store import Memory, MemoryConfig


def test_there_are_never_more_keys_than_allowed():
    store = Memory(MemoryConfig(max_keys=10))
    for number in range(1_000):
        store.put(f"{number}", b"x", 60.0)
    assert sum(store.get(f"{number}") is not None for number in range(1_000)) <= 10
    assert store.get("999") == b"x"


def test_no_room_at_all_is_refused():
    with pytest.raises(ConfigError, match="at least 1"):
        MemoryConfig(max_keys=0)
