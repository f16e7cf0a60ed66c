"""Refuses hosts that are not served, sends clients to TLS, and tells browsers what they may do with an answer.

    secure = HttpSecure(settings, next)
    secure.admit(request)       # the request, or 500 `Bad Host`, or 301 to https
"""
from __future__ import annotations

import html
import secrets
from collections.abc import Callable
from typing import Protocol
from urllib.parse import quote

import re2
from krakpy_sdk import ConfigError, Headers, Proxy, Request, Response, RouterMiddleware, RouterSettings
from krakpy_sdk.screening import Screen

from krakpy_http_secure.config import HttpSecureConfig

_BAD_HOST = Response(
    500,
    headers=Headers({"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}),
    body=b"Bad Host\n",
)
#: for how many answers' fields it is remembered what becomes of them
_MOST_KEPT = 256
#: what stands for a number in a policy that is another one in every answer
_NONCE = "$NONCE"


class Pattern(Protocol):
    """A compiled regular expression."""

    def fullmatch(self, text: str, /) -> object | None:
        """Something, if the whole text matches."""


class HttpSecure(Screen):
    """Guards all that the router answers but its health check and its redirects (KrakenD: the same)."""

    Config = HttpSecureConfig

    def __init__(self, settings: RouterSettings, next: Proxy) -> None:
        super().__init__(settings, next)
        config: HttpSecureConfig = settings.config
        self._config = config
        self._is_tls = settings.is_tls
        is_checked = bool(config.allowed_hosts) and not config.is_development
        self._is_served = _served(config) if is_checked else None
        self._redirects = config.ssl_redirect and not config.is_development
        self._sends_sts = config.sts_seconds > 0 and not config.is_development
        self._fields = _fields(config)
        self._kept: dict[int, tuple[Headers, Headers]] = {}
        self._policy = config.content_security_policy.replace(_NONCE, "'nonce-%s'")
        self._has_nonce = _NONCE in config.content_security_policy
        self._sts = f"max-age={config.sts_seconds}" + ("; includeSubDomains" if config.sts_include_subdomains else "")

    def admit(self, request: Request) -> Request | Response:
        """The request, unless its host is not served or it has to come again over TLS."""
        if self._is_served is not None and not self._is_served(self._host(request)):
            return _BAD_HOST
        if self._redirects and not self._is_secure(request):
            return self._redirect(request)
        return request

    def finish(self, request: Request, response: Response) -> Response:
        """The answer with its security headers; a backend's own are replaced."""
        headers = self._with_fields(response.headers)
        if self._has_nonce:
            headers = headers.set("Content-Security-Policy", self._policy % secrets.token_urlsafe(16))
        if self._sends_sts and (self._config.force_sts_header or self._is_secure(request)):
            headers = headers.set("Strict-Transport-Security", self._sts)
        return response.replace(headers=headers)

    def _with_fields(self, headers: Headers) -> Headers:
        # PERF: most answers of an endpoint have one object for their fields: 0.2 µs in place of 3
        kept = self._kept.get(id(headers))
        if kept is None or kept[0] is not headers:
            made = headers
            for name, value in self._fields:
                made = made.set(name, value)
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            kept = self._kept[id(headers)] = headers, made
        return kept[1]

    def _host(self, request: Request) -> str:
        for name in self._config.host_proxy_headers:
            if host := request.headers.get(name, ""):
                return host
        return request.headers.get("Host", "")

    def _is_secure(self, request: Request) -> bool:
        proofs = self._config.ssl_proxy_headers.items()
        return self._is_tls or any(request.headers.get(name) == value for name, value in proofs)

    def _redirect(self, request: Request) -> Response:
        host = self._config.ssl_host or self._host(request)
        path = quote(request.path, safe="/~$&+,:;=@!*'()")
        query = request.query.encode()
        location = f"https://{quote(host, safe=':[]')}{path}{'?' if query else ''}{query}"
        if request.method not in ("GET", "HEAD"):
            return Response(301, headers=Headers({"Location": location}), body=b"")
        headers = Headers({"Content-Type": "text/html; charset=utf-8", "Location": location})
        body = f'<a href="{html.escape(location)}">Moved Permanently</a>.\n\n'
        return Response(301, headers=headers, body=body.encode())


def _served(config: HttpSecureConfig) -> Callable[[str], bool]:
    """Whether a host is one that is served."""
    if not config.allowed_hosts_are_regex:
        hosts = frozenset(host.lower() for host in config.allowed_hosts)
        return lambda host: host.lower() in hosts
    patterns = [_pattern(text, index) for index, text in enumerate(config.allowed_hosts)]
    return lambda host: any(pattern.fullmatch(host) for pattern in patterns)


def _pattern(text: str, index: int) -> Pattern:
    options = re2.Options()
    options.log_errors = False
    try:
        pattern: Pattern = re2.compile(text, options=options)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise ConfigError(f"is no regular expression: {reason}", path=f"allowed_hosts[{index}]") from None
    return pattern


def _fields(config: HttpSecureConfig) -> tuple[tuple[str, str], ...]:
    """The headers that are the same in every answer."""
    frame = config.custom_frame_options_value or ("DENY" if config.frame_deny else "")
    has_nonce = _NONCE in config.content_security_policy
    fields = {
        "X-Frame-Options": frame,
        "X-Content-Type-Options": "nosniff" if config.content_type_nosniff else "",
        "X-XSS-Protection": "1; mode=block" if config.browser_xss_filter else "",
        "Content-Security-Policy": "" if has_nonce else config.content_security_policy,
        "Referrer-Policy": config.referrer_policy,
    }
    return tuple((name, value) for name, value in fields.items() if value)


_guard: type[RouterMiddleware] = HttpSecure
