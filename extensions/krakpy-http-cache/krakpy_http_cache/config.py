"""What may be configured."""
from __future__ import annotations

from dataclasses import dataclass

from krakpy_sdk import ConfigError


@dataclass(frozen=True, kw_only=True)
class CacheConfig:
    """What is kept, and with whom it is shared; `{}` is enough."""

    shared: bool = False
    """Whether backends with this setting share what they keep; otherwise each keeps its own."""
    max_items: int = 0
    """How many answers are kept, the least recently used go first; only together with `max_size`."""
    max_size: int = 0
    """How many bytes they may take; only together with `max_items`."""
    max_entry_size: int = 4 * 1024 * 1024
    """How large an answer may be that is kept, in bytes."""
    add_age: bool = False
    """Whether answers from the cache say how old they are (`Age`, RFC 9111 §5.1), under `no-op`."""

    def __post_init__(self) -> None:
        for key in ("max_items", "max_size", "max_entry_size"):
            if getattr(self, key) < 0:
                raise ConfigError("must be at least 0", path=key)

    @property
    def is_bounded(self) -> bool:
        """Whether there are caps (KrakenD: one alone is none)."""
        return bool(self.max_items and self.max_size)
