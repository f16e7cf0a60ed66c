"""The one step that mends a problem: a command to paste wherever there is one.

    mended(problem, candidate).remedy      # pip install 'redis>=5'
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from shlex import quote

from packaging.requirements import InvalidRequirement, Requirement

from krakpy.codes import Code
from krakpy.errors import Problem
from krakpy.extension.catalog import Candidate

#: what only the extension's author can mend: another release may have it mended
_AUTHORS = (
    Code.BAD_ENTRY_POINT, Code.IMPORT_RAISED, Code.IMPORT_EXITED, Code.KILLED, Code.TIMED_OUT, Code.MEMORY,
    Code.SLOW_IMPORT, Code.WRONG_KIND, Code.SIGNATURE, Code.UNKNOWN_HOOK,
)


def mended(problem: Problem, candidate: Candidate) -> Problem:
    """The problem of an installed extension with a remedy as specific as its metadata allows."""
    if problem.code is Code.MODULE_MISSING and (missing := list(_missing_requirements(candidate))):
        return replace(problem, remedy=f"pip install {' '.join(missing)}")
    if problem.code in _AUTHORS and not problem.remedy:
        return replace(problem, remedy=f"pip install --upgrade {candidate.distribution}")
    return problem


def reinstalled(problem: Problem) -> Problem:
    """The problem of a distribution whose metadata cannot be read, with the command that writes it again."""
    name = problem.place.removesuffix(".dist-info").removesuffix(".egg-info").partition("-")[0].replace("_", "-")
    return replace(problem, remedy=f"pip install --force-reinstall {quote(name)}") if name else problem


def _missing_requirements(candidate: Candidate) -> Iterator[str]:
    """What the distribution says that it needs and what is not installed."""
    for text in candidate.requires:
        try:
            wanted = Requirement(text)
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                version_of(wanted.name)
        except InvalidRequirement:
            continue
        except PackageNotFoundError:
            yield quote(f"{wanted.name}{wanted.specifier}")
