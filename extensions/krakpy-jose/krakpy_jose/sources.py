"""Where a request has its token: in a header field, else in a cookie.

    find = Sources(header="Authorization", cookie="access_token", is_strict=False)
    find(request.headers)       # "eyJhbGciOi…"
"""
from __future__ import annotations

from krakpy_sdk import Headers

from krakpy_jose.tokens import TokenError

_BLANKS = " \t"


class Sources:
    """Finds the token of a request (KrakenD: a field that is there and wrong is never made up for by a cookie)."""

    def __init__(self, *, header: str, cookie: str, is_strict: bool) -> None:
        self._header = header
        self._cookie = cookie
        self._is_strict = is_strict

    def __call__(self, headers: Headers) -> str:
        """The text of the token; TokenError if there is none, or with `strict_sources` if there are several."""
        field = headers.get(self._header)
        if self._is_strict:
            self._check(headers)
        text = bare(field) if field else ""
        if not text:
            text = next(iter(self._cookies(headers)), "")
        if not text:
            raise TokenError("is missing")
        return text

    def _check(self, headers: Headers) -> None:
        fields = [bare(value) for value in headers.getall(self._header)]
        if len(fields) > 1 or len({*fields, *self._cookies(headers)}) > 1:
            raise TokenError("stands in several places")

    def _cookies(self, headers: Headers) -> list[str]:
        found = []
        for line in headers.getall("cookie"):
            for pair in line.split(";"):
                name, _, value = pair.strip(_BLANKS).partition("=")
                if name == self._cookie and value.strip('"'):
                    found.append(value.strip('"'))
        return found


def bare(field: str) -> str:
    """A field's value without `Bearer `, in any case; one without it is a token as a whole (KrakenD: the same)."""
    return (field[7:] if field[:7].lower() == "bearer " else field).strip(_BLANKS)
