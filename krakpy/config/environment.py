"""The environment's word over the file: `KRAKEND_PORT=8081` replaces the root's `port`.

KrakenD reads `KRAKEND_<KEY>`; `KRAKPY_<KEY>` is the same, and wins where both are set.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_origin

from krakpy.codes import Code
from krakpy.config.fields import fields_of, has_fields
from krakpy.config.model import Service
from krakpy.config.report import Report
from krakpy.errors import Problem

PREFIXES = ("KRAKEND_", "KRAKPY_")

# NOTE: `KRAKEND_VERSION` names a release in many images, never the version of the format
_OUT_OF_REACH = frozenset({"version"})

KUBERNETES = "Kubernetes sets it for a Service of that name: set `enableServiceLinks: false`, or rename the Service."


def overrides(environ: Mapping[str, str], report: Report) -> dict[str, str]:
    """The names of variables by the root key that each replaces; those of objects are refused.

    Variables that are no root key (`KRAKPY_CONFIG`, `KRAKEND_ENABLE_PLUGINS`) are none of our business here.
    """
    keys = fields_of(Service).by_key.keys() - _OUT_OF_REACH
    found: dict[str, str] = {}
    for prefix in PREFIXES:
        for variable in sorted(environ):
            key = variable.removeprefix(prefix).lower()
            if variable.startswith(prefix) and key in keys:
                found |= _override(variable, key, report)
    return found


def _override(variable: str, key: str, report: Report) -> dict[str, str]:
    if _is_object(fields_of(Service).by_key[key].kind):
        report.error(Code.WRONG_TYPE, variable, f"`{key}` cannot be set by a variable", "Set it in the file.")
        return {}
    return {key: variable}


def _is_object(kind: Any) -> bool:
    arguments = getattr(kind, "__args__", ())
    return has_fields(get_origin(kind) or kind) or any(has_fields(argument) for argument in arguments)


def apply(document: dict[str, Any], environ: Mapping[str, str], variables: Mapping[str, str]) -> dict[str, Any]:
    """The document with the variables' values in the place of its own."""
    kept = {key: value for key, value in document.items() if key.lower() not in variables}
    return kept | {key: environ[variable] for key, variable in variables.items()}


def named(problem: Problem, variables: Mapping[str, str]) -> Problem | None:
    """The problem as one of the variable that it comes from; None for a warning that a text is not a number."""
    variable = variables.get(problem.place)
    if variable is None:
        return problem
    if problem.code is Code.WEAK_TYPE:
        return None
    remedy = KUBERNETES if "://" in problem.message else problem.remedy
    return Problem(problem.code, variable, problem.message, remedy, problem.severity)
