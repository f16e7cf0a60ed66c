"""Every fault of a backend in every mode, against one gateway: what came of each run."""
from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import trustme

from tests.client.upstream import Peer, Script, Upstream, answering, ok

from .back_wire import Client, Log, Names, Outcome, serving
from .backend_faults import FINE, MIB, NAMES, Fault

MODES = ("single", "merged", "no-op")
DEADLINE_S = 1.0
#: runs that do not wait go on at the same time up to this number, so that none is late because of the others
AT_ONCE = 8
OTHER = answering(*[ok(b'{"other":true}')] * 1000)


@dataclass
class Run:
    """One fault in one mode."""

    fault: Fault
    mode: str
    upstream: Upstream
    number: int
    outcome: Outcome = field(default_factory=Outcome)
    warm: list[Outcome] = field(default_factory=list)
    next: Outcome | None = None
    """What the request after it got."""
    events: list[dict[str, Any]] = field(default_factory=list)
    is_over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the connection of the fault has ended."""
    is_dropped: bool = False
    """Whether it had ended before the next request."""

    @property
    def endpoint(self) -> str:
        """Its path."""
        return f"/run/{self.number}"

    def of_gateway(self, other: int) -> dict[str, Any]:
        """The endpoint."""
        scheme = "https" if self.fault.tls else "http"
        host = "localhost" if self.fault.tls else self.fault.host
        hosts = [f"{scheme}://{host}:{self.upstream.port}"]
        faulty = {"url_pattern": "/", "host": hosts, "encoding": self.fault.encoding}
        merged = [{"url_pattern": "/", "host": [f"http://127.0.0.1:{other}"]}] if self.mode == "merged" else []
        return {
            "endpoint": self.endpoint,
            "method": self.fault.method,
            "timeout": f"{DEADLINE_S}s" if self.fault.waits else "20s",
            "output_encoding": "no-op" if self.mode == "no-op" else "json",
            "backend": [faulty, *merged],
        }

    async def play(self, client: Client, log: Log) -> None:
        """Ask as often as it takes, and once more."""
        self.warm = [await self._ask(client) for _ in range(self.fault.warm)]
        self.outcome = await self._ask(client)
        self.events = log.of(self.endpoint)
        if self.upstream.connections and not self.fault.is_kept:
            self.is_dropped = await _is_set_within(self.is_over, 10.0)
        if self.fault.recovers:
            self.next = await self._ask(client)

    async def _ask(self, client: Client) -> Outcome:
        return await client.ask(self.endpoint, method=self.fault.method)


def noting_its_end(script: Script, is_over: asyncio.Event) -> Script:
    """The script, which tells when its connection has ended."""

    async def noted(peer: Peer) -> None:
        try:
            await script(peer)
        finally:
            is_over.set()

    return noted


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


class Certificates:
    """What backends show of themselves."""

    def __init__(self) -> None:
        self.authority = trustme.CA()
        trusted = self.authority.issue_cert
        self._made = {
            "good": trusted("localhost"),
            "old": trusted("localhost"),
            "expired": trusted("localhost", not_after=datetime(2020, 1, 1)),
            "other": trusted("other.test"),
            "stranger": trustme.CA().issue_cert("localhost"),
        }

    def context(self, name: str) -> ssl.SSLContext | None:
        """A server's TLS; None for a backend that speaks none."""
        if name not in self._made:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._made[name].configure_cert(context)
        if name == "old":
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        return context


async def campaign(faults: Iterable[Fault], folder: Path) -> Mapping[tuple[str, str], Run]:
    """All runs, each with an upstream of its own: first those that end by themselves, then those that wait, at once."""
    certificates = Certificates()
    certificates.authority.cert_pem.write_to_path(folder / "ca.pem")
    async with AsyncExitStack() as stack:
        other = await _opened(stack, Upstream(OTHER), None)
        runs: list[Run] = []
        for fault in faults:
            for mode in MODES:
                is_over = asyncio.Event()
                upstream = Upstream(noting_its_end(fault.script or FINE, is_over), FINE)
                await _opened(stack, upstream, certificates.context(fault.tls))
                runs.append(Run(fault, mode, upstream, len(runs), is_over=is_over))
                if fault.script is None:
                    await upstream.close()
        log = stack.enter_context(Log())
        config = configuration(folder, [run.of_gateway(other.port) for run in runs])
        client = await stack.enter_async_context(serving(config, folder, names=Names(NAMES)))
        await _play([run for run in runs if not run.fault.waits], client, log, AT_ONCE)
        await _play([run for run in runs if run.fault.waits], client, log, len(runs))
        return {(run.fault.id, run.mode): run for run in runs}


async def _opened(stack: AsyncExitStack, upstream: Upstream, tls: ssl.SSLContext | None) -> Upstream:
    await upstream.open(tls)
    stack.push_async_callback(upstream.close)
    return upstream


def configuration(folder: Path, endpoints: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The gateway of the campaign."""
    return {
        "client_tls": {"ca_certs": [str(folder / "ca.pem")], "disable_system_ca_pool": True},
        "extra_config": {"krakpy/backends": {"max_body_bytes": MIB, "deny_addresses": ["127.0.0.99"]}},
        "endpoints": list(endpoints),
    }


async def _play(runs: Sequence[Run], client: Client, log: Log, at_once: int) -> None:
    turn = asyncio.Semaphore(at_once)

    async def play(run: Run) -> None:
        async with turn:
            await run.play(client, log)

    await asyncio.gather(*map(play, runs))
