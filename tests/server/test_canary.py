"""What an extension changes for everybody in its worker is put back."""
import gc
import json
import os
import re
import socket
import sys

import pytest

from krakpy.server.canary import Canary


@pytest.fixture
def canary(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").mkdir()
    canary = Canary()
    yield canary
    canary.mend()


def patch():
    json.dumps = re.compile = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(patch, ["json.dumps", "re.compile"], id="functions"),
        pytest.param(lambda: sys.setrecursionlimit(900), ["the recursion limit"], id="recursion limit"),
        pytest.param(lambda: socket.setdefaulttimeout(3), ["the default time-out of sockets"], id="time-out"),
        pytest.param(gc.disable, ["the garbage collector"], id="collector"),
        pytest.param(lambda: os.chdir("other"), ["the current folder"], id="folder"),
    ],
)
def test_what_was_changed_is_told_and_as_before(canary, change, told):
    assert canary.mend() == []
    change()
    assert canary.mend() == told
    assert canary.mend() == []


def test_a_folder_that_is_gone_is_no_trap(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    canary = Canary()
    os.chdir(tmp_path)
    gone.rmdir()
    assert canary.mend() == ["the current folder"]
