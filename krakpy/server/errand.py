"""Something that may hang or crash, done in a child: its result comes back as bytes, or the reason why there is none.

    errand = Errand(lambda: pickle.dumps(read()), within_s=60.0, bell=bell)
    ...                                     # the master goes on; the bell rings
    result = errand.result(time.monotonic())       # None: not yet
"""
from __future__ import annotations

import os
import selectors
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from krakpy.server.bell import Bell
from krakpy.server.processes import exit_code, signal_name
from krakpy.server.worker import die_with_parent

MOST_BYTES = 256 * 1024 * 1024

_FAILED = 70


@dataclass(frozen=True, slots=True)
class Result:
    """How an errand ended: with `content`, or with a sentence that says why there is none."""

    content: bytes = b""
    failure: str = ""


class Errand:
    """A function in a child of the master's. `leave` is called first in the child, to let go of the master's things."""

    def __init__(
        self,
        work: Callable[[], bytes],
        *,
        within_s: float,
        bell: Bell,
        leave: Callable[[], None] = lambda: None,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._bell = bell
        self._within_s = within_s
        self._most_bytes = most_bytes
        self._received = bytearray()
        self._code: int | None = None
        self.due_at = time.monotonic() + within_s
        self._pipe, write = os.pipe()
        master = os.getpid()
        try:
            self.pid = os.fork()
        except OSError:
            os.close(self._pipe)
            os.close(write)
            raise
        if self.pid == 0:
            _child(work, write, master, leave)
        os.close(write)
        os.set_blocking(self._pipe, False)
        bell.watch(self._pipe, selectors.EVENT_READ, self._read)

    def result(self, now: float) -> Result | None:
        """The result once the child has ended or its time is over; None until then."""
        # NOTE: the end of the child counts, not the end of its pipe: a grandchild may hold that open for ever
        has_ended = self._has_ended()
        if not has_ended and now < self.due_at and len(self._received) <= self._most_bytes:
            return None
        self._read(selectors.EVENT_READ)
        self.end()
        if len(self._received) > self._most_bytes:
            return Result(failure=f"said more than {self._most_bytes} bytes")
        if not has_ended:
            return Result(failure=f"did not come back within {self._within_s:g} s")
        if self._code == 0:
            return Result(bytes(self._received))
        return Result(failure=self._received.decode("utf-8", "replace") or _cause(self._code or 0))

    def end(self) -> bool:
        """Kill the child and what it started; whether it is gone (one that waits for a dead disk may take its time)."""
        self._hang_up()
        if self._code is None:
            # NOTE: before it is reaped, so that the number of its process group is still its own
            _kill(self.pid)
            self._code = exit_code(self.pid)
        return self._code is not None

    def _has_ended(self) -> bool:
        try:
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:
            return True

    def leave(self) -> None:
        """In another child: let go of the pipe."""
        if self._pipe >= 0:
            os.close(self._pipe)

    def _read(self, _: int) -> None:
        if self._pipe < 0:
            return
        try:
            while len(self._received) <= self._most_bytes:
                chunk = os.read(self._pipe, 1 << 20)
                if not chunk:
                    self._hang_up()
                    return
                self._received += chunk
        except BlockingIOError:
            pass

    def _hang_up(self) -> None:
        if self._pipe >= 0:
            self._bell.forget(self._pipe)
            os.close(self._pipe)
            self._pipe = -1


def _cause(code: int) -> str:
    return f"was killed by {signal_name(-code)}" if code < 0 else f"ended with exit status {code}"


def _kill(pid: int) -> None:
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except ProcessLookupError:  # NOTE: it may not lead its group yet
            pass


def _child(work: Callable[[], bytes], write: int, master: int, leave: Callable[[], None]) -> NoReturn:
    """Do the work and nothing else: none of the master's frames is ever returned to."""
    status = _FAILED
    try:
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        leave()
        die_with_parent(master)
        content, status = work(), 0
    except BaseException as error:  # noqa: BLE001  # this process is there to be thrown away
        content = f"failed: {type(error).__name__}: {error}".encode("utf-8", "replace")
    try:
        with open(write, "wb") as pipe:
            pipe.write(content)
    except OSError:
        status = _FAILED
    os._exit(status)
