"""What the registered claims of a token must say (RFC 7519 §4.1).

    Registered(config, now=time.time).check({"iss": "idp", "exp": 4102444800})
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from krakpy_jose.tokens import TokenError

Claims = Mapping[str, Any]

#: what Go reads into texts: another type is no token
_TEXTS = ("iss", "sub", "jti")
_TIMES = ("exp", "nbf", "iat")


class Expected(Protocol):
    """What an endpoint asks of its tokens."""

    @property
    def issuer(self) -> str: ...
    @property
    def audience(self) -> tuple[str, ...]: ...
    @property
    def leeway_s(self) -> float: ...
    @property
    def require_exp(self) -> bool: ...
    @property
    def max_expiry_s(self) -> float: ...


class Registered:
    """Checks `iss`, `aud`, `exp`, `nbf` and `iat`."""

    def __init__(self, expected: Expected, *, now: Callable[[], float]) -> None:
        self._issuer = expected.issuer
        self._audience = frozenset(expected.audience)
        self._leeway_s = expected.leeway_s
        self._max_expiry_s = expected.max_expiry_s
        self._needs_exp = expected.require_exp or expected.max_expiry_s > 0
        self._now = now

    def check(self, claims: Claims) -> None:
        """TokenError for what does not hold, now or ever."""
        for name in _TEXTS:
            if not isinstance(claims.get(name), str | None):
                raise TokenError(f"its {name} is no text")
        if self._issuer and claims.get("iss") != self._issuer:
            raise TokenError("is of another issuer")
        audience = _audience(claims.get("aud"))
        if not self._audience <= audience:
            raise TokenError("is for another audience")
        for name in _TIMES:
            if name in claims and not _is_time(claims[name]):
                raise TokenError(f"its {name} is no time")
        self.check_times(claims)

    def check_times(self, claims: Claims) -> None:
        """TokenError for a token that is not valid at this moment; the claims must have been checked before."""
        now, leeway = self._now(), self._leeway_s
        exp = claims.get("exp")
        if exp is None:
            if self._needs_exp:
                raise TokenError("never expires")
        elif now - leeway > exp:
            raise TokenError("has expired")
        elif self._max_expiry_s and exp > now + self._max_expiry_s + leeway:
            raise TokenError("expires too far ahead")
        if "nbf" in claims and now + leeway < claims["nbf"]:
            raise TokenError("is not valid yet")
        if "iat" in claims and now + leeway < claims["iat"]:
            raise TokenError("is issued in the future")


def _audience(value: Any) -> frozenset[str]:
    values = [value] if isinstance(value, str) else [] if value is None else value
    if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
        raise TokenError("its aud is neither a text nor a list of texts")
    return frozenset(values)


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
