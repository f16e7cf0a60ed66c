"""What is known of processes: how a child ended, and what a signal is called."""
from __future__ import annotations

import os
import signal


def exit_code(pid: int) -> int | None:
    """What a child of ours ended with (below zero: minus the signal), or None while it runs."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:  # somebody else in this process has waited for it
        return 0
    return os.waitstatus_to_exitcode(status) if ended else None


def signal_name(number: int) -> str:
    """A signal's name, such as SIGKILL; its number where it has none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
