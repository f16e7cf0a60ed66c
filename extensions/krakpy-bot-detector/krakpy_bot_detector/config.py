"""What an operator writes under `security/bot-detector`."""
from __future__ import annotations

from dataclasses import dataclass

from krakpy_sdk import ConfigError


@dataclass(frozen=True)
class BotDetectorConfig:
    """The settings of `security/bot-detector` (KrakenD: the same keys)."""

    allow: tuple[str, ...] = ()
    """The agents that are let through, whatever else says so; compared as a whole and in their case."""

    deny: tuple[str, ...] = ()
    """The agents that are refused; compared as a whole and in their case."""

    patterns: tuple[str, ...] = ()
    """Regular expressions (RE2): agents in which one is found are refused. `(?i)` is any case, `^` and `$` the ends."""

    cache_size: int = 0
    """How many agents a worker remembers its decision for, the least recent forgotten first; 0: none."""

    empty_user_agent_is_bot: bool = False
    """Refuse requests without a User-Agent, and those whose User-Agent is empty."""

    def __post_init__(self) -> None:
        if self.cache_size < 0:
            raise ConfigError("cannot be negative", path="cache_size")

    @property
    def refuses_nobody(self) -> bool:
        """Whether no agent at all is refused."""
        return not (self.deny or self.patterns or self.empty_user_agent_is_bot)
