"""What a configuration allows: decided from the fields of a request alone.

    rules = Rules(CorsConfig(allow_origins=("https://*.shop.test",)))
    rules.answered("GET", "https://www.shop.test")      # the fields that the answer gets
    rules.preflight({b"origin": …})                     # those of a preflight request's answer

Source: the Fetch standard, §3.2 (CORS protocol); KrakenD answers like rs/cors, and so does this.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from krakpy_cors.config import CorsConfig

Fields = tuple[tuple[bytes, bytes], ...]

ORIGIN = b"origin"
REQUEST_METHOD = b"access-control-request-method"
REQUEST_HEADERS = b"access-control-request-headers"
REQUEST_PRIVATE_NETWORK = b"access-control-request-private-network"
#: an empty element of a list is tolerated so often (RFC 9110 §5.6.1)
_MAX_EMPTY = 16
_VARY_ORIGIN: Fields = ((b"vary", b"Origin"),)
_CREDENTIALS: Fields = ((b"access-control-allow-credentials", b"true"),)


class Rules:
    """The rules of one configuration, precomputed."""

    def __init__(self, config: CorsConfig) -> None:
        self._allows_all_origins = config.allows_all_origins
        lowered = [origin.lower() for origin in config.allow_origins]
        self._origins = frozenset(lowered)
        self._patterns = [(head, tail) for head, star, tail in (text.partition("*") for text in lowered) if star]
        self._methods = frozenset(config.allow_methods or CorsConfig.allow_methods) | {"OPTIONS"}
        names = sorted({name.lower() for name in config.allow_headers})
        self._headers = None if not names or "*" in names else {name: place for place, name in enumerate(names)}
        self._allows_private_network = config.allow_private_network
        private = ", Access-Control-Request-Private-Network" if config.allow_private_network else ""
        vary = f"Origin, Access-Control-Request-Method, Access-Control-Request-Headers{private}"
        self._vary_preflight: Fields = ((b"vary", vary.encode()),)
        self._exposed = _exposed(config.expose_headers)
        self._credentials: Fields = _CREDENTIALS if config.allow_credentials else ()
        age_s = config.max_age_s
        self._max_age: Fields = ((b"access-control-max-age", b"%d" % age_s),) if age_s else ()
        # PERF: pages of a few origins ask again and again; bounded, because clients choose the origins
        self.answered = lru_cache(maxsize=256)(self._answered)

    def _answered(self, method: str, origin: bytes | None) -> Fields:
        """The fields that the answer to a request gets; nothing is refused here, browsers do that."""
        if not origin or not self._allows(origin) or method not in self._methods:
            return _VARY_ORIGIN
        return (*_VARY_ORIGIN, self._allowed_origin(origin), *self._exposed, *self._credentials)

    def preflight(self, fields: Mapping[bytes, Sequence[bytes]]) -> Fields:
        """The fields of the answer to a preflight request: without permission where something is not allowed."""
        origin = _first(fields, ORIGIN)
        method = _first(fields, REQUEST_METHOD)
        headers = fields.get(REQUEST_HEADERS, ())
        if not origin or not self._allows(origin) or method.decode("latin-1") not in self._methods:
            return self._vary_preflight
        if not self._accepts(headers):
            return self._vary_preflight
        granted = [*self._vary_preflight, self._allowed_origin(origin), (b"access-control-allow-methods", method)]
        if headers and headers[0]:
            granted += [(b"access-control-allow-headers", value) for value in headers]
        granted += self._credentials
        if self._allows_private_network and _first(fields, REQUEST_PRIVATE_NETWORK) == b"true":
            granted.append((b"access-control-allow-private-network", b"true"))
        return (*granted, *self._max_age)

    def _allows(self, origin: bytes) -> bool:
        if self._allows_all_origins:
            return True
        text = origin.decode("latin-1").lower()
        return text in self._origins or any(_matches(text, head, tail) for head, tail in self._patterns)

    def _allowed_origin(self, origin: bytes) -> tuple[bytes, bytes]:
        return b"access-control-allow-origin", b"*" if self._allows_all_origins else origin

    def _accepts(self, values: Sequence[bytes]) -> bool:
        """Whether all names are allowed, in lower case, sorted and once each, as browsers send them (Fetch §2.2.2)."""
        if self._headers is None:
            return True
        last, empty = -1, 0
        for element in (part for value in values for part in value.split(b",")):
            name = _trimmed(element)
            if name == "":
                empty += 1
                if empty > _MAX_EMPTY:
                    return False
                continue
            place = self._headers.get(name or "", -1)
            if place <= last:
                return False
            last = place
        return True


def _first(fields: Mapping[bytes, Sequence[bytes]], name: bytes) -> bytes:
    values = fields.get(name)
    return values[0] if values else b""


def _matches(origin: str, head: str, tail: str) -> bool:
    return len(origin) >= len(head) + len(tail) and origin.startswith(head) and origin.endswith(tail)


def _trimmed(element: bytes) -> str | None:
    """The name without one blank on either side; None if there are more."""
    text = element.decode("latin-1")
    inner = text[1:] if text[:1] in (" ", "\t") else text
    inner = inner[:-1] if inner[-1:] in (" ", "\t") else inner
    return inner if inner.strip(" \t") == inner else None


def _exposed(names: Sequence[str]) -> Fields:
    if not names:
        return ()
    canonical = ("-".join(part.capitalize() for part in name.split("-")) for name in names)
    return ((b"access-control-expose-headers", ", ".join(canonical).encode()),)
