"""Small configurations to change one thing of."""

from typing import Any


def backend(**keys: Any) -> dict[str, Any]:
    return {"url_pattern": "/b", "host": ["http://b.test"], **keys}


def endpoint(path: Any = "/a", **keys: Any) -> dict[str, Any]:
    return {"endpoint": path, "backend": [backend()], **keys}


def service(*endpoints: Any, **keys: Any) -> dict[str, Any]:
    return {"version": 3, "endpoints": list(endpoints), **keys}
