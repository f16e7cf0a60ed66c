"""What is installed in another environment, as its own interpreter says: for `"isolation": "venv"`.

    environment = survey("/opt/geo/bin/python")
    environment.catalog.find(("hooks",), "geo")
"""
from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from typing import Any

import msgspec
from krakpy_sdk.frames import WIRE
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from krakpy.codes import Code
from krakpy.errors import Problem
from krakpy.extension.catalog import Candidate, Catalog

#: how long another interpreter may take to say what is installed
DEADLINE_S = 10.0

_GROUP = re.compile(r"krakpy\.([a-z]+)\.v(\d+)")


class _Offer(msgspec.Struct, frozen=True):
    folder: str
    version: str
    requires: list[str]
    entry_points: list[tuple[str, str, str]]
    location: str = ""


class _Survey(msgspec.Struct, frozen=True):
    python: str
    sdk: str
    wire: int
    offers: list[_Offer]
    unread: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment, or why it cannot be used."""

    catalog: Catalog = field(default_factory=lambda: Catalog(()))
    problem: Problem | None = None


def survey(python: str) -> Environment:
    """The environment of an interpreter. A child is spawned; nothing of the environment but the sdk is imported."""
    remedy = f"{python} -m pip install krakpy-sdk"
    try:
        ran = subprocess.run(
            # SECURITY: -I: no variable and no folder but the environment's own has a say in what runs
            [python, "-I", "-m", "krakpy_sdk.survey"], capture_output=True, stdin=subprocess.DEVNULL,
            timeout=DEADLINE_S, check=False, env={"PATH": os.environ.get("PATH", "")},
        )  # fmt: skip
        if ran.returncode:
            last = ran.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
            return _unusable(f"{python} cannot be a host: {last or f'exit status {ran.returncode}'}", remedy)
        found = msgspec.json.decode(ran.stdout, type=_Survey)
    except OSError as error:
        return _unusable(f"{python} cannot be started: {error.strerror}", "name the interpreter of an environment")
    except subprocess.TimeoutExpired:
        return _unusable(f"{python} did not say within {DEADLINE_S:g} s what is installed", "")
    except msgspec.DecodeError as error:
        return _unusable(f"{python} has another krakpy-sdk than this gateway can read: {error}", remedy)
    if found.wire != WIRE:
        message = f"krakpy-sdk {found.sdk} of {python} speaks version {found.wire} of the wire; this gateway {WIRE}"
        return _unusable(message, f"{python} -m pip install --upgrade krakpy-sdk")
    return Environment(Catalog(tuple(_candidates(found, python))))


def _unusable(message: str, remedy: str) -> Environment:
    return Environment(problem=Problem(Code.ISOLATION, "", message, remedy))


def _candidates(found: _Survey, python: str) -> Iterator[Candidate]:
    seen: set[str] = set()
    for offer in found.offers:
        name = canonicalize_name(offer.folder.removesuffix(".dist-info").removesuffix(".egg-info").partition("-")[0])
        if name in seen:
            continue
        seen.add(name)
        for group, point, value in offer.entry_points:
            match = _GROUP.fullmatch(group)
            if match:
                # SECURITY: nothing of another environment is krakpy's own, whatever it is called
                yield Candidate(
                    distribution=name, version=_version(offer.version), family=match[1], major=int(match[2]),
                    name=point, entry_point=EntryPoint(point, value, group), requires=tuple(offer.requires),
                    python=python, sdk=found.sdk, location=offer.location,
                )  # fmt: skip


def _version(text: Any) -> str:
    try:
        return str(Version(text))
    except InvalidVersion:
        return "unknown"
