"""Which agents are bots, decided in linear time.

    is_bot = judge(BotDetectorConfig(deny=("evil",), patterns=("(?i)crawler",)))
    is_bot("My Crawler/1.0")        # True
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import re2
from krakpy_sdk import ConfigError

from krakpy_bot_detector.config import BotDetectorConfig

IsBot = Callable[[str], bool]

#: longest agent that is remembered: a client chooses its length, and the cache counts agents, not bytes
MAX_CACHED_CHARACTERS = 1024


def judge(config: BotDetectorConfig) -> IsBot:
    """The compiled decision; ConfigError for a pattern that is no regular expression.

    In KrakenD's order: an agent that is empty, allowed, denied, or matched by a pattern.
    """
    is_empty_refused = config.empty_user_agent_is_bot
    allowed = frozenset(map(_as_sent, config.allow))
    denied = frozenset(map(_as_sent, config.deny))
    is_matched = remembered(_found(config.patterns), config.cache_size)

    def is_bot(agent: str) -> bool:
        if not agent:
            return is_empty_refused
        if agent in allowed:
            return False
        return agent in denied or is_matched(agent)

    return is_bot


def _as_sent(text: str) -> str:
    """The text as a header field has it: its bytes, one character for each (RFC 9110 §5.5)."""
    return text.encode().decode("latin-1")


def _found(patterns: Sequence[str]) -> IsBot:
    """Whether one of the patterns is found in an agent."""
    if not patterns:
        return lambda _: False
    compiled = [_compiled(pattern, f"patterns[{index}]") for index, pattern in enumerate(patterns)]
    # PERF: 0.9 µs for three patterns together, where it is 0.8 for each alone
    together = _together(patterns)
    if together is not None:
        return lambda agent: together(agent.encode("latin-1", "replace")) is not None
    return lambda agent: any(search(agent.encode("latin-1", "replace")) is not None for search in compiled)


Search = Callable[[bytes], object | None]


def _together(patterns: Sequence[str]) -> Search | None:
    """All patterns as one; None where they cannot be, as with groups of the same name."""
    # NOTE: a quotation may be left open at the end of a pattern, and would go on in the next one
    if any(r"\Q" in pattern for pattern in patterns):
        return None
    try:
        return _compiled("|".join(f"(?:{pattern})" for pattern in patterns), "patterns")
    except ConfigError:
        return None


def _compiled(pattern: str, place: str) -> Search:
    # SECURITY: RE2 looks at each byte once, whatever the pattern; what clients send cannot make it slow
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    try:
        search: Search = re2.compile(pattern.encode(), options).search
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace")
        raise ConfigError(f"is no regular expression of RE2: {reason}", path=place) from None
    return search


def remembered(decide: IsBot, size: int) -> IsBot:
    """The same decision, remembered for so many agents that are not too long."""
    if not size:
        return decide
    kept = lru_cache(maxsize=size)(decide)
    return lambda agent: kept(agent) if len(agent) <= MAX_CACHED_CHARACTERS else decide(agent)
