"""What probes found before: with a lock, an extension is tried again only where something differs.

    examined(settings.plugin, jobs, probe)  # verdicts: remembered where nothing differs, else asked for
"""
from __future__ import annotations

import hashlib
import json
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any, get_type_hints

import msgspec
from krakpy_sdk import __version__ as sdk_version

from krakpy import __version__
from krakpy.config.model import Plugin
from krakpy.extension.catalog import Candidate
from krakpy.extension.dependencies import python_of
from krakpy.extension.lock import Extension, Lock, LockError, read_lock
from krakpy.extension.locking import key_of, name_of
from krakpy.extension.probe import Instance, Job, Verdict
from krakpy.log_secrets import without_secrets

#: what a verdict says of the probe, not of the class that was looked at
_OF_THE_PROBE = frozenset({"candidate", "problems", "warnings", "import_s", "output", "settings"})
#: what of an object says where it stands in the file, and where the lock lies
_OF_THE_FILE = frozenset({"place", "plugin"})
#: what of a job is said elsewhere, or does not depend on the configuration
_OF_THE_JOB = frozenset({"candidate", "instances", "deadline_s", "memory_bytes"})


def examined(
    plugin: Plugin | None, jobs: Iterable[Job], examine: Callable[[Iterable[Job]], tuple[Verdict, ...]]
) -> tuple[Verdict, ...]:
    """The verdicts in the order of the jobs: what the lock knows is believed, all else is examined."""
    jobs = tuple(jobs)
    lock = _lock_of(plugin)
    known = [remembered(lock, job) if lock else None for job in jobs]
    asked = iter(examine(job for job, verdict in zip(jobs, known, strict=True) if verdict is None))
    return tuple(verdict or next(asked) for verdict in known)


def _lock_of(plugin: Plugin | None) -> Lock | None:
    try:
        return read_lock(plugin.lock) if plugin and plugin.lock else None
    except LockError:
        # NOTE: the gate has said so
        return None


def remembered(lock: Lock, job: Job) -> Verdict | None:
    """The verdict of an earlier probe, if it was of the same code, settings and surroundings; the gate has compared."""
    entry = lock.distributions.get(key_of(job.candidate))
    extension = entry.extensions.get(name_of(job.candidate)) if entry else None
    if entry is None or extension is None or entry.editable:
        return None
    tried = extension.probe
    is_same = tried.outcome == "good" and tried.where == where_of(job.candidate)
    if not is_same or not set(tried.uses).issuperset(digests_of(job)):
        return None
    return Verdict(job.candidate, **_facts(extension))


def facts_of(verdict: Verdict) -> dict[str, Any]:
    """What a verdict says of a class, as a lock keeps it: without what is as usual."""
    usual = Verdict(verdict.candidate)
    told = {field.name: getattr(verdict, field.name) for field in fields(Verdict) if field.name not in _OF_THE_PROBE}
    kept = {name: value for name, value in told.items() if value != getattr(usual, name)}
    # NOTE: as it will be read, with arrays and nothing else
    return msgspec.json.decode(msgspec.json.encode(kept), type=dict[str, Any])


def _facts(extension: Extension) -> dict[str, Any]:
    kinds = get_type_hints(Verdict)
    known = {field.name for field in fields(Verdict)} - _OF_THE_PROBE
    kept = {name: value for name, value in extension.facts.items() if name in known}
    return {name: msgspec.convert(value, kinds[name]) for name, value in kept.items()}


def digests_of(job: Job) -> set[str]:
    """The digests of all uses of an extension; of how it is tried, where nothing uses it."""
    surroundings = {field.name: getattr(job, field.name) for field in fields(Job) if field.name not in _OF_THE_JOB}
    return {digest_of(use, surroundings) for use in job.instances} or {digest_of(None, surroundings)}


def digest_of(use: Instance | None, surroundings: Mapping[str, Any]) -> str:
    """What tells one use of an extension from another with other settings, wherever it stands in the file."""
    # SECURITY: a lock is published; nobody shall guess a secret from its digest
    told = without_secrets({"use": _use(use) if use else None, **surroundings})
    text = json.dumps(told, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _use(use: Instance) -> dict[str, Any]:
    told = {field.name: getattr(use, field.name) for field in fields(Instance) if field.name != "place"}
    return told | {"settings": {name: said for name, said in use.settings.items() if name not in _OF_THE_FILE}}


def where_of(candidate: Candidate) -> str:
    """Where a verdict on a candidate holds."""
    python = python_of(candidate) or f"{sys.version_info.major}.{sys.version_info.minor}"
    sdk = candidate.sdk or sdk_version
    return f"python {python}, {sysconfig.get_platform()}, krakpy-sdk {sdk}, krakpy {__version__}"
