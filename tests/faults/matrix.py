"""Every fault of extensions in every tier that it applies to: what bystanders lost, who was told, and the way back.

    with Matrix("inproc", faults, folder) as matrix:
        rows = matrix.run()
"""
from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.distributions import HOOK, Site

from .extensions import CALLS, DEATHS, IMPORTS, Fault, call, endpoint, endpoints, install, name_of
from .gateways import Gateway, at, written
from .isolated.extensions import CALLED, held
from .strict_client import Bystanders, Lost, Tally, ask_once
from .upstream import Upstream

TIERS = ("inproc", "process")
#: how often each broken endpoint is asked, and how many bystanders ask meanwhile
TIMES, BYSTANDERS = 3, 4
TIMEOUT_S = 0.5
#: what a service manager would give a gateway: memory in KiB, descriptors
MEMORY_KIB, DESCRIPTORS = 4 * 1024 * 1024, 1024
#: a worker without descriptors goes within 50 ms; each bystander asks so often meanwhile, at most
MEANWHILE = 20

ALLOWED = {
    # NOTE: connections get the numbers of standard output and error once these are closed, and are closed the next time
    ("X-30 closes its output", "inproc"): 2 * TIMES,
    # NOTE: without a user of its own a host can end the supervisor, and with it the hosts of everybody
    ("X-23 kill parent", "process"): BYSTANDERS * TIMES,
}

LOOP = {"X-46 crash loop": call("os._exit(1)", 0, "")}
KILLER = {"X-23 kill parent": held("os.kill(os.getppid(), 9)\ntime.sleep(600)", 502, 503, 504)}
_SAME = {id: (fault.status,) for id, fault in (IMPORTS | CALLS).items()}
#: what a client may be answered in each tier; 0: the connection ended
STATUSES: Mapping[str, Mapping[str, tuple[int, ...]]] = {
    "inproc": {
        **_SAME,
        **dict.fromkeys(DEATHS, (0,)),
        "X-46 crash loop": (0, 503),
        **dict.fromkeys(CALLED, (200, 0)),
        "X-20 busy loop": (0,), "X-20 blocking sleep": (0,), "X-20 C code that holds the lock": (0,),
        "X-21 memory bomb": (500, 0), "X-22 abort": (0,), "X-22 stops itself": (0,),
        "X-25 monkey patch": (200, 500), "X-29 descriptors": (500, 0), "X-30 print flood": (200, 504, 0),
        "X-30 closes its output": (200, 500, 0), "X-30 closes everything": (0,), "X-33 globals": (200, 500),
        "X-35 huge answer": (502, 504), "X-19 ignores cancellation": (504,), "X-27 generator": (502,),
    },
    "process": {
        **_SAME,
        "X-10 slow": (200, 503),
        **dict.fromkeys(DEATHS | LOOP, (502, 503)),
        **{id: held.statuses for id, held in (CALLED | KILLER).items()},
    },
}  # fmt: skip
#: how often a gateway is started in which everything is probed that is well; and what is late in each
STARTS, LATE = 5, {"acme-x-09-hang/x_09_hang"}
#: needs of the operator's in the tier `process`
INSTANCES = {
    "X-21 memory bomb": {"limits": {"memory_mb": 256}}, "X-35 huge answer": {"limits": {"memory_mb": 1024}},
    "X-29 descriptors": {"limits": {"files": 64}},
}  # fmt: skip

#: packages that are wrong in ways that concern nobody
NEIGHBOURS: Mapping[str, dict[str, Any]] = {
    "acme-not-utf8": {"entry_points_text": b"[krakpy.hooks.v1]\nx = \xff\n"},
    "acme-no-equals": {"entry_points_text": b"[krakpy.hooks.v1]\nx\n"},
    "acme-odd": {
        "version": "3.0", "hooks": {"odd": "acme_odd:Hook"}, "modules": {"acme_odd.py": HOOK},
        "metadata": bytes(range(256)),
    },
    "acme-many": {"hooks": {f"many{number}": "acme_many:Hook" for number in range(20_000)}},
    "acme-twin": {"modules": {"acme_odd.py": HOOK}},
}  # fmt: skip


