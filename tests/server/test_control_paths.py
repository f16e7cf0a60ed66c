"""Control sockets are in a folder of this user's that nobody else can write to."""
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from krakpy.server.control_paths import check_private, default, folder, private_folder, sockets, tidy


def test_the_runtime_folder_of_the_session_is_used_where_there_is_one(tmp_path):
    assert folder({"XDG_RUNTIME_DIR": str(tmp_path)}) == tmp_path / "krakpy"


@pytest.mark.parametrize("environ", [{}, {"XDG_RUNTIME_DIR": ""}, {"XDG_RUNTIME_DIR": "relative"}], ids=str)
def test_else_one_of_this_user_among_the_temporary_files(environ):
    assert folder(environ) == Path(tempfile.gettempdir(), f"krakpy-{os.geteuid()}")


def test_it_is_made_for_this_user_alone(tmp_path):
    made = private_folder({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert made.stat().st_mode & 0o777 == 0o700


def open_to_all(path):
    path.mkdir()
    path.chmod(0o777)


def a_link(path):
    own = path.with_name("own")
    own.mkdir(mode=0o700)
    path.symlink_to(own)


@pytest.mark.parametrize("lay", [open_to_all, a_link, Path.touch])
def test_one_that_others_could_have_laid_is_refused(tmp_path, lay):
    lay(tmp_path / "krakpy")
    with pytest.raises(OSError, match="krakpy"):
        private_folder({"XDG_RUNTIME_DIR": str(tmp_path)})
    assert sockets({"XDG_RUNTIME_DIR": str(tmp_path)}) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_one_of_somebody_else_is_refused(tmp_path):
    os.chown(tmp_path, 12345, -1)
    tmp_path.chmod(0o700)
    with pytest.raises(PermissionError, match="folder of this user"):
        check_private(tmp_path)


def test_sockets_are_found_and_other_files_are_not(tmp_path):
    environ = {"XDG_RUNTIME_DIR": str(tmp_path)}
    made = private_folder(environ)
    (made / "note.txt").touch()
    (made / "1.sock").touch()
    path = default(environ, 4711)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        assert sockets(environ) == [path]


def test_those_of_masters_that_were_killed_are_removed(tmp_path):
    environ = {"XDG_RUNTIME_DIR": str(tmp_path)}
    private_folder(environ)
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    dead, living = default(environ, int(ended.stdout)), default(environ, os.getpid())
    for path in (dead, living):
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))
    tidy(environ)
    assert sockets(environ) == [living]
