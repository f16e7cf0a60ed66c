"""Answers what no route matches: a redirect to the path that was meant, 405, or 404.

    {"extra_config": {"router": {"disable_redirect_fixed_path": true, "error_body": {"404": {"error": "no path"}}}}}
"""
from __future__ import annotations

import re
from functools import partial
from urllib.parse import quote

from krakpy.config.model import Router
from krakpy.encoding.json_renderer import write
from krakpy.router.engine import Engine
from krakpy.router.headers import Raw
from krakpy.router.messages import GatewayRequest, GatewayResponse
from krakpy.router.paths import clean
from krakpy.router.signature import signed
from krakpy.router.trie import Trie

_TEXTS = {404: b"404 page not found", 405: b"405 method not allowed"}
_PATH_SAFE = "/~$&+,:;=@"
_QUERY_SAFE = "!#$%&'()*+,/:;<=>?@[\\]^`{|}~\""
#: Go: html.EscapeString
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"})


class Unmatched:
    """The resource of every request that has no route (KrakenD: gin's engine).

    Redirects are answered with 301 to GET and 307 to anything else, and keep the query.
    """

    def __init__(self, trie: Trie, router: Router, engine: Engine) -> None:
        self._trie = trie
        self._engine = engine
        self._redirects_slash = not router.disable_redirect_trailing_slash
        self._redirects_fixed = not router.disable_redirect_fixed_path
        self._knows_methods = not router.disable_handle_method_not_allowed
        self._not_found = _Answer(router, 404)
        self._not_allowed = _Answer(router, 405)

    async def respond(self, req: GatewayRequest, resp: GatewayResponse) -> None:
        """Redirect, or say that there is nothing."""
        target = self._target(req)
        if target is not None:
            _redirect(req, resp, target)
            return
        allowed = self._trie.allowed(req.path) if self._knows_methods else []
        fields = ((b"allow", ", ".join(allowed).encode()),) if allowed else ()
        answer = self._not_allowed if allowed else self._not_found
        # NOTE: who answers in our place answers with `Allow` too (KrakenD: it is there before)
        await self._engine.respond(req, resp, partial(answer.fill, fields), fields)

    def _target(self, req: GatewayRequest) -> str | None:
        """The path that was meant, if another one was."""
        method, path = req.method, req.path
        if not path.startswith("/"):
            return None
        toggled = _toggled(path)
        # SECURITY: a path that is not clean is never part of a Location, where `//host/` would be another host
        if self._redirects_slash and clean(toggled) == toggled and self._trie.is_route(method, toggled):
            return _prefix(req) + toggled
        if not self._redirects_fixed:
            return None
        cleaned = clean(path)
        fixed = self._trie.fixed(method, cleaned)
        return self._trie.fixed(method, _toggled(cleaned)) if fixed is None else fixed


class _Answer:
    """The answer with one status, made at start."""

    def __init__(self, router: Router, status: int) -> None:
        document = router.error_body.get(str(status))
        kind = b"text/plain" if document is None else b"application/json; charset=utf-8"
        self._status = status
        self._raw: Raw = ((b"content-type", kind), *signed(router, is_complete=False))
        self._body = _TEXTS[status] if document is None else write(document)

    async def fill(self, fields: Raw, req: GatewayRequest, resp: GatewayResponse) -> None:  # noqa: ARG002  anyone's
        resp.take(self._status, (*self._raw, *fields), self._body)


def _toggled(path: str) -> str:
    return path[:-1] if path.endswith("/") else f"{path}/"


def _prefix(req: GatewayRequest) -> str:
    """`X-Forwarded-Prefix`, with letters, digits, dashes and single slashes alone (KrakenD: the same)."""
    fields = dict(req.scope["headers"])
    if b"x-forwarded-prefix" not in fields:
        return ""
    text = re.sub(r"[^a-zA-Z0-9/-]", "", fields[b"x-forwarded-prefix"].decode("latin-1"))
    return clean(text).removesuffix("/")


def _redirect(req: GatewayRequest, resp: GatewayResponse, path: str) -> None:
    """Fill in a redirect as Go writes it: with a line of HTML for GET, and nothing else of ours."""
    query: bytes = req.scope["query_string"]
    location = quote(path, safe=_PATH_SAFE, errors="replace") + ("?" + quote(query, safe=_QUERY_SAFE) if query else "")
    field = (b"location", location.encode())
    if req.method != "GET":
        resp.take(307, (field,), b"")
        return
    body = f'<a href="{location.translate(_HTML)}">Moved Permanently</a>.\n\n'
    resp.take(301, ((b"content-type", b"text/html; charset=utf-8"), field), body.encode())
