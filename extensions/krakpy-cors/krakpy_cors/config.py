"""What an operator writes under `security/cors`."""
from __future__ import annotations

import re
from dataclasses import dataclass

from krakpy_sdk import ConfigError

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_UNITS_S = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class CorsConfig:
    """The settings of `security/cors` (KrakenD: the same keys)."""

    allow_origins: tuple[str, ...] = ("*",)
    """The origins that scripts may ask from: whole (`https://a.test`), with one `*` inside, or `*` for all."""

    allow_methods: tuple[str, ...] = ("GET", "HEAD", "POST")
    """The methods that scripts may use."""

    allow_headers: tuple[str, ...] = ("*",)
    """The request headers that scripts may set; `*` for all."""

    expose_headers: tuple[str, ...] = ()
    """The headers of an answer that scripts may read, beyond those that they always may."""

    max_age: str = "0h"
    """How long a browser may keep the answer to a preflight request: `12h`; 0: it is not told."""

    allow_credentials: bool = False
    """Scripts may send cookies and authorization; only with origins that are named."""

    allow_private_network: bool = False
    """Pages of public sites may ask a gateway in a private network."""

    options_passthrough: bool = False
    """Let preflight requests go on to the endpoints, which then answer them; for `auto_options`."""

    options_success_status: int = 204
    """The status of the answer to a preflight request."""

    debug: bool = False
    """Log what is decided, at the level DEBUG."""

    def __post_init__(self) -> None:
        for key in ("allow_methods", "allow_headers", "expose_headers"):
            for index, name in enumerate(getattr(self, key)):
                if not _NAME.fullmatch(name):
                    raise ConfigError(f"{name!r} is no name", path=f"{key}[{index}]")
        for index, origin in enumerate(self.allow_origins):
            if origin.count("*") > 1:
                raise ConfigError("may have one `*`", path=f"allow_origins[{index}]")
        if self.allow_credentials and self.allows_all_origins:
            # SECURITY: KrakenD sends both, which browsers refuse; whoever "mends" that by echoing lets every site in
            raise ConfigError("credentials need origins that are named: list them in allow_origins", path=_CREDENTIALS)
        if self.options_success_status and not 200 <= self.options_success_status <= 299:
            raise ConfigError("is no status of success", path="options_success_status")
        _ = self.max_age_s

    @property
    def allows_all_origins(self) -> bool:
        """Whether every origin may ask."""
        return not self.allow_origins or "*" in self.allow_origins

    @property
    def max_age_s(self) -> int:
        """`max_age` in whole seconds."""
        text = self.max_age or "0"
        if text == "0":
            return 0
        parts = _DURATION.findall(text)
        if "".join(number + unit for number, unit in parts) != text:
            raise ConfigError(f"{text!r} is no duration, such as `12h`", path="max_age")
        return int(sum(float(number) * _UNITS_S[unit] for number, unit in parts))


_CREDENTIALS = "allow_credentials"
