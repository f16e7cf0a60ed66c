"""Settings of an endpoint to change one thing of."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from krakpy.config.model import Backend, BackendProxy, Endpoint, EndpointProxy, Service
from krakpy.config.model_endpoint import BackendComponents
from krakpy.config.model_proxy import FlatmapOperation
from krakpy.config.settings import EndpointSettings, resolve


def backend(*, shadow: bool = False, shadow_timeout: float = 0.0, **keys: Any) -> Backend:
    """A backend as it is written, with these keys."""
    proxy = BackendProxy(shadow=shadow, shadow_timeout=shadow_timeout)
    keys = {"url_pattern": "/", "host": ("http://backend.test",), **keys}
    return Backend(extra_config=BackendComponents(proxy=proxy), **keys)


def endpoint(*backends: Backend, proxy: EndpointProxy | None = None, **changes: Any) -> EndpointSettings:
    """`GET /test` with these backends, or one; keywords change its settings."""
    written = Endpoint(endpoint="/test", backend=backends or (backend(),))
    settings = resolve(Service(endpoints=(written,))).endpoints[0]
    return msgspec.structs.replace(settings, proxy=proxy or settings.proxy, **changes)


def flatmap(*operations: Sequence[str]) -> EndpointProxy:
    """An endpoint's `proxy` with a flatmap filter; each operation is its type and its paths."""
    steps = tuple(FlatmapOperation(type=type, args=tuple(args)) for type, *args in operations)
    return EndpointProxy(flatmap_filter=steps)
