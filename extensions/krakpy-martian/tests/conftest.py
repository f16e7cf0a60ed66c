"""What the tests share: Martian as a gateway builds it, with the modifiers that this package advertises."""
import asyncio
from importlib.metadata import entry_points

import pytest
from krakpy_martian import Martian
from krakpy_sdk import Headers, Request, Response
from krakpy_sdk.testing import answers, backend_settings, drivers

URL = "http://api.test:8080/users/7?a=1&b=2"


@pytest.fixture(scope="session")
def driver():
    """`settings.driver` with every modifier of this package."""
    return drivers({"martian": {point.name: point.load() for point in entry_points(group="krakpy.martian.v1")}})


class Exchange:
    """One exchange through Martian: what the upstream was asked, and what came back."""

    def __init__(self, martian, upstream):
        self._martian, self._upstream = martian, upstream

    def __call__(self, *, headers=(), method="GET", url=URL, **fields):
        fields["headers"] = Headers(headers)
        response = asyncio.run(self._awaited(Request(method, url=url, **fields)))
        return (self._upstream.requests or [None])[-1], response

    async def _awaited(self, request):
        return await self._martian(request)


@pytest.fixture
def through(driver):
    """Martian with this configuration, around an upstream that gives this answer."""

    def build(config, answer=None):
        upstream = answers(answer or Response(200, headers=Headers({"X-B": "b"}), body=b"old"))
        return Exchange(Martian(backend_settings(config=config, driver=driver), upstream), upstream)

    return build


def at(scope, **settings):
    """Settings with this scope."""
    return {"scope": scope.split(), **settings}


@pytest.fixture
def marked():
    """A modifier that leaves a mark in `X-Mark`, where it is called."""
    return lambda mark="yes": {"header.Append": {"name": "X-Mark", "value": mark}}
