"""When a store is away the next one answers, in the same call."""
import pytest
from krakpy_sdk import StoreError
from krakpy_store import Memory
from krakpy_store.fallback import OrLocal

CALLS = [
    ("get", ("k",), b"v"),
    ("put", ("k", b"w", 9.0), None),
    ("add", ("n", 2, 9.0), 2),
    ("delete", ("k",), None),
    ("take", ("b", 1, 1, 1.0, 9.0), (True, 0, 0.0)),
]


class Away:
    """Fails at once, or when it is awaited."""

    def __init__(self, is_late):
        self._is_late = is_late

    def __getattr__(self, name):
        def fail(*_):
            raise StoreError("away")

        async def fail_later(*_):
            raise StoreError("away")

        return fail_later if self._is_late else fail


class Later:
    """Answers what another store does, but has to be awaited."""

    def __init__(self, store):
        self._store = store

    def __getattr__(self, name):
        async def answer(*arguments):
            return getattr(self._store, name)(*arguments)

        return answer


def kept():
    store = Memory()
    store.put("k", b"v", 9.0)
    return store


@pytest.mark.parametrize(("method", "arguments", "expected"), CALLS, ids=[call[0] for call in CALLS])
def test_a_store_that_fails_at_once_is_stood_in_for_at_once(method, arguments, expected):
    assert getattr(OrLocal(Away(is_late=False), kept()), method)(*arguments) == expected


@pytest.mark.parametrize(("method", "arguments", "expected"), CALLS, ids=[call[0] for call in CALLS])
@pytest.mark.parametrize("local", [kept, lambda: Later(kept())], ids=["at once", "later"])
async def test_a_store_that_fails_later_is_stood_in_for(method, arguments, expected, local):
    assert await getattr(OrLocal(Away(is_late=True), local()), method)(*arguments) == expected


async def test_a_store_that_answers_is_the_one_that_counts():
    store, local = kept(), Memory()
    assert OrLocal(store, local).get("k") == b"v"
    assert await OrLocal(Later(store), local).get("k") == b"v"
    assert local.get("k") is None
