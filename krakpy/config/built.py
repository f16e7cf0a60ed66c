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
    "service.dns_cache_ttl": "hosts that are looked up",
    "service.output_encoding=xml": "XML",
    "service.output_encoding=yaml": "YAML answers",
    "service.output_encoding=negotiate": "answers in the client's format",
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
    "endpoint.output_encoding=xml": "XML",
    "endpoint.output_encoding=yaml": "YAML answers",
    "endpoint.output_encoding=negotiate": "answers in the client's format",
    "backend.sd=dns": "hosts that are looked up",
    "backend.sd=dns-shared": "hosts that are looked up",
    "backend.backend/http/client.send_body_on_redirect": "bodies that are sent again",
}
"""Key -> the feature, in words."""

ENTERPRISE: dict[str, str] = {
    "service.output_encoding=fast-json": "the fast JSON renderer; `json` gives the same answer",
    "router.max_payload": "a limit for bodies of requests",
    "router.decompress_gzip": "compressed bodies of requests",
    "router.disable_gzip": "compressed answers",
    "telemetry/logging.access_log_format": "layouts of the access log",
    "telemetry/logging.access_log_custom_format": "layouts of the access log",
    "telemetry/logging.access_log_missing_key_marker": "layouts of the access log",
    "telemetry/logging.backend": "the log of backends' calls",
    "endpoint.output_encoding=fast-json": "the fast JSON renderer; `json` gives the same answer",
    "endpoint.proxy.max_payload": "a limit for bodies of requests",
    "endpoint.proxy.decompress_gzip": "compressed bodies of requests",
    "backend.backend/http/client.no_redirect": "redirects that are answered",
    "backend.backend/http/client.proxy_address": "forward proxies",
    "backend.backend/http/client.client_tls": "TLS of a single backend",
}
"""Key -> the feature, in words."""

DECODERS_NOT_BUILT: dict[str, str] = {"xml": "XML", "rss": "RSS and Atom feeds"}
"""Values of a backend's `encoding` that KrakenD has; a package may bring their decoder, so the manager decides."""

DECODERS_OF_ENTERPRISE: dict[str, str] = {
    "fast-json": "the fast JSON decoder; `json` gives the same answer",
    "yaml": "YAML from backends",
}
"""Values of a backend's `encoding` that KrakenD Enterprise has; a package may bring their decoder too."""