def faults_of(tier: str) -> dict[str, Fault]:
    """The faults that apply to a tier."""
    called = {id: held.fault for id, held in CALLED.items()}
    if tier == "process":
        return IMPORTS | CALLS | DEATHS | LOOP | called | {id: held.fault for id, held in KILLER.items()}
    # NOTE: in a worker there is no protocol to break, and nobody keeps code of the same user from killing the master
    return IMPORTS | CALLS | DEATHS | LOOP | {id: fault for id, fault in called.items() if not id.startswith("X-45")}


@dataclass
class Row:
    """What came of one fault in one tier."""

    id: str
    tier: str
    statuses: list[int] = field(default_factory=list)
    asked: int = 0
    lost: int = 0
    deaths: int = 0
    """Workers that died of it."""
    allowed: int = 0
    """Bystanders' requests that may be lost: what was in flight in the workers that died."""
    told: str = ""
    recovery_s: float | None = None
    """From the end of a worker or host until another was there."""
    hits: int = 0
    """Requests that got past a hook that failed."""

    @property
    def faults(self) -> list[str]:
        """Why it does not hold; nothing if it does."""
        wanted = STATUSES[self.tier][self.id]
        return [
            reason
            for is_wrong, reason in (
                (not set(self.statuses) <= set(wanted), f"answered {self.statuses} and not {wanted}"),
                (self.lost > self.allowed, f"{self.lost} bystanders lost, and {self.allowed} in flight"),
                (not self.told and 200 not in wanted, "nobody was told"),
                (self.id in LOOP and self.statuses[-1] != 503, "it is still called"),
                (200 not in wanted and self.hits > 0, f"{self.hits} requests got past it"),
            )
            if is_wrong
        ]


class LimitedGateway(Gateway):
    """A gateway with limits of memory and descriptors for each of its processes, as service managers set them."""

    def command(self, config: Path, arguments: tuple[str, ...]) -> list[str]:
        command = super().command(config, arguments)
        return ["sh", "-c", f'ulimit -v {MEMORY_KIB} -n {DESCRIPTORS}; exec "$@"', "sh", *command]


