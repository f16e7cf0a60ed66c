"""What an operator writes under `auth/client-credentials`."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from krakpy_sdk import ConfigError

#: what the request for a token says by itself; KrakenD's every request fails where they are said twice
_OWN = ("scope",)


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of `auth/client-credentials` of a backend (KrakenD: the same keys)."""

    client_id: str
    """Who the gateway is."""

    client_secret: str = field(repr=False)
    """What proves it."""

    token_url: str
    """Where tokens are given out."""

    scopes: str = ""
    """What the tokens should allow, separated by commas."""

    endpoint_params: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Further parameters of the request for a token: `{"audience": ["https://api.test"]}`."""

    is_disabled: bool = False
    """Ask the backend without a token."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.token_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError(f"{self.token_url!r} is no address of HTTP", path="token_url")
        for name in _OWN:
            if name in self.endpoint_params:
                raise ConfigError("stands in `scopes`", path=f"endpoint_params.{name}")
