"""What the master waits with: one thread sleeps until a signal, a descriptor or a deadline wants something.

    bell.watch(sock.fileno(), selectors.EVENT_READ, accept)
    bell.wait(1.0)

NOTE: no second thread, on purpose. The master forks workers all the time, and a lock that another thread holds at that
moment stays locked in the child for ever; nor does anything but the master's own loop ever see its state.
"""
from __future__ import annotations

import os
import selectors
import signal
from collections.abc import Callable

Ring = Callable[[int], None]
"""Called with the events of a descriptor."""


class Bell:
    """Wakes the master. Signals only need to arrive: whoever handles them has put them into a queue."""

    def __init__(self) -> None:
        # NOTE: poll, not epoll: an epoll object is shared with every child that is forked
        self._selector = selectors.PollSelector()
        self._signals = os.pipe()
        for fd in self._signals:
            os.set_blocking(fd, False)
        self.watch(self._signals[0], selectors.EVENT_READ, self._drain)

    def listen(self) -> None:
        """Wake up for signals from now on; in the main thread only."""
        signal.set_wakeup_fd(self._signals[1], warn_on_full_buffer=False)

    def watch(self, fd: int, events: int, ring: Ring) -> None:
        """Call `ring` whenever the descriptor has one of the events; replaces what was said of it before."""
        if fd in self._selector.get_map():
            self._selector.modify(fd, events, ring)
        else:
            self._selector.register(fd, events, ring)

    def forget(self, fd: int) -> None:
        """Watch a descriptor no more."""
        self._selector.unregister(fd)

    def wait(self, most_s: float) -> None:
        """Sleep until something happens, and call who is concerned."""
        for key, events in self._selector.select(most_s):
            # NOTE: one ring may have closed the descriptor of another
            if self._selector.get_map().get(key.fd) is key:
                key.data(events)

    def leave(self) -> None:
        """In a child: be deaf. Who has a descriptor watched closes it there."""
        signal.set_wakeup_fd(-1)
        for fd in self._signals:
            os.close(fd)
        self._selector.close()

    def _drain(self, _: int) -> None:
        try:
            while os.read(self._signals[0], 4096):
                pass
        except BlockingIOError:
            pass
