"""What to say about a name that nothing installed answers: what it is, and which step gets it."""
from __future__ import annotations

from difflib import get_close_matches
from typing import Literal

from krakpy.codes import Code
from krakpy.config.built import DRIVERS_OF_ENTERPRISE
from krakpy.config.namespaces import NAMESPACES, Namespace, may_guard
from krakpy.errors import Problem
from krakpy.extension.catalog import Catalog, known_drivers, known_packages
from krakpy.extension.contracts import contract_of
from krakpy.extension.needs import FAMILIES

Severity = Literal["error", "warning"]


def unanswered(families: tuple[str, ...], name: str, catalog: Catalog) -> Problem:
    """The problem of a name that no candidate of these families has; its place is the caller's to fill in.

    It is a warning for a component of KrakenD's where KrakenD does not look at it, unless it may be a guard.
    """
    kind = contract_of(families[0]).kind
    if kind == "middleware":
        return _namespace(families, name, catalog)
    what = "hook" if kind == "hook" else families[0]
    code = Code.NOT_INSTALLED if kind == "hook" else Code.UNKNOWN_NAME
    enterprise = DRIVERS_OF_ENTERPRISE.get(f"{families[0]}/{name}")
    if enterprise:
        return Problem(Code.ENTERPRISE, "", f"{name!r} is {enterprise} of KrakenD Enterprise")
    distribution, slash, _ = name.partition("/")
    package = known_drivers().get(families[0], {}).get(name)
    if package:
        return Problem(code, "", f"no installed package offers the {what} {name!r}", f"pip install {package}")
    install = f"pip install {distribution}" if slash else f"pip install the package that offers the {what} {name!r}"
    remedy = _near(families, name, catalog) or install
    return Problem(code, "", f"no installed package offers the {what} {name!r}", remedy)


def _namespace(families: tuple[str, ...], name: str, catalog: Catalog) -> Problem:
    known = NAMESPACES.get(name)
    levels = _other_levels(families, known)
    if levels:
        message = f"this namespace has no meaning here: it stands at {levels}"
        # SECURITY: KrakenD ignores it; a guard that nobody will meet has to be noticed
        severity: Severity = "error" if may_guard(name) else "warning"
        return Problem(Code.UNKNOWN_NAMESPACE, "", message, "move it", severity)
    message = "no installed extension answers this namespace"
    package = known_packages().get(name)
    if package:
        return Problem(Code.UNKNOWN_NAMESPACE, "", message, f"pip install {package}")
    if known and known.edition == "EE":
        return Problem(Code.ENTERPRISE, "", "is a component of KrakenD Enterprise", "remove it")
    if known:
        message = "is a component of KrakenD that no released package of krakpy answers yet"
        return Problem(Code.UNKNOWN_NAMESPACE, "", message, "remove it, or install a package that answers it")
    remedy = _near(families, name, catalog) or "pip install the package that answers it, or remove the key"
    return Problem(Code.UNKNOWN_NAMESPACE, "", message, remedy)


def _other_levels(families: tuple[str, ...], known: Namespace | None) -> str:
    """The levels where KrakenD has a namespace, if this one is none of them."""
    here = next((level for level, own in FAMILIES.items() if own == families), None)
    if known is None or known.edition == "EE" or here is None or here in known.levels:
        return ""
    return " and ".join(f"the {level}" for level in sorted(known.levels))


def _near(families: tuple[str, ...], name: str, catalog: Catalog) -> str:
    near = get_close_matches(name, sorted(catalog.names(families)), 1)
    return f"did you mean {near[0]!r}?" if near else ""
