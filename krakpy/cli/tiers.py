"""Where each hook of a configuration runs, told by its place: `inproc`, `process`, or `venv` with its interpreter.

    tiers(settings, os.environ)     # {"endpoints[0].extra_config.plugin/req-resp-modifier.geo": "process"}
"""
from __future__ import annotations

from collections.abc import Mapping

from krakpy.config.settings import ServiceSettings
from krakpy.extension.catalog import Catalog
from krakpy.extension.gates import Admission
from krakpy.extension.policy import tier_of
from krakpy.extension.preparing import plan


def tiers(
    settings: ServiceSettings, environ: Mapping[str, str], *, catalog: Catalog | None = None
) -> dict[str, str]:
    """The tier of every hook that may load, by its place."""
    planned, _ = plan(settings, environ=environ, catalog=catalog)
    return {a.need.place: tier(a) for a in planned.admissions if a.candidate.family == "hooks"}


def tier(admission: Admission) -> str:
    """The tier of one use, with the interpreter where that is another one."""
    found, python = tier_of(admission.candidate, admission.policy), admission.candidate.python
    return f"{found} {python}" if python else found
