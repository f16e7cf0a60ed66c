"""What may be configured."""
from __future__ import annotations

from dataclasses import dataclass

from krakpy_sdk import ConfigError


@dataclass(frozen=True, kw_only=True)
class BreakerConfig:
    """When a backend is spared, and for how long; with nothing but zeros it never is."""

    interval: float = 0.0
    """Within how many seconds failures count, from the first of them on. 0: for ever."""
    timeout: float = 0.0
    """For how many seconds the backend is spared before one request is let through. 0: 60 seconds."""
    max_errors: int = 0
    """How many failures in a row are borne; one more opens the circuit."""
    name: str = ""
    """What the log calls it."""
    log_status_change: bool = False
    """Whether changes of its state are logged, as warnings."""
    shared: bool = True
    """Whether all workers of the node count together; otherwise each worker counts for itself."""

    def __post_init__(self) -> None:
        for key in ("interval", "timeout", "max_errors"):
            if getattr(self, key) < 0:
                raise ConfigError("must be at least 0", path=key)

    @property
    def is_on(self) -> bool:
        """Whether there is to be a circuit breaker (KrakenD: not with empty settings)."""
        return bool(self.interval or self.timeout or self.max_errors or self.name or self.log_status_change)


@dataclass(frozen=True, kw_only=True)
class HttpBreakerConfig(BreakerConfig):
    """The same for a circuit that looks at the status of every answer, under `no-op` too."""

    valid_status_codes: tuple[int, ...] = (200, 201)
    """The statuses that are no failure."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.valid_status_codes:
            raise ConfigError("without a valid status the circuit would always be open", path="valid_status_codes")
