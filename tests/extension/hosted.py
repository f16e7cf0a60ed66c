"""Hooks in a real host, without supervisor and gateway: `async with hosted(folder, source) as host: ...`"""
import asyncio
import socket
from contextlib import asynccontextmanager
from typing import Any

from krakpy_sdk import HOOKS, Request

from krakpy.extension.calls import Calls
from krakpy.extension.host_output import Output
from krakpy.extension.host_process import HostProcess
from krakpy.extension.hosts import HostSpec
from krakpy.extension.remote import Facts, RemoteHook
from krakpy.extension.slots import Slot

from .instances import guard

PATIENCE_S = 20


def spec_of(**changes):
    """The hosts of one instance `geo`."""
    changes.setdefault("instances", [instance_of()])
    places = tuple(instance["place"] for instance in changes["instances"])
    return HostSpec(**{
        "name": "geo", "id": "acme-geo/geo", "distribution": "acme-geo", "version": "1.2.0",
        "target": "acme_geo:Geo", "first_slot": 0, "places": places, **changes,
    })  # fmt: skip


def instance_of(config=None, **changes):
    told = {"place": "endpoints[0].x.geo", "name": "geo", "config": config, "id": "acme-geo/geo"}
    return told | {"seat": "endpoint", "endpoint": "/a", **changes}


class Hosted:
    """A host, and the worker's end of it."""

    def __init__(self, path, spec):
        self.spec = spec
        self.reports = []
        self.told = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(16)
        self.path = str(path)
        self.process: Any = None

    async def start(self):
        self.process = HostProcess(self.spec, Output(self.spec), lambda _, *report: self.reports.append(report))
        await self.process.start(self.listener.fileno())
        await self.until(lambda: self.kinds & {"ready", "unusable"})

    @property
    def kinds(self):
        return {kind for kind, _ in self.reports}

    def report(self, kind):
        return next(value for told, value in self.reports if told == kind)

    def calls(self, *, is_safe=False, timeout_s=PATIENCE_S):
        tell = lambda what, _: self.told.append(what)  # noqa: E731
        calls = Calls([Slot(self.path)], is_safe=is_safe, timeout_s=timeout_s, tell=tell)
        calls.open()
        return calls

    def hook(self, calls, index=0, **policy):
        facts = Facts(hooks=tuple(HOOKS), wants_body=True)
        return RemoteHook(facts, guard(**policy), calls, index)

    async def until(self, condition):
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await asyncio.sleep(0.005)


@asynccontextmanager
async def hosted(site, source, **spec):
    """A running host of this source of a module `acme_geo`, and its calls."""
    (site.path / "acme_geo.py").write_text(source)
    host = Hosted(site.path / "s", spec_of(**spec))
    try:
        await host.start()
        yield host
    finally:
        if host.process.pid:
            host.process.kill()
            await host.process.ended()
        host.listener.close()


def asking(case, **fields):
    """A request that asks for a case by its path."""
    return Request("GET", f"/{case}", **fields)
