"""What krakpy does not do yet, and what belongs to KrakenD Enterprise: the one table to delete lines from.

A key is `object.key`, or `object.key=value` where one value of it is meant. A key at its default is never refused.
"""
from __future__ import annotations

NOT_BUILT: dict[str, str] = {
    "service.async_agent": "async agents",
    "service.use_h2c": "HTTP/2 without TLS",
    "router.use_h2c": "HTTP/2 without TLS",
}
"""Key -> the feature, in words."""

_HTTP_1 = "Remove it once everything in front of the gateway speaks HTTP/1.1 to it."
REMEDIES: dict[str, str] = {"service.use_h2c": _HTTP_1, "router.use_h2c": _HTTP_1}
"""Key -> what to do where there is more to say than for all of them."""

ENTERPRISE: dict[str, str] = {
    "router.max_payload": "a limit for bodies of requests",
    "router.decompress_gzip": "compressed bodies of requests",
    "router.disable_gzip": "compressed answers",
    "telemetry/logging.access_log_format": "layouts of the access log",
    "telemetry/logging.access_log_custom_format": "layouts of the access log",
    "telemetry/logging.access_log_missing_key_marker": "layouts of the access log",
    "telemetry/logging.backend": "the log of backends' calls",
    "endpoint.proxy.max_payload": "a limit for bodies of requests",
    "endpoint.proxy.decompress_gzip": "compressed bodies of requests",
    "backend.backend/http/client.no_redirect": "redirects that are answered",
    "backend.backend/http/client.proxy_address": "forward proxies",
}
"""Key -> the feature, in words."""

DRIVERS_OF_ENTERPRISE: dict[str, str] = {
    "decoder/yaml": "the decoder of YAML",
}
"""Values of `encoding` and `output_encoding` by `family/name`; a package may bring them, so the manager decides."""
