"""What `krakpy check-plugin` compares: what installed extensions need with what is there.

    checked, found = compared(("geo",), "krakpy.lock", "GLIBC-2.36")
"""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from krakpy.cli.ext.compatibility import Incompatibility, incompatibilities, libc
from krakpy.cli.ext.locking import verified
from krakpy.cli.ext.source import named
from krakpy.extension.catalog import Candidate, Catalog, read_catalog
from krakpy.extension.lock import LockError, read_lock
from krakpy.log_lines import printable


def compared(
    ids: tuple[str, ...], lock: str | None, wanted_libc: str | None
) -> tuple[list[str], list[Incompatibility]]:
    """The ids that were compared, and everything that does not fit."""
    catalog = read_catalog()
    checked = _checked(ids, catalog)
    found = [*_libc(wanted_libc), *(each for candidate in checked for each in incompatibilities(candidate))]
    found += [] if lock is None or is_go_sum(lock) else _locked(lock, catalog)
    return sorted({candidate.id for candidate in checked}), list(dict.fromkeys(found))


def is_go_sum(path: str) -> bool:
    """Whether a file is what KrakenD's plugins are compared by."""
    return Path(path).name == "go.sum"


def lines_of(found: list[Incompatibility], *, fixes: bool) -> Iterator[str]:
    """What KrakenD prints."""
    if not found:
        yield "No incompatibilities found!"
        return
    for each in found:
        yield each.fix if fixes else f"{printable(each.name)}\n\thave: {printable(each.have)}\n\twant: {each.want}"
    if not fixes:
        yield f"{len(found)} incompatibilities found" if len(found) > 1 else "1 incompatibility found"


def _checked(ids: tuple[str, ...], catalog: Catalog) -> list[Candidate]:
    if ids:
        return [candidate for id in ids for candidate in named(id, catalog)]
    return [candidate for candidate in catalog.candidates if candidate.distribution != "krakpy"]


def _libc(wanted: str | None) -> Iterator[Incompatibility]:
    have = libc()
    # NOTE: KrakenD writes the distribution behind it: GLIBC-2.36_(debian-12)
    if wanted and wanted.upper().partition("_")[0] != have:
        yield Incompatibility("libc", have, wanted, "run krakpy where that C library is")


def _locked(path: str, catalog: Catalog) -> list[Incompatibility]:
    """What is installed and not as a lock has it."""
    try:
        lock = read_lock(path)
    except LockError as error:
        raise click.BadParameter(str(error), param_hint="-s") from error
    return [
        Incompatibility(name, problem.message, lock.distributions[name].version, problem.advice)
        for name, problems in verified(lock, None, catalog)
        for problem in problems
        if problem.severity == "error"
    ]
