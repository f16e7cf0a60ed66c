"""Scripts at work, as each middleware runs them."""
import logging

import pytest
from krakpy_lua import LuaBackend, LuaEndpoint, LuaProxy
from krakpy_lua.config import LuaConfig
from krakpy_sdk import Disabled, Request, Response
from krakpy_sdk.testing import answers, backend_settings, endpoint_settings


class AtWork:
    """A middleware with a script, around a scripted `next`."""

    def __init__(self, kind, *replies, settings=endpoint_settings, is_no_op=False, timeout_s=2.0, **config):
        self.next = answers(*replies)
        self.log = logging.getLogger("krakpy.extension.test")
        own = settings(config=LuaConfig(**config), is_no_op=is_no_op, timeout_s=timeout_s, log=self.log, place="here")
        try:
            self.middleware = kind(own, self.next)
        except Disabled as error:
            self.middleware = error.instead

    async def asks(self, request=None, **fields):
        return await self.middleware(request or Request(**fields))

    @property
    def forwarded(self):
        return self.next.requests[-1]


@pytest.fixture
def proxy():
    """`modifier/lua-proxy`; a reply may be a document."""
    return _opened(LuaProxy, endpoint_settings)


@pytest.fixture
def backend():
    return _opened(LuaBackend, backend_settings)


@pytest.fixture
def endpoint():
    return _opened(LuaEndpoint, endpoint_settings)


@pytest.fixture
def document(proxy):
    """What a `post` makes of a document; `d` is the document's table."""

    async def made(code, data, **config):
        work = proxy(data, post=f"local d = response.load():data() {code}", **config)
        return (await work.asks()).data

    return made


def _opened(kind, settings):
    def made(*replies, **options):
        given = [Response(data=reply) if isinstance(reply, dict) else reply for reply in replies]
        return AtWork(kind, *given, settings=settings, **options)

    return made
