"""An answer as it is kept, and what may be done with it (RFC 9111 §4)."""
from __future__ import annotations

from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from math import inf
from typing import Literal

import msgspec
from krakpy_sdk import Headers, Request, Response

from krakpy_http_cache.directives import Directives, of, seconds

Use = Literal["fresh", "stale", "none"]
"""Whether an answer may be given as it is, after the backend was asked about it, or not to this request."""

#: for how long an answer is kept that the backend can be asked about
_VALIDATED_S = 86_400.0
_NEVER_KEPT = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authentication-info", "proxy-authorization", "te",
    "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
_FORBIDS_STALE = ("must-revalidate", "proxy-revalidate", "s-maxage", "no-cache")


class Entry(msgspec.Struct, frozen=True, array_like=True, tag="1"):
    """One answer with what has to be known about it."""

    status: int
    fields: tuple[tuple[str, str], ...]
    body: bytes
    varied: tuple[tuple[str, str], ...]
    """The request's fields that chose this answer."""
    stored_at: float
    """When it came, on the clock of the wall."""
    age_s: float
    """How old it was then."""
    lifetime_s: float
    """At which age it stops to be fresh."""
    is_checked: bool
    """Whether it is never given without asking."""
    may_be_stale: bool
    stale_if_error_s: float

    @property
    def etag(self) -> str:
        """Its name, or empty."""
        return _value(self.fields, "etag")

    @property
    def last_modified(self) -> str:
        """When it changed last, or empty."""
        return _value(self.fields, "last-modified")

    @property
    def ttl_s(self) -> float:
        """How long it is worth to be kept."""
        kept = _VALIDATED_S if self.etag or self.last_modified else 0.0
        return max(self.lifetime_s - self.age_s, 0.0) + max(kept, self.stale_if_error_s) + 1.0

    def age(self, now: float) -> float:
        """How old it is, in seconds."""
        # NOTE: the clock of the wall may be set back
        return self.age_s + max(0.0, now - self.stored_at)

    def matches(self, request: Request) -> bool:
        """Whether a request would choose this answer (`Vary`)."""
        return all(_joined(request.headers, name) == value for name, value in self.varied)

    def use(self, asked: Directives, now: float) -> Use:
        """What it is good for, for a request with these directives."""
        if "no-cache" in asked:
            return "none"
        if self.is_checked:
            return "stale"
        if not asked:
            return "fresh" if self.lifetime_s > self.age(now) else "stale"
        lifetime_s, most = self.lifetime_s, seconds(asked, "max-age")
        if most is not None:
            lifetime_s = min(lifetime_s, most)
        late_s = self.age(now) + (seconds(asked, "min-fresh") or 0.0) - lifetime_s
        return "fresh" if late_s < 0 or (self.may_be_stale and late_s < _tolerated_s(asked)) else "stale"

    def stands_in(self, asked: Directives, now: float) -> bool:
        """Whether it is given although it is stale, because the backend failed (RFC 5861 §4)."""
        if not self.may_be_stale:
            return False
        tolerated_s = max(self.stale_if_error_s, _if_error_s(asked))
        return self.age(now) - self.lifetime_s < tolerated_s

    def answer(self, age_s: float | None = None) -> Response:
        """The answer, with its age if that is to be said."""
        fields = self.fields if age_s is None else (*self.fields, ("Age", str(int(age_s))))
        return Response(self.status, headers=Headers.of(fields), body=self.body)

    def confirmed(self, response: Response, now: float) -> Entry:
        """The same, after the backend said that it has not changed, with the fields that came with that."""
        newer = kept_fields(response.headers)
        names = {name.lower() for name, _ in newer} - {"content-length", "content-encoding", "content-type"}
        fields = tuple(field for field in self.fields if field[0].lower() not in names)
        fields += tuple(field for field in newer if field[0].lower() in names)
        return entry(self.status, fields, self.body, self.varied, now)


def entry(
    status: int, fields: tuple[tuple[str, str], ...], body: bytes, varied: tuple[tuple[str, str], ...], now: float
) -> Entry:
    """An answer that has come now."""
    headers = Headers.of(fields)
    said = of(headers)
    date = _moment(headers.get("date", ""))
    stale_s = _if_error_s(said)
    return Entry(
        status=status,
        fields=fields,
        body=body,
        varied=varied,
        stored_at=now,
        age_s=max(_age(headers), now - date if date is not None else 0.0),
        lifetime_s=_lifetime_s(headers, said, now if date is None else date),
        is_checked="no-cache" in said,
        may_be_stale=not any(name in said for name in _FORBIDS_STALE),
        stale_if_error_s=min(stale_s, 10 * _VALIDATED_S),
    )


def is_storable(request: Request, asked: Directives, response: Response) -> bool:
    """Whether an answer may be kept for others (RFC 9111 §3), stricter where it may be meant for one of them."""
    said, headers = of(response.headers), response.headers
    if "no-store" in said or "no-store" in asked or "private" in said or "set-cookie" in headers:
        return False
    if "*" in names_of(headers):
        return False
    if "authorization" not in request.headers:
        return True
    return any(name in said for name in ("public", "must-revalidate", "s-maxage"))


def is_worth_it(kept: Entry) -> bool:
    """Whether it can be used again."""
    return kept.lifetime_s > kept.age_s or bool(kept.etag or kept.last_modified)


def kept_fields(headers: Headers) -> tuple[tuple[str, str], ...]:
    """The fields that are not about one connection alone."""
    nominated = {name.strip().lower() for value in headers.getall("connection") for name in value.split(",")}
    return tuple(field for field in headers.pairs if field[0].lower() not in _NEVER_KEPT | nominated)


def varied_by(headers: Headers, request: Request) -> tuple[tuple[str, str], ...]:
    """The request's fields that the answer says it depends on."""
    return tuple((name, _joined(request.headers, name)) for name in names_of(headers))


def names_of(headers: Headers) -> list[str]:
    """What `Vary` lists, in lower case."""
    listed = ",".join(headers.getall("vary")).lower().split(",") if "vary" in headers else []
    return sorted({name.strip() for name in listed} - {""})


def _lifetime_s(headers: Headers, said: Directives, date: float) -> float:
    for name in ("s-maxage", "max-age"):
        found = seconds(said, name)
        if found is not None:
            return found
    if "expires" not in headers:
        return 0.0
    expires = _moment(headers["expires"])
    return 0.0 if expires is None else max(0.0, expires - date)


def _age(headers: Headers) -> float:
    text = headers.get("age", "")
    return float(text) if text.isascii() and text.isdigit() else 0.0


def _moment(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def _tolerated_s(asked: Directives) -> float:
    return inf if asked.get("max-stale") == "" else seconds(asked, "max-stale") or 0.0


def _if_error_s(directives: Directives) -> float:
    return inf if directives.get("stale-if-error") == "" else seconds(directives, "stale-if-error") or 0.0


def _joined(headers: Headers, name: str) -> str:
    return ", ".join(headers.getall(name))


def _value(fields: Iterable[tuple[str, str]], name: str) -> str:
    return next((value for key, value in fields if key.lower() == name), "")