class Matrix:
    """One gateway with all faults of a tier, asked one after the other."""

    def __init__(self, tier: str, faults: Mapping[str, Fault], folder: Path) -> None:
        self.tier = tier
        self._faults = faults
        self._folder = folder
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        site = Site(self._folder / "site")
        install(site, dict(self._faults))
        site.add("acme-fine", hooks={"fine": "acme_fine:Hook"}, modules={"acme_fine.py": HOOK})
        for name, words in NEIGHBOURS.items():
            site.add(name, **words)
        (site.path / "wave.py").write_text("")
        self._upstream = self._stack.enter_context(Upstream())
        port = self._upstream.port
        own = [endpoint("fine", port, ["fine"]), endpoint("odd", port, ["odd"])]
        routes = [{**route, "timeout": "60s"} for route in (*own, *endpoints(dict(self._faults), port))]
        config = written(self._folder, {"plugin": self._plugin(), "endpoints": routes})
        cache = str(self._folder / "cache")
        for _ in range(STARTS):
            gateway = LimitedGateway(config, site=site.path, start_within_s=120.0, XDG_CACHE_HOME=cache)
            self._gateway = gateway.__enter__()
            # NOTE: on a machine that has a lot to do, probes of what is well may end too late
            if {event["place"] for event in gateway.events(code="KX023")} <= LATE:
                break
            gateway.__exit__()
        self._stack.push(gateway)
        if self.tier == "process":
            self._gateway.wait_for(lambda: self._gateway.events("host ready", instance="fine"), 60)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def events(self, **fields: Any) -> list[dict[str, Any]]:
        """What the gateway has logged."""
        return self._gateway.events(**fields)

    def _plugin(self) -> dict[str, Any]:
        # NOTE: what becomes of whoever fails again and again is in `test_quarantine`
        defaults = {"isolation": self.tier, "timeout": "15s", "quarantine": {"overruns": 0, "errors": 0}}
        statuses = STATUSES[self.tier]
        instances: dict[str, dict[str, Any]] = {
            name_of(id): {"timeout": f"{TIMEOUT_S}s"} for id in self._faults if {0, 504} & set(statuses[id])
        }
        for id, words in INSTANCES.items():
            if self.tier == "process" and id in self._faults:
                instances[name_of(id)] = instances.get(name_of(id), {}) | words
        instances[name_of("X-46 crash loop")] = {"quarantine": {"overruns": 3, "lasts": "10m"}}
        return {"defaults": defaults, "instances": instances}

    def run(self) -> list[Row]:
        """Ask for every fault; what came of each."""
        return [self._row(id) for id in self._faults]

    def _row(self, id: str) -> Row:
        name, row = name_of(id), Row(id, self.tier)
        before = len(self._gateway.events())
        tally = asyncio.run(self._asked(name, row))
        self._settle()
        events = self._gateway.events()[before:]
        died = [event for event in events if event["message"] == "worker died"]
        row.asked, row.lost, row.deaths = tally.answered + len(tally.lost), len(tally.lost), len(died)
        going = [event for event in events if "has no descriptor left" in event["message"]]
        row.allowed = BYSTANDERS * len(died) + BYSTANDERS * MEANWHILE * len(going) + ALLOWED.get((id, self.tier), 0)
        row.hits = self._upstream.hits.get(name, 0)
        row.told = _told([*self._gateway.events(instance=name), *died])
        row.recovery_s = _recovery([event for event in events if event.get("instance", name) == name or event in died])
        if self.tier == "inproc" and id in CALLED:
            self._replace_workers()
        return row

    async def _asked(self, name: str, row: Row) -> Tally:
        async with Bystanders(self._gateway.port, BYSTANDERS) as tally:
            for number in range(3 * TIMES if name == name_of("X-46 crash loop") else TIMES):
                try:
                    row.statuses.append((await ask_once(self._gateway.port, f"/{name}/{number}")).status)
                except Lost:
                    row.statuses.append(0)
        return tally

    def _settle(self) -> None:
        """Wait until as many workers serve as there should be."""
        gateway = self._gateway
        gateway.wait_for(lambda: len(self._ready()) >= gateway.workers, 30)

    def _ready(self) -> set[int]:
        events = self._gateway.events()
        ready = {event["pid"] for event in events if event["message"] == "worker ready"}
        gone = {event["pid"] for event in events if event["message"] in ("worker died", "worker stopped")}
        return {pid for pid in ready - gone if _is_running(pid)}

    def _replace_workers(self) -> None:
        """Have new workers: what an extension has done to the old ones is not to be seen in the next row."""
        old = self._ready()
        for pid in old:
            os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while self._ready() & old and time.monotonic() < deadline:
            time.sleep(0.01)
        self._settle()


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def _told(events: list[dict[str, Any]]) -> str:
    """What the operator was told first: the code, or the message of an event that has none."""
    events = [event for event in events if event["level"] in ("ERROR", "WARNING", "CRITICAL")]
    code = next((event["code"] for event in events if "code" in event), "")
    return code or next((event["message"] for event in events), "")


def _recovery(events: list[dict[str, Any]]) -> float | None:
    """The longest time from the end of a worker or host to the next that was ready."""
    ends = [event for event in events if event["message"] in ("worker died", "host ended")]
    found = []
    for end in ends:
        what = "worker ready" if end["message"] == "worker died" else "host ready"
        ready = [at(event) - at(end) for event in events if event["message"] == what and at(event) >= at(end)]
        found += [min(ready)] if ready else []
    return max(found, default=None)
