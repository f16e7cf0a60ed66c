"""What an operator writes under `security/http`."""
from __future__ import annotations

import re
from dataclasses import dataclass, field

from krakpy_sdk import ConfigError

_HOST = re.compile(r"[^\x00-\x20/?#@\\]+")
_VALUE = re.compile(r"[\t\x20-\x7e]*")
_TEXTS = ("custom_frame_options_value", "content_security_policy", "referrer_policy")


@dataclass(frozen=True)
class HttpSecureConfig:
    """The settings of `security/http` (KrakenD: the same keys)."""

    allowed_hosts: tuple[str, ...] = ()
    """The values of `Host` that are served, with their port if they have one; empty: any. Others get 500 `Bad Host`."""

    allowed_hosts_are_regex: bool = False
    """`allowed_hosts` are regular expressions (RE2), each for a whole host."""

    host_proxy_headers: tuple[str, ...] = ()
    """Headers that may hold the host in place of `Host`; the first that is there counts."""

    ssl_redirect: bool = False
    """Redirect requests that did not come over TLS with 301 to `https`."""

    ssl_host: str = ""
    """The host of that redirect; empty: the request's own."""

    ssl_proxy_headers: dict[str, str] = field(default_factory=dict)
    """Headers that prove with their value that a request came over TLS: `{"X-Forwarded-Proto": "https"}`."""

    sts_seconds: int = 0
    """`max-age` of `Strict-Transport-Security`, sent over TLS; 0: not sent."""

    sts_include_subdomains: bool = False
    """Add `includeSubDomains` to it."""

    force_sts_header: bool = False
    """Send it without TLS too."""

    frame_deny: bool = False
    """Send `X-Frame-Options: DENY`."""

    custom_frame_options_value: str = ""
    """Send this as `X-Frame-Options`."""

    content_type_nosniff: bool = False
    """Send `X-Content-Type-Options: nosniff`."""

    browser_xss_filter: bool = False
    """Send `X-XSS-Protection: 1; mode=block`."""

    content_security_policy: str = ""
    """Send this as `Content-Security-Policy`."""

    referrer_policy: str = ""
    """Send this as `Referrer-Policy`."""

    hpkp_public_key: str = ""
    """Accepted without effect: browsers have given up `Public-Key-Pins` (KrakenD: the same)."""

    is_development: bool = False
    """Leave out the check of hosts, the redirect and `Strict-Transport-Security`."""

    def __post_init__(self) -> None:
        for name in _TEXTS:
            if not _VALUE.fullmatch(getattr(self, name)):
                raise ConfigError("cannot be sent as a header", path=name)
        if self.ssl_host and not _HOST.fullmatch(self.ssl_host):
            raise ConfigError("is no host", path="ssl_host")
        if self.sts_seconds < 0:
            raise ConfigError("must not be negative", path="sts_seconds")
