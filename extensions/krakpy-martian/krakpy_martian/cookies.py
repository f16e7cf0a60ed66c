"""Cookies of requests and answers.

    {"cookie.Modifier": {"scope": ["response"], "name": "seen", "value": "1", "maxAge": 60}}
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from krakpy_sdk import ConfigError, Headers, Request, Response
from krakpy_sdk.martian import RequestModifier, ResponseModifier

_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True)
class Cookie:
    """`cookie.Modifier`; what stands below `value` is for answers alone."""

    name: str
    """The cookie."""
    value: str = ""
    """Its value."""
    path: str = ""
    """The paths that it is for."""
    domain: str = ""
    """The hosts that it is for."""
    expires: str = ""
    """When it ends, as in `2030-01-31T12:00:00Z` (RFC 3339)."""
    secure: bool = False
    """Only for connections with TLS."""
    httpOnly: bool = False  # noqa: N815  # KrakenD writes it so
    """Not for scripts of a page."""
    maxAge: int = 0  # noqa: N815  # KrakenD writes it so
    """For how many seconds; 0: nothing is said, below 0: it is deleted."""

    def __post_init__(self) -> None:
        if not self.name or not _TOKEN.issuperset(self.name):
            raise ConfigError("is no name of a cookie", path="name")
        if self.expires:
            _time(self.expires)


class CookieModifier:
    """Adds a cookie: to `Cookie` of a request, as a `Set-Cookie` to an answer."""

    Config = Cookie

    def __init__(self, config: Cookie) -> None:
        self._pair = f"{config.name}={_value(config.value)}"
        self._line = "; ".join([self._pair, *_attributes(config)])

    def modify_request(self, request: Request) -> Request:
        """The request with the cookie after those that it has."""
        has = request.headers.get("Cookie")
        value = f"{has}; {self._pair}" if has else self._pair
        return request.replace(headers=request.headers.set("Cookie", value))

    def modify_response(self, _: Request, response: Response) -> Response:
        """The answer with the cookie."""
        return response.replace(headers=response.headers.add("Set-Cookie", self._line))


def of_request(headers: Headers) -> list[tuple[str, str]]:
    """The cookies that a client has sent, with their values."""
    return [_pair(part) for line in headers.getall("Cookie") for part in line.split(";") if "=" in part]


def of_answer(headers: Headers) -> list[tuple[str, str]]:
    """The cookies that an answer sets, with their values."""
    return [_pair(line.partition(";")[0]) for line in headers.getall("Set-Cookie") if "=" in line]


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip().strip('"')


def _attributes(cookie: Cookie) -> list[str]:
    """What stands after the value, in Go's order."""
    found = []
    if cookie.path:
        found.append(f"Path={cookie.path}")
    if cookie.domain:
        found.append(f"Domain={cookie.domain.removeprefix('.')}")
    if cookie.expires:
        found.append(f"Expires={format_datetime(_time(cookie.expires), usegmt=True)}")
    if cookie.maxAge:
        found.append(f"Max-Age={max(cookie.maxAge, 0)}")
    return [*found, *(["HttpOnly"] if cookie.httpOnly else []), *(["Secure"] if cookie.secure else [])]


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise ConfigError("is no time as in 2030-01-31T12:00:00Z", path="expires") from error


def _value(text: str) -> str:
    """A value without what no cookie can have, in quotes if it has spaces or commas (Go: sanitizeCookieValue)."""
    kept = "".join(char for char in text if " " <= char <= "~" and char not in '";\\')
    return f'"{kept}"' if " " in kept or "," in kept else kept


_modifier: tuple[type[RequestModifier], type[ResponseModifier]] = (CookieModifier, CookieModifier)
