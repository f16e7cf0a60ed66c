"""Filters: a modifier for the messages that match, and another one, maybe, for those that do not.

    {"header.Filter": {"name": "X-A", "value": "1", "modifier": {…}, "else": {…}}}

Each looks at the request, and at the answer where that can have what it looks for.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import re2
from krakpy_sdk import Disabled, Query, Request, Response

from krakpy_martian.cookies import of_answer, of_request
from krakpy_martian.parsing import Make, OnRequest, OnResponse, Parser, Steps, known_keys, text
from krakpy_martian.targets import DEFAULT_PORTS, host_matches, port_of


class Test(NamedTuple):
    """Whether a message matches, when it goes and when it comes back."""

    request: Callable[[Request], bool]
    response: Callable[[Request, Response], bool]


def filter_of(keys: tuple[str, ...], test: Callable[[Mapping[str, Any], str], Test], *, has_else: bool = True) -> Make:
    """What makes a filter with these settings."""
    others = ("modifier", "else") if has_else else ("modifier",)

    def make(parser: Parser, config: Mapping[str, Any], path: str) -> Steps:
        known_keys(config, (*keys, *others), path)
        found = test(config, path)
        chosen = parser.member(config, "modifier", path)
        otherwise = parser.member(config, "else", path) if has_else and config.get("else") else Steps()
        return Steps(_request(found, chosen, otherwise), _response(found, chosen, otherwise))

    return make


def _request(test: Test, chosen: Steps, otherwise: Steps) -> OnRequest:
    matches, then, other = test.request, chosen.request, otherwise.request

    def modify_request(request: Request) -> Request:
        step = then if matches(request) else other
        return request if step is None else step(request)

    return modify_request


def _response(test: Test, chosen: Steps, otherwise: Steps) -> OnResponse:
    matches, then, other = test.response, chosen.response, otherwise.response

    def modify_response(request: Request, response: Response) -> Response:
        step = then if matches(request, response) else other
        return response if step is None else step(request, response)

    return modify_response


def _of_request(matches: Callable[[Request], bool]) -> Test:
    """A test of the request, for its answer too."""
    return Test(matches, lambda request, _: matches(request))


def _header(config: Mapping[str, Any], path: str) -> Test:
    name, value = text(config, "name", path), text(config, "value", path)
    return Test(
        lambda request: value in request.headers.getall(name),
        lambda _, response: value in response.headers.getall(name),
    )


def _header_pattern(config: Mapping[str, Any], path: str) -> Test:
    name, matches = text(config, "header", path), _pattern(config, path)
    # NOTE: the request's header counts for its answer too (Martian: the same)
    return _of_request(lambda request: any(map(matches, request.headers.getall(name))))


def _cookie(config: Mapping[str, Any], path: str) -> Test:
    name, value = text(config, "name", path), text(config, "value", path)

    def matches(cookies: list[tuple[str, str]]) -> bool:
        return any(own == name and value in ("", said) for own, said in cookies)

    return Test(
        lambda request: matches(of_request(request.headers)),
        lambda _, response: matches(of_answer(response.headers)),
    )


def _query(config: Mapping[str, Any], path: str) -> Test:
    name, value = text(config, "name", path), text(config, "value", path)

    def matches(request: Request) -> bool:
        values = Query.parse(urlsplit(request.url).query).getall(name)
        return bool(values) if not value else value in values

    return _of_request(matches)


def _url(config: Mapping[str, Any], path: str) -> Test:
    scheme, host, way, query = (text(config, key, path) for key in ("scheme", "host", "path", "query"))

    def matches(request: Request) -> bool:
        url = urlsplit(request.url)
        return (
            scheme in ("", url.scheme)
            and (not host or host_matches(url.netloc, host))
            and way in ("", url.path)
            and query in ("", url.query)
        )

    return _of_request(matches)


def _url_pattern(config: Mapping[str, Any], path: str) -> Test:
    matches = _pattern(config, path)
    return _of_request(lambda request: matches(request.url))


def _port(config: Mapping[str, Any], path: str) -> Test:
    port = config.get("port")
    if not isinstance(port, int) or isinstance(port, bool):
        raise Disabled("a port is expected", path=f"{path}.port")
    return _of_request(lambda request: port == _port_asked(request.url))


def _port_asked(url: str) -> int:
    parts = urlsplit(url)
    return port_of(parts.netloc) or DEFAULT_PORTS.get(parts.scheme, 0)


def _method(config: Mapping[str, Any], path: str) -> Test:
    method = text(config, "method", path).upper()
    return _of_request(lambda request: request.method == method)


def _pattern(config: Mapping[str, Any], path: str) -> Callable[[str], bool]:
    """A pattern that is looked for anywhere in a text, in linear time (RE2, as in Go)."""
    written, options = text(config, "regex", path), re2.Options()
    options.log_errors = False
    try:
        pattern = re2.compile(written, options)
    except re2.error as error:
        # NOTE: re2 says why in bytes
        why = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
        raise Disabled(f"{written!r} is no pattern: {why}", path=f"{path}.regex") from error
    return lambda found: pattern.search(found) is not None


FILTERS: Mapping[str, Make] = {
    "header.Filter": filter_of(("name", "value"), _header),
    "header.RegexFilter": filter_of(("header", "regex"), _header_pattern, has_else=False),
    "cookie.Filter": filter_of(("name", "value"), _cookie),
    "querystring.Filter": filter_of(("name", "value"), _query),
    "url.Filter": filter_of(("scheme", "host", "path", "query"), _url),
    "url.RegexFilter": filter_of(("regex",), _url_pattern),
    "port.Filter": filter_of(("port",), _port),
    "method.Filter": filter_of(("method",), _method),
}
"""Every filter, by the name that the configuration uses."""
