"""What the service's `extra_config` says to the core: the router's options and the logs."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from krakpy_sdk import ConfigError
from msgspec import field

from krakpy.config.kinds import Count, Model


class Router(Model, frozen=True, kw_only=True):
    """Options of the router (KrakenD: `extra_config.router`)."""

    ABSENT: ClassVar[dict[str, str]] = {
        "case_insensitive": "Remove it: KrakenD has no such option either. Both redirect a path in the wrong case to "
        "the right one unless `disable_redirect_fixed_path` is set.",
    }

    return_error_msg: bool = False
    """Write the gateway's error text as the body of a failed request; else the body is empty."""

    hide_version_header: bool = False
    """Answer `X-Krakend: Version undefined` instead of the version."""

    error_body: dict[str, Any] = field(default_factory=dict)
    """The JSON documents that are answered for `404` (no such path) and `405` (no such method); else a line of text."""

    auto_options: bool = False
    """Answer OPTIONS on every path with the methods that it has, in `Allow`."""

    disable_access_log: bool = False
    """Write no line for each request."""

    logger_skip_paths: tuple[str, ...] = ()
    """Exact paths whose requests are not logged."""

    disable_health: bool = False
    """Have no health check."""

    health_path: str = "/__health"
    """The path of the health check."""

    disable_handle_method_not_allowed: bool = False
    """Answer 404 instead of 405 when the path exists with other methods only."""

    disable_redirect_trailing_slash: bool = False
    """Do not redirect to the same path with or without a slash at its end."""

    disable_redirect_fixed_path: bool = False
    """Do not redirect to the same path cleaned and in the right case."""

    remove_extra_slash: bool = False
    """Match paths with doubled slashes as if they were single."""

    disable_path_decoding: bool = False
    """Let path parameters through that are still encoded after decoding; else they are answered 400."""

    forwarded_by_client_ip: bool = False
    """Take the client's address from `remote_ip_headers` when the peer is one of `trusted_proxies`."""

    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks (CIDR) whose forwarding headers are believed."""

    remote_ip_headers: tuple[str, ...] = ("X-Forwarded-For", "X-Real-IP")
    """The headers that are searched for the client's address, in order."""

    app_engine: bool = False
    """Believe `X-Appengine-Remote-Addr`, before `remote_ip_headers`, when the peer is one of `trusted_proxies`."""

    max_multipart_memory: Count = 0
    """Bytes of memory for parsing multipart bodies. No effect: no body is parsed as a form, in KrakenD neither."""

    use_h2c: bool = False
    """HTTP/2 without TLS: the spelling before the service's own `use_h2c`."""

    max_payload: Count = 0
    """Largest body of a request, in bytes, for all endpoints; 0: no limit (KrakenD Enterprise)."""

    decompress_gzip: bool = False
    """Decompress bodies of requests before they are forwarded (KrakenD Enterprise)."""

    disable_gzip: bool = False
    """Do not compress answers (KrakenD Enterprise)."""

    def remarks(self) -> Iterator[ConfigError]:
        """What an operator may take for more than it is."""
        if self.app_engine and not self.trusted_proxies:
            message = "has no effect without `trusted_proxies`: what anybody may send is not believed"
            yield ConfigError(message, path="app_engine")
        if self.max_multipart_memory:
            message = "has no effect: no body is parsed as a form, in KrakenD neither"
            yield ConfigError(message, path="max_multipart_memory")


class BackendLog(Model, frozen=True, kw_only=True):
    """A log line for each call of a backend (KrakenD Enterprise)."""

    custom_format: str = ""
    """The layout of the line."""

    log_with_level: bool = False
    """Choose the level by the outcome."""

    no_value: str = "-"
    """What stands for a missing value."""

    prefix: str = ""
    """A text before each line."""


class Logging(Model, frozen=True, kw_only=True):
    """The application's log (KrakenD: `telemetry/logging`)."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "DEBUG"
    """The lowest level that is written."""

    prefix: str = ""
    """A text before each message."""

    stdout: bool = False
    """Write to the standard output."""

    syslog: bool = False
    """Write to the system's log."""

    syslog_facility: str = "local3"
    """The facility of the system's log."""

    format: Literal["default", "logstash", "custom"] = "default"
    """The layout: lines of text (`default`), JSON (`logstash`) or `custom_format`."""

    custom_format: str = ""
    """The layout for `"format": "custom"`."""

    access_log_format: str = ""
    """The layout of the access log (KrakenD Enterprise)."""

    access_log_custom_format: str = ""
    """The custom layout of the access log (KrakenD Enterprise)."""

    access_log_missing_key_marker: str = "-"
    """What stands for a missing value in the access log (KrakenD Enterprise)."""

    backend: BackendLog | None = None
    """A log line for each call of a backend (KrakenD Enterprise)."""
