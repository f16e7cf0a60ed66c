"""How children ended, in words."""
import os
import subprocess
import sys

import pytest

from krakpy.server.processes import exit_code, signal_name


@pytest.mark.parametrize(("number", "name"), [(9, "SIGKILL"), (11, "SIGSEGV"), (40, "40")])
def test_signals_are_named(number, name):
    assert signal_name(number) == name


def test_a_child_that_somebody_else_waited_for_counts_as_ended():
    child = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    os.waitpid(child.pid, 0)
    assert exit_code(child.pid) == 0
    child.returncode = 3
