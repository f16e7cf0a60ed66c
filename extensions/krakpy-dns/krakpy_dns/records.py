"""SRV records (RFC 2782), and the hosts that they stand for.

    hosts([Record(0, 2, "a.test.", 80), Record(0, 1, "b.test.", 80)], "http")
    # ("http://a.test.:80", "http://a.test.:80", "http://b.test.:80")
"""
from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Sequence
from math import gcd
from typing import NamedTuple

#: how many turns there are at least before weights are made smaller
_SCALE = 100
#: longer lists are shuffled, so that a host that weighs much is not asked in one run
_SHUFFLED_ABOVE = 100
_TARGET = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?")


class Record(NamedTuple):
    """One SRV record."""

    priority: int
    weight: int
    target: str
    """The name as DNS has it, with a dot at its end."""
    port: int

    @property
    def is_usable(self) -> bool:
        """Whether it names a host; the target `.` says that there is no service (RFC 2782)."""
        # SECURITY: who answers for a name must not write more than a host into our URLs
        return self.port > 0 and _TARGET.fullmatch(self.target) is not None


def hosts(
    records: Iterable[Record], scheme: str, shuffle: Callable[[list[str]], None] = random.shuffle
) -> tuple[str, ...]:
    """The hosts of the lowest priority number, each as often as its weight says (KrakenD: the same).

    Heavier ones first; a weight of 0, or one that is small beside the others, gives no host.
    """
    usable = sorted((record for record in records if record.is_usable), key=_rank)
    first = [record for record in usable if record.priority == usable[0].priority]
    turns = zip(first, repeats([record.weight for record in first]), strict=True)
    found = [f"{scheme}://{record.target}:{record.port}" for record, times in turns for _ in range(times)]
    if len(found) > _SHUFFLED_ABOVE:
        shuffle(found)
    return tuple(found)


def _rank(record: Record) -> tuple[int, int, str, int]:
    return record.priority, -record.weight, record.target, record.port


def repeats(weights: Sequence[int]) -> list[int]:
    """How often each host is listed: weights of at most 100 together, or as many as there are hosts, and no larger
    than needed.

        repeats([25, 1000, 10000, 65535])   # [0, 1, 13, 85]
    """
    scale, total = max(_SCALE, len(weights)), sum(weights)
    small = [weight * scale // total for weight in weights] if total > scale else list(weights)
    divisor = gcd(*small)
    return [weight // divisor for weight in small] if divisor > 1 else small
