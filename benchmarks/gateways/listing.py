"""All gateways, by name."""
from __future__ import annotations

from pathlib import Path

from benchmarks.gateways.contract import Gateway
from benchmarks.gateways.envoy import Envoy
from benchmarks.gateways.handwritten import Handwritten
from benchmarks.gateways.haproxy import Haproxy
from benchmarks.gateways.krakend import Krakend
from benchmarks.gateways.krakpy import Krakpy
from benchmarks.gateways.nginx import Nginx


def gateways(
    *, krakend: Path | None = None, tree: Path | None = None, against: Path | None = None
) -> list[Gateway]:
    """In the order that tables show them."""
    ours = Krakpy(tree=tree.resolve() if tree else None)
    before = [] if against is None else [Krakpy("before", against.resolve())]
    return [ours, *before, Nginx(), Haproxy(), Envoy(), Krakend(krakend), Handwritten()]


def chosen(known: list[Gateway], names: list[str]) -> list[Gateway]:
    """Those that are named, all for none; ValueError for a name that is none."""
    if unknown := set(names) - {one.name for one in known}:
        have = ", ".join(one.name for one in known)
        raise ValueError(f"no gateway is called {', '.join(sorted(unknown))}; there are {have}")
    return [one for one in known if not names or one.name in names]
