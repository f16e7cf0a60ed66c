"""The request for a token and what comes back (RFC 6749 §4.4), as Go's oauth2 has it.

    grant = Grant(config)
    request = grant.request(is_basic=True)
    token = granted(status, content_type, body, now=monotonic())
"""
from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode

from krakpy_sdk import Headers, Request, UpstreamError

from krakpy_client_credentials.config import Config

#: how long before its end a token is not used any more, in seconds (KrakenD)
EXPIRY_MARGIN_S = 10.0
#: how much earlier it is renewed while it still serves: this share of its life, but no more seconds than these
_AHEAD_SHARE = 0.1
_MOST_AHEAD_S = 50.0
_FORM_TYPES = ("application/x-www-form-urlencoded", "text/plain")
_SCHEMES = {"bearer": "Bearer", "mac": "MAC", "basic": "Basic"}


class Denied(UpstreamError):
    """No token was given; the words hold nothing secret."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """What a backend is asked with."""

    authorization: str
    """The value of the header field."""
    stale_at: float
    """When to ask for another one, while this one still serves."""
    expires_at: float
    """When it serves no more; infinity for one that does not say."""
    is_basic: bool = True
    """Whether the secret went into the header field for it."""


class Grant:
    """Writes the requests for a client's tokens."""

    def __init__(self, config: Config) -> None:
        self._config = config
        form = {"grant_type": ("client_credentials",), "scope": (" ".join(config.scopes.split(",")),)}
        self._form = form | {name: tuple(values) for name, values in config.endpoint_params.items()}

    def request(self, *, is_basic: bool) -> Request:
        """The request, with the secret in the header field, or in the body."""
        config, form = self._config, dict(self._form)
        fields = [("Content-Type", "application/x-www-form-urlencoded")]
        if is_basic:
            pair = f"{quote_plus(config.client_id)}:{quote_plus(config.client_secret)}".encode()
            fields.append(("Authorization", f"Basic {b64encode(pair).decode()}"))
        else:
            form["client_id"] = (config.client_id,)
            if config.client_secret:
                form["client_secret"] = (config.client_secret,)
        body = urlencode(sorted(form.items()), doseq=True).encode()
        fields.append(("Content-Length", str(len(body))))
        return Request("POST", url=config.token_url, headers=Headers.of(tuple(fields)), body=body)


def granted(status: int, content_type: str, body: bytes, *, now: float, is_basic: bool = True) -> Token:
    """The token in an answer; Denied if it has none."""
    answer = _members(content_type, body)
    if not 200 <= status <= 299 or answer.get("error"):
        raise Denied(f"oauth2: {_word(answer.get('error')) or f'cannot fetch token: {status}'}")
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        raise Denied("oauth2: server response missing access_token")
    kind = str(answer.get("token_type") or "bearer")
    authorization = f"{_SCHEMES.get(kind.lower(), kind)} {token}"
    if not authorization.isascii() or not authorization.isprintable():
        raise Denied("oauth2: the token cannot be sent")
    life_s = _seconds(answer.get("expires_in"))
    ahead_s = min(_MOST_AHEAD_S, max(0.0, life_s - EXPIRY_MARGIN_S) * _AHEAD_SHARE)
    expires_at = now + life_s - EXPIRY_MARGIN_S
    stale_at = expires_at - ahead_s if life_s < float("inf") else expires_at
    return Token(authorization=authorization, stale_at=stale_at, expires_at=expires_at, is_basic=is_basic)


def _members(content_type: str, body: bytes) -> dict[str, Any]:
    if content_type.partition(";")[0].strip().lower() in _FORM_TYPES:
        return dict(parse_qsl(body.decode("utf-8", "replace")))
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _word(error: Any) -> str:
    """The code of an error, if it is one (RFC 6749 §5.2): a server may say anything, our secret too."""
    is_word = isinstance(error, str) and len(error) <= 64 and error.replace("_", "").replace("-", "").isalnum()
    return f'"{error}"' if is_word else ""


def _seconds(value: Any) -> float:
    """`expires_in`, also where it is a text; infinity where a token does not say when it ends (KrakenD)."""
    try:
        seconds = float(value or 0)
    except (TypeError, ValueError, OverflowError):
        raise Denied("oauth2: cannot parse expires_in") from None
    return seconds if seconds > 0 else float("inf")
