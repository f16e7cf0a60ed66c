"""Which gateway is meant, and what it says."""
import os
import socket
import subprocess
import sys

import pytest

from krakpy.cli.masters import NoAnswer, NotRunning, asked, found
from tests.cli.masters import GOOD, STATUS, ScriptedMaster


@pytest.fixture
def environ(tmp_path):
    return {"XDG_RUNTIME_DIR": str(tmp_path)}


def sought(environ, **wanted):
    return found(**{"control": None, "config": None, "pid": None, **wanted}, environ=environ)


def test_the_only_one_is_meant(tmp_path, environ):
    with ScriptedMaster(tmp_path) as master:
        assert sought(environ) == master.path


def test_without_one_there_is_none(environ):
    with pytest.raises(NotRunning, match="no gateway of this user is running"):
        sought(environ)


def test_of_several_one_has_to_be_named(tmp_path, environ):
    with ScriptedMaster(tmp_path), ScriptedMaster(tmp_path, 4713) as other:
        with pytest.raises(NotRunning, match=r"--pid \(4711 serves /etc/krakend.json, 4713 serves"):
            sought(environ)
        assert sought(environ, pid=4713) == other.path


def test_a_pid_that_is_none_is_said(environ):
    with pytest.raises(NotRunning, match="no gateway of this user has the pid 1"):
        sought(environ, pid=1)


def test_the_file_that_it_serves_names_it_however_that_is_written(tmp_path, environ, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mine = {**STATUS, "config": {**STATUS["config"], "path": str(tmp_path / "k.json")}}
    with ScriptedMaster(tmp_path), ScriptedMaster(tmp_path, 4713, status=[mine]) as other:
        assert sought(environ, config="./x/../k.json") == other.path
        with pytest.raises(NotRunning, match=r"no gateway of this user serves other\.json"):
            sought(environ, config="other.json")


def test_a_path_names_it(tmp_path, environ):
    with ScriptedMaster(tmp_path) as master:
        assert sought({}, control=str(master.path)) == master.path
    with pytest.raises(NotRunning, match="no gateway listens at"):
        sought(environ, control=str(master.path))


def test_the_file_of_one_that_was_killed_is_removed(tmp_path, environ):
    with ScriptedMaster(tmp_path) as master:
        dead = master.path.with_name("1.sock")
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind(str(dead))
        assert sought(environ) == master.path
        assert not dead.exists()


def test_one_that_cannot_be_understood_is_left_where_it_is(tmp_path, environ):
    with ScriptedMaster(tmp_path, status=()) as broken, ScriptedMaster(tmp_path, 4713) as other:
        assert sought(environ) == other.path
        assert broken.path.exists()


def test_messages_come_until_the_last_one(tmp_path):
    progress = {"kind": "progress", "phase": "checking"}
    with ScriptedMaster(tmp_path, reload=[progress, GOOD, GOOD]) as master:
        assert [message["kind"] for message in asked(master.path, "reload", within_s=30)] == ["progress", "outcome"]


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ([], "hung up before it had answered"),
        ([{"kind": "progress"}], "hung up before it had answered"),
        ([b'{"kind": "out'], "hung up before it had answered"),
        ([b"HTTP/1.1 400\r\n"], "no gateway of this version"),
        ([b"[]\n"], "no gateway of this version"),
        ([{"kind": "error", "message": "the gateway is stopping"}], "refuses: the gateway is stopping"),
    ],
)
def test_an_answer_that_is_none_is_an_error(tmp_path, says, reason):
    with ScriptedMaster(tmp_path, reload=says) as master, pytest.raises(NoAnswer, match=reason):
        list(asked(master.path, "reload", within_s=30))


def test_one_that_says_nothing_is_not_waited_for_for_ever(tmp_path):
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "silent"))
        silent.listen()
        with pytest.raises(NoAnswer, match=r"did not answer within 0\.05 s"):
            list(asked(tmp_path / "silent", "status", within_s=0.05))


def test_one_that_is_gone_is_said(tmp_path):
    with pytest.raises(NotRunning, match="No such file or directory"):
        list(asked(tmp_path / "nowhere", "status", within_s=1))


def test_a_shell_is_told_the_pids(tmp_path):
    with ScriptedMaster(tmp_path):
        words = {"_KRAKPY_COMPLETE": "bash_complete", "COMP_WORDS": "krakpy status --pid ", "COMP_CWORD": "3"}
        done = subprocess.run(
            [sys.executable, "-c", "from krakpy.cli.main import main; main(prog_name='krakpy')"],
            env={**os.environ, **words, "XDG_RUNTIME_DIR": str(tmp_path)}, capture_output=True, text=True, check=False,
        )
    assert done.stdout == "plain,4711\n"
