"""What a probe is to try: each extension that somebody asks for, with all its uses and their real settings.

    jobs_of(planned.admissions, settings.plugin, planned.offers())
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import msgspec

from krakpy.config.model import Plugin
from krakpy.extension.catalog import Candidate
from krakpy.extension.contracts import contract_of
from krakpy.extension.gates import Admission
from krakpy.extension.needs import FAMILIES, LISTING, Need
from krakpy.extension.offers import Offers
from krakpy.extension.policy import instance_of, tier_of
from krakpy.extension.probe import Instance, Job

#: how many objects of a seat a middleware is built for in a probe that stands around all of them
_MOST_TRIED = 100


def jobs_of(admissions: Iterable[Admission], plugin: Plugin | None, offers: Offers) -> list[Job]:
    """One job for each extension that somebody asks for; of krakpy's own for those alone that have settings."""
    offered = offers.as_json()
    uses: dict[tuple[str, str], list[Admission]] = {}
    drivers: set[tuple[str, str]] = set()
    for admission in admissions:
        if admission.candidate.distribution == "krakpy" and not _has_own_settings(admission, plugin, drivers):
            continue
        if admission.candidate.is_first_party and _is_named(admission) and config_of(admission, plugin) is None:
            # NOTE: krakpy's own, and built by who asks for it
            continue
        uses.setdefault((admission.candidate.family, admission.candidate.id), []).append(admission)
    return [
        Job(
            group[0].candidate,
            tuple(instance for use in group for instance in _instances(use, plugin)),
            offers=offered,
            env=_env(group),
            protocol=offers.protocols.get(group[0].candidate.family, ""),
        )
        for group in uses.values()
    ]


def _env(group: list[Admission]) -> tuple[str, ...] | None:
    """The variables that the operator lists for an extension; None for one that a worker runs, where it sees all."""
    if any(tier_of(use.candidate, use.policy) == "inproc" for use in group):
        return None
    return tuple(sorted({name for use in group for name in use.policy.hosting.env}))


def _has_own_settings(admission: Admission, plugin: Plugin | None, drivers: set[tuple[str, str]]) -> bool:
    """Whether what is written for a component may be wrong: more than the names of hooks, or an instance of a driver.

    Of a driver the first use counts, and is noted: all that name it have one instance.
    """
    need = admission.need
    if need.families in FAMILIES.values():
        return need.name not in LISTING
    driver = admission.candidate.family, need.name
    if driver in drivers or config_of(admission, plugin) is None:
        return False
    drivers.add(driver)
    return True


def _instances(admission: Admission, plugin: Plugin | None) -> Iterator[Instance]:
    """The uses that one admission means: of what the service asks for in another seat, one for each object there."""
    need, candidate = admission.need, admission.candidate
    contract = contract_of(candidate.family)
    config = config_of(admission, plugin)
    use = Instance(
        place=need.place,
        name=need.name,
        # NOTE: with what a driver is built that others ask for, is known to them alone
        kind="named" if _is_named(admission) and config is None else contract.kind,
        config=config,
        hooks=need.hooks,
    )
    if contract.kind == "middleware":
        yield from (replace(use, settings=_plain(each) | {"service": each.service}) for each in _objects(admission))
    else:
        yield replace(use, settings=context_of(need, candidate))


def _is_named(admission: Admission) -> bool:
    """Whether it is a driver that others ask for by name."""
    return contract_of(admission.candidate.family).protocol is object


def _objects(admission: Admission) -> Iterable[Any]:
    """The objects that a middleware is built for."""
    need, candidate = admission.need, admission.candidate
    if candidate.slot == candidate.family:
        return (need.settings,)
    endpoints = getattr(need.settings, "endpoints", ())
    if candidate.family in ("router", "endpoint"):
        return islice(endpoints, _MOST_TRIED)
    return islice((backend for endpoint in endpoints for backend in endpoint.backends), _MOST_TRIED)


def context_of(need: Need, candidate: Candidate) -> dict[str, str]:
    """What the `Context` of a hook says about where it runs."""
    return {"id": candidate.id, "seat": need.seat, "endpoint": getattr(need.settings, "endpoint", "")}


def config_of(admission: Admission, plugin: Plugin | None) -> Any:
    """The settings of one use as the configuration has them: where it is listed, else at its instance."""
    need, candidate = admission.need, admission.candidate
    if need.config is not None or contract_of(candidate.family).kind == "middleware":
        return need.config
    instance = instance_of(plugin, need.name, candidate)
    return instance.config if instance else None


def _plain(settings: Any) -> dict[str, Any]:
    """The settings of an object as JSON has them, without what every object is given."""
    left_out = ("endpoints", "backends", "hooks", "config", "service", "log", "driver", "folder", "instances")
    fields = {name: getattr(settings, name) for name in settings.__struct_fields__ if name not in left_out}
    plain: dict[str, Any] = msgspec.to_builtins(fields, enc_hook=str)
    backends = getattr(settings, "backends", ())
    return plain | ({"backends": [_plain(backend) for backend in backends]} if backends else {})
