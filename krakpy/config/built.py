"""What krakpy does not do yet, and what belongs to KrakenD Enterprise: the one table to delete lines from.

A key is `object.key`, or `object.key=value` where one value of it is meant. A key at its default is never refused.
"""
from __future__ import annotations

NOT_BUILT: dict[str, str] = {
    "service.async_agent": "async agents",
    "service.tls": "TLS on the listener",
    "service.use_h2c": "HTTP/2 without TLS",
    "service.disable_rest": "parameters that are a part of a segment",
    "service.sequential_start": "async agents",
    "service.max_header_bytes": "a limit for heads of requests",
    "service.read_timeout": "deadlines of the listener",
    "service.read_header_timeout": "deadlines of the listener",
    "service.write_timeout": "deadlines of the listener",
    "service.idle_timeout": "deadlines of the listener",
    "service.expect_continue_timeout": "waiting for 100 Continue",
    "client_tls.cipher_suites": "cipher suites of one's own",
    "client_tls.curve_preferences": "curves of one's own",
    "plugin.lock": "the lock file",
    "router.app_engine": "the headers of App Engine",
    "router.max_multipart_memory": "multipart bodies",
    "router.use_h2c": "HTTP/2 without TLS",
}
"""Key -> the feature, in words."""

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
    "backend.backend/http/client.client_tls": "TLS of a single backend",
}
"""Key -> the feature, in words."""

DRIVERS_OF_ENTERPRISE: dict[str, str] = {
    "decoder/fast-json": "the fast decoder of JSON",
    "decoder/yaml": "the decoder of YAML",
    "renderer/fast-json": "the fast renderer of JSON",
}
"""Values of `encoding` and `output_encoding` by `family/name`; a package may bring them, so the manager decides."""
