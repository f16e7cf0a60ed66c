"""The root `plugin` object: which extensions may load, and how each one runs.

    "plugin": {"allow": ["acme-geo/geo"], "instances": {"geo": {"from": "acme-geo/geo", "isolation": "inproc"}}}
"""
from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta, field

from krakpy.config.kinds import Count, Model, Seconds

Isolation = Literal["inproc", "process", "venv"]
OnError = Literal["fail", "skip"]
Mode = Literal["enforce", "shadow", "off"]


AtLeastOne = Annotated[int, Meta(ge=1)]


class HostLimits(Model, frozen=True, kw_only=True):
    """What one host may use, as the operating system enforces it; 0 is no limit."""

    memory_mb: Count = 2048
    """Address space in MiB: an allocation beyond it fails in the host (`RLIMIT_AS`)."""

    files: Count = 256
    """Files and connections that are open at once (`RLIMIT_NOFILE`)."""

    processes: Count = 0
    """Processes and threads of the host's user, all together (`RLIMIT_NPROC`): give the host a `user` of its own first.
    It means nothing to root."""

    cpu: Seconds = 0.0
    """Processor time in a host's whole life, after which it is ended (`RLIMIT_CPU`)."""


class Recycle(Model, frozen=True, kw_only=True):
    """When a host is replaced although nothing is wrong with it; 0 is never. Its successor is ready before it goes."""

    requests: Count = 0
    """Calls that it answered."""

    age: Seconds = 0.0
    """Time since it was ready."""

    memory_mb: Count = 0
    """Resident memory in MiB."""


class Quarantine(Model, frozen=True, kw_only=True):
    """How much an instance may fail before it is not called for a while."""

    overruns: Annotated[int, Meta(ge=0, le=32)] = 3
    """Calls that took longer than `timeout`, and processes that died of a call, together; 0 is never."""

    errors: Annotated[int, Meta(ge=0, le=128)] = 20
    """Calls that raised, or returned what the contract does not allow; 0 is never."""

    within: Seconds = 60.0
    """The time in which so many have to fall."""

    lasts: Seconds = 30.0
    """How long it is not called; twice as long after each probation that fails, up to ten minutes."""

    trials: AtLeastOne = 3
    """Calls in a row, one at a time, that have to go well before it counts as mended."""


class InstanceDefaults(Model, frozen=True, kw_only=True):
    """What holds for every instance that does not say otherwise; a value here is the operator's explicit word."""

    isolation: Isolation | None = None
    """Where the code runs: in the worker (`inproc`), in a process of its own, or in one under another interpreter with
    its own environment (`venv`). Hooks of third parties run in a `process` unless this says otherwise."""

    timeout: Seconds | None = None
    """Longest time of one call."""

    on_error: OnError | None = None
    """What a failing call means: the request fails (`fail`), or goes on without the extension (`skip`)."""

    mode: Mode | None = None
    """`enforce`; `shadow` runs, records and discards; `off` does not run."""

    python: str | None = None
    """The interpreter of the other virtual environment, for `"isolation": "venv"`."""

    hosts: AtLeastOne | None = None
    """Processes that share the calls of one instance; 1 if nothing is said."""

    concurrency: AtLeastOne | None = None
    """`def` hooks that run at once in one host, in threads; 1 if nothing is said: one after the other, as in a worker.
    `async def` hooks are not counted."""

    env: tuple[str, ...] | None = None
    """Variables of the gateway's environment that a host sees beside `PATH`, `LANG` and `TZ`."""

    user: str | None = None
    """The user that a host runs as, where the gateway runs as root."""

    limits: HostLimits | None = None
    """What one host may use."""

    recycle: Recycle | None = None
    """When a host is replaced although nothing is wrong with it."""

    quarantine: Quarantine | None = None
    """How much it may fail before it is not called for a while."""


class Instance(InstanceDefaults, frozen=True, kw_only=True):
    """One extension under a name of the operator's choice, or under its own id."""

    from_: str = field(name="from", default="")
    """The id of the extension (`distribution/name`); empty: the instance's key is the id."""

    config: Any = None
    """The extension's own settings, where no other place of the file holds them."""


class Plugin(Model, frozen=True, kw_only=True):
    """The first of the two gates for third-party code; the other is the variable `KRAKPY_ENABLE_PLUGINS`."""

    ACCEPTED: ClassVar[dict[str, str]] = {"folder": "Extensions are installed with pip; remove the key."}

    pattern: str = ""
    """A text that must be part of an extension's id (`acme-geo/geo`); empty, or KrakenD's `.so`: all."""

    allow: tuple[str, ...] = ()
    """The ids that may load; empty: all."""

    deny: tuple[str, ...] = ()
    """The ids that may not load, whatever `allow` says."""

    lock: str = ""
    """Path of the lock file that pins what may load (`krakpy ext lock` writes it), from the configuration's folder:
    with one, nothing of third parties is imported that is not in it or differs from it."""

    defaults: InstanceDefaults = InstanceDefaults()
    """What holds for every instance that does not say otherwise."""

    instances: dict[str, Instance] = field(default_factory=dict)
    """The instances by alias or by id."""
