"""What becomes of a worker's copy, when an extension forks: it has none of the worker's connections.

    part_with_copies(lambda: log("…"))      # in the worker, once

Without that the copy would answer the same client on the same connection, and take events that are the worker's.
"""
from __future__ import annotations

import os
from collections.abc import Callable

_THEIRS = ("socket:", "anon_inode:[eventpoll]")


def part_with_copies(tell: Callable[[], None]) -> None:
    """From now on copies of this process lose its sockets, and `tell` is called here.

    What a copy starts itself is its own: `subprocess` is not concerned, nor is what it opens afterwards.
    """
    os.register_at_fork(after_in_child=_let_go, after_in_parent=tell)


def _let_go() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for name in os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else ():
        try:
            if os.readlink(f"/proc/self/fd/{name}").startswith(_THEIRS):
                os.dup2(nowhere, int(name), inheritable=False)
        except OSError:
            continue
    os.close(nowhere)
