"""A worker's manager over one stranger's package that can do, and fail to do, everything."""
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from krakpy.config.settings import ServiceSettings
from krakpy.extension.manager import ExtensionManager
from krakpy.extension.preparing import prepare
from krakpy.extension.probe import Verdict
from krakpy.proxy import compose

from .services import BACKEND, service

SOURCE = """
from dataclasses import dataclass
from krakpy_sdk import ConfigError, Extension, Patch, Response, UpstreamError

@dataclass
class Config:
    name: str = "geo"
    fails: str = ""

class Geo(Extension[Config]):
    calls = []

    def __init__(self, config, context):
        super().__init__(config, context)
        if config.fails == "construction":
            raise ValueError("no")
        if config.fails == "settings":
            raise ConfigError("not now", path="fails")

    def setup(self, context):
        self.calls.append(("setup", self.config.name, context))
        if self.config.fails == "setup":
            raise SystemExit(3)

    def teardown(self):
        self.calls.append(("teardown", self.config.name, None))
        if self.config.fails == "teardown":
            raise SystemExit(3)

    def endpoint_request(self, request):
        return Patch().add_header("X-Geo", self.config.name)

    def backend_request(self, request):
        return Patch().add_header("X-Geo", self.config.name)

    def http_request(self, request): ...

class Retry:
    Config = Config
    inside = ("url_pattern",)
    outside = ("load_balancer",)

    def __init__(self, settings, next):
        if settings.config.fails == "construction":
            raise SystemExit(3)
        self.settings, self.next = settings, next

    async def __call__(self, request):
        if self.settings.config.fails == "call":
            raise KeyError("here")
        if self.settings.config.fails == "not at all":
            return Response(data={"name": self.settings.config.name, "hosts": self.settings.hosts})
        return await self.next(request)

class Loop(Retry):
    inside = ("load_balancer",)
    outside = ("url_pattern",)

class Csv:
    Config = Config
    def __init__(self, config):
        self.config = config
        if config.fails == "construction":
            raise ValueError("no")
    def decode(self, body, is_collection):
        return {}[self.config.fails] if self.config.fails else {"name": self.config.name}

class App:
    Config = Config
    def __init__(self, settings, next):
        if settings.config.fails == "construction":
            raise ValueError("no")
        self.next = next
    async def __call__(self, scope, receive, send):
        await self.next(scope, receive, send)
"""
OPEN = {"KRAKPY_ENABLE_PLUGINS": "1"}
HELD = ["acme/acme/retry", "acme/csv", "acme/acme/loop", "acme/acme/app", "acme/url_pattern"]
RETRY: dict[str, Any] = {"acme__retry": {}}
CSV = {"backend": [{**BACKEND, "encoding": "csv"}]}


@pytest.fixture
def acme(site):
    backend = {"acme/retry": "acme:Retry", "acme/loop": "acme:Loop", "url_pattern": "acme:Retry"}
    groups = {"hooks": {"geo": "acme:Geo"}, "decoder": {"csv": "acme:Csv"}, "server": {"acme/app": "acme:App"}}
    """A folder with that package in it."""
    site.add("acme", "1.2", backend=backend, **groups, modules={"acme.py": SOURCE})
    return site


@pytest.fixture
def prepared(acme, tmp_path):
    """What a worker gets for these endpoints; instances are those of the `plugin` object. Nothing is probed."""

    def make(*endpoints, instances=None, options=None, **root):
        held = {id: {"isolation": "inproc"} for id in HELD}
        plugin = {"defaults": {"isolation": "inproc"}, "instances": held | (instances or {})}
        settings = service(tmp_path, *endpoints, plugin=plugin, **root)
        catalog = acme.catalog(with_krakpy=True)
        return prepare(settings, environ=OPEN, options=options, catalog=catalog, examine=unprobed)

    return make


def unprobed(jobs):
    return tuple(Verdict(job.candidate) for job in jobs)


@dataclass
class Served:
    """A manager that is open, with the settings that it was made for."""

    manager: ExtensionManager
    settings: ServiceSettings

    def proxy(self, family, settings, next):
        return compose(self.manager.chain(family, settings), next)

    @property
    def backend(self):
        return self.settings.endpoints[0].backends[0]


@pytest.fixture
async def opened(prepared):
    """An open manager for these endpoints."""
    managers = []

    async def make(*endpoints, **words):
        ready = prepared(*endpoints, **words)
        manager = ExtensionManager(ready)
        managers.append(manager)
        await manager.open()
        return Served(manager, ready.settings)

    yield make
    for manager in managers:
        await manager.close()


def contexts():
    """What each instance was told about where it runs."""
    return [call[2] for call in sys.modules["acme"].Geo.calls]


def calls():
    """What was called of each instance, with its name, in order."""
    return [call[:2] for call in sys.modules["acme"].Geo.calls]


#: what a stranger's middleware is in a chain
GUARDED = "function"


def name_of(step):
    """The class of what a step builds."""
    return type(step(None)).__name__


def names(steps):
    """The classes of a chain, outermost first."""
    return [name_of(step) for step in steps]
