"""What one rule finds in a configuration."""
from typing import Any

from krakpy.cli.audit.audited import Audited
from krakpy.cli.audit.rules import RULES
from krakpy.config.decoding import decode
from krakpy.config.model import Service
from krakpy.config.report import Report


def audited(document: dict[str, Any], **seen: Any) -> Audited:
    """A configuration with these keys, as an audit sees it."""
    service = decode(Service, {"version": 3, **document}, "", Report(), weak=True)
    return Audited(path="krakend.json", service=service, **seen)


def places(rule: str, document: dict[str, Any], **seen: Any) -> list[str]:
    """Where a rule applies."""
    (find,) = (known.find for known in RULES if known.id == rule)
    return list(find(audited(document, **seen)))


def extra(**components: Any) -> dict[str, Any]:
    """`extra_config` with namespaces, `__` for a slash: `extra(auth__validator={})`."""
    return {"extra_config": {name.replace("__", "/").replace("_", "-"): value for name, value in components.items()}}


def one_endpoint(backend: dict[str, Any] | None = None, **keys: Any) -> dict[str, Any]:
    """A service with one endpoint."""
    return {"endpoints": [{"endpoint": "/a", "backend": [backend or {}], **keys}]}
