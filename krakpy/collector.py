"""Python's collector of reference cycles, kept out of the way of a start.

    with paused():
        app = build(service)
        settle()
"""
from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Nothing is collected while the block lasts.

    PERF: a start makes objects that stay, and the collector would go through all of them again and again: with 5,000
    endpoints that is a third of the time. Without `settle` it goes through them once, as soon as the block ends.
    """
    is_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_enabled:
            gc.enable()


def settle() -> None:
    """What is there now is never looked at again.

    PERF: else a full collection, which stops the process, would take 0.25 s where there are 5,000 endpoints. Before a
    fork it also keeps the pages shared that the collector would write to. NOTE: what could be collected now stays too;
    to look for it would cost that once, and a start leaves a hundred objects behind.
    """
    gc.freeze()
