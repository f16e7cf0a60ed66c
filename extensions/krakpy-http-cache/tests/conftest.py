"""Caches with a clock that is set by hand, in a store that answers at once and in one that has to be awaited."""
import pytest
from krakpy_http_cache import CacheConfig, HttpCache
from krakpy_sdk import Headers, Request, Response
from krakpy_sdk.testing import backend_settings, drivers
from krakpy_store import Memory

#: Sun, 06 Nov 1994 08:49:37 GMT
NOW = 784_111_777.0


class Clock:
    """Stands still until somebody moves it."""

    def __init__(self):
        self.now = NOW

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


@pytest.fixture
def memory(clock):
    return Memory(clock=clock)


@pytest.fixture(params=["at once", "later"])
def store(request, memory):
    return memory if request.param == "at once" else Later(memory)


@pytest.fixture
def cached(store, clock):
    """A cache in front of a backend; several of them have one store."""
    found = drivers({"store": {"tested": type("Tested", (), {"__new__": lambda cls, config: store})}})
    service = {"krakpy/store": {"driver": "tested", "on_store_error": "refuse"}}

    def make(backend, place="endpoints[0].backend[0]", *, is_no_op=False, **config):
        settings = backend_settings(
            config=CacheConfig(**config), driver=found, service=service, place=place, is_no_op=is_no_op
        )
        return HttpCache(settings, backend, clock=clock)

    return make


@pytest.fixture
def asks():
    def ask(url="http://a.test/x", method="GET", body=None, **fields):
        headers = Headers({name.replace("_", "-"): value for name, value in fields.items()})
        return Request(method, url=url, headers=headers, body=body)

    return ask


@pytest.fixture
def says():
    """An answer: its number is its body."""

    def answer(number=1, status=200, **fields):
        headers = Headers({name.replace("_", "-"): value for name, value in fields.items()})
        return Response(status, headers=headers, body=str(number).encode())

    return answer
