"""Configurations in the shape that the seats get them, written as short as a test needs."""
from __future__ import annotations

import json
from typing import Any

from krakpy.config.loading import load
from krakpy.config.settings import ServiceSettings

BACKEND = {"host": ["http://backend.test"], "url_pattern": "/"}
MODIFIERS = "plugin/req-resp-modifier"


def service(folder, *endpoints: dict[str, Any], **root: Any) -> ServiceSettings:
    """The settings of a file with these endpoints; each one is given a path and a backend if it has none."""
    numbered = [
        {"endpoint": f"/{number}", "backend": [BACKEND], **endpoint} for number, endpoint in enumerate(endpoints)
    ]
    path = folder / "krakend.json"
    path.write_text(json.dumps({"version": 3, "endpoints": numbered, **root}))
    return load(path, {}).settings


def hooked(*names: str, **configs: Any) -> dict[str, Any]:
    """An endpoint that lists these hooks; keywords are their settings."""
    return {"extra_config": {MODIFIERS: {"name": list(names), **configs}}}


def behind(*names: str, **configs: Any) -> dict[str, Any]:
    """An endpoint whose backend lists these hooks."""
    return {"backend": [{**BACKEND, **hooked(*names, **configs)}]}


def at_endpoint(**namespaces: Any) -> dict[str, Any]:
    """An endpoint with these namespaces; `__` in a keyword stands for a slash."""
    return {"extra_config": {name.replace("__", "/"): value for name, value in namespaces.items()}}


def at_backend(**namespaces: Any) -> dict[str, Any]:
    """An endpoint whose backend has these namespaces."""
    return {"backend": [{**BACKEND, **at_endpoint(**namespaces)}]}
