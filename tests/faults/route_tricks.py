"""Requests that try to reach a path of a backend that the gateway does not publish, as bytes for a socket."""
from __future__ import annotations

from collections.abc import Iterator
from itertools import product

#: what the backend has and the gateway does not publish
SECRET = "/internal/secret"

_METHODS = ("GET", "get", "Get", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "XGET")
_CLIMBS = (
    "../internal/secret", "..%2finternal%2fsecret", "..%2Finternal/secret", "%2e%2e/internal/secret",
    "%2e%2e%2finternal%2fsecret", ".%2e/internal/secret", "..%5cinternal%5csecret", "..\\internal\\secret",
    "..;/internal/secret", "..;a=b/internal/secret", "..%00/internal/secret", "..%0d%0a/internal/secret",
    "..%252finternal%252fsecret", "%252e%252e%252finternal%252fsecret", "..%c0%afinternal%c0%afsecret",
    "..%ef%bc%8finternal%ef%bc%8fsecret", "..%u2215internal%u2215secret", "x/../../internal/secret",
    "x%2f..%2f..%2finternal%2fsecret", "./../internal/secret", "..//internal/secret", "..%20/internal/secret",
    "?/../internal/secret", "%3f/../../internal/secret", "%23/../../internal/secret",
    "a%2f%2e%2e%2f%2e%2e%2finternal%2fsecret",
)  # fmt: skip
_BEFORE = ("/api/", "/api//", "//api/", "/./api/", "/api/./", "/api/x/", "/API/", "/%61pi/", "/api%2f", "/files/a/")
_SPELLINGS = (
    "/internal/secret", "/internal/secret/", "//internal/secret", "/internal//secret", "///internal/secret",
    "/./internal/secret", "/internal/./secret", "/internal/x/../secret", "/api/../internal/secret",
    "/INTERNAL/SECRET", "/Internal/Secret", "/%69nternal/secret", "/internal%2fsecret", "/internal%2Fsecret",
    "/internal%252fsecret", "/%2finternal/secret", "/%2e/internal/secret", "/internal;a/secret", "/;/internal/secret",
    "/internal/secret;v=1", "/internal/secret%00", "/internal/secret%20", "/internal/secret?", "/internal/secret#",
    "/internal/secret%23", "/internal/secret.json", "\\internal\\secret", "/internal\\secret", "/.;/internal/secret",
    "/api/..;/internal/secret", "/internal/secret%3f", "/internal/secret/.", "/internal/secret/..;/secret",
)  # fmt: skip
_OVERRIDES = (
    "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Path", "X-Forwarded-Prefix", "X-Original-URI", "X-Forwarded-URI",
    "X-Override-URL", "X-HTTP-DestinationURL", "Destination", "X-Proxy-URL", "Request-URI", "Base-URL", "Referer",
)  # fmt: skip
_VERBS = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method")


def _request(method: str, target: str, *fields: str, host: str = "gateway.test") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", *fields]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def tricks() -> Iterator[bytes]:
    """All of them."""
    for before, climb in product(_BEFORE, _CLIMBS):
        yield _request("GET", before + climb)
    for method, path in product(_METHODS, _SPELLINGS):
        yield _request(method, path)
    for scheme, path in product(("http://gateway.test", "https://gateway.test", "HTTP://gateway.test:80"), _SPELLINGS):
        yield _request("GET", scheme + path)
    for name, path in product(_OVERRIDES, ("/api/1", "/", "/api/..")):
        yield _request("GET", path, f"{name}: {SECRET}")
    for name, verb in product(_VERBS, ("GET", "PUT", "CONNECT")):
        yield _request("POST", SECRET, f"{name}: {verb}", "Content-Length: 0")
    for host in ("127.0.0.1", "localhost", "backend.internal", "gateway.test@127.0.0.1", "gateway.test/internal"):
        yield _request("GET", SECRET, host=host)
    yield from _through_queries()


def _through_queries() -> Iterator[bytes]:
    climbs = ("../internal/secret", "%2e%2e%2finternal%2fsecret", "x%26path=/internal/secret", "%23", "x%20HTTP/1.1")
    for value in climbs:
        for name in ("id", "path", "url", "q", "x-original-url"):
            yield _request("GET", f"/api/1?{name}={value}")
