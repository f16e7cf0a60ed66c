"""Settings of a backend to change one thing of."""
from __future__ import annotations

from typing import Any

import msgspec

from krakpy.config.model import Backend, BackendHttp, BackendProxy, Endpoint, Service
from krakpy.config.model_proxy import FlatmapOperation
from krakpy.config.settings import BackendSettings, resolve


def backend(**changes: Any) -> BackendSettings:
    """A backend of `GET /test`; keywords change its settings."""
    written = Backend(url_pattern="/", host=("http://backend.test",))
    service = Service(endpoints=(Endpoint(endpoint="/test", backend=(written,)),))
    return msgspec.structs.replace(resolve(service).endpoints[0].backends[0], **changes)


def http(**keys: Any) -> dict[str, Any]:
    """A change of `backend/http`."""
    return {"http": BackendHttp(**keys)}


def flatmap(*operations: tuple[str, ...]) -> dict[str, Any]:
    """A change of `flatmap_filter`; each operation is its type and its paths."""
    steps = tuple(FlatmapOperation(type=type, args=tuple(args)) for type, *args in operations)
    return {"proxy": BackendProxy(flatmap_filter=steps)}
