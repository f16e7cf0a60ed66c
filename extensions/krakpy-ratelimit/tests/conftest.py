"""A clock that is set by hand, and settings whose store runs on it."""
import pytest
from krakpy_sdk.testing import backend_settings, drivers, endpoint_settings
from krakpy_store import Memory


class Clock:
    """Stands still until somebody moves it."""

    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


class Later:
    """Answers what a store does, but has to be awaited."""

    def __init__(self, store):
        self._store = store

    def __getattr__(self, name):
        async def answer(*arguments):
            return getattr(self._store, name)(*arguments)

        return answer


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=["at once", "later"])
def options(request, clock):
    """What settings need to find a store that answers at once, and one that has to be awaited."""
    memory = Memory(clock=clock)
    store, name = (memory, "memory") if request.param == "at once" else (Later(memory), "tested")
    found = drivers({"store": {name: type("Tested", (), {"__new__": lambda cls, config: store})}})
    return {"driver": found, "service": {"krakpy/store": {"driver": name, "on_store_error": "refuse"}}}


@pytest.fixture
def router(options):
    return lambda config, **changes: endpoint_settings(config=config, **options, **changes)


@pytest.fixture
def backend(options):
    return lambda config, **changes: backend_settings(config=config, **options, **changes)
