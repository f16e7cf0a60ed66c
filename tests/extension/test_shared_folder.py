"""All workers of a gateway have one folder, which nobody else can read, and which is gone with the gateway."""
import fcntl
import os
import stat
import subprocess
import sys

import pytest

from krakpy.extension.shared_folder import SharedFolder


@pytest.fixture
def folder(tmp_path):
    found = SharedFolder(os.getpid(), root=str(tmp_path))
    yield found
    found.close()


def test_it_is_made_when_it_is_first_asked_for_and_nobody_else_can_read_it(folder, tmp_path):
    assert list(tmp_path.iterdir()) == []
    path = folder.path()
    assert (os.listdir(tmp_path), stat.S_IMODE(os.stat(path).st_mode)) == ([os.path.basename(path)], 0o700)


def test_everybody_who_knows_the_lasting_process_finds_the_same_one(folder, tmp_path):
    other = SharedFolder(os.getpid(), root=str(tmp_path))
    assert other.path() == folder.path()


def test_it_is_gone_when_its_process_closes_it(folder, tmp_path):
    open(os.path.join(folder.path(), "data"), "w").close()
    folder.close()
    assert list(tmp_path.iterdir()) == []


def test_it_stays_when_a_worker_closes_it(tmp_path):
    worker = SharedFolder(os.getppid(), root=str(tmp_path))
    path = worker.path()
    worker.close()
    assert os.path.isdir(path)


def test_a_temporary_one_is_nobody_elses():
    folders = [SharedFolder.temporary() for _ in range(2)]
    paths = {folder.path() for folder in folders}
    for folder in folders:
        folder.close()
    assert (len(paths), any(map(os.path.exists, paths))) == (2, False)


def left_behind(root):
    """The folder of a process that has ended without closing it."""
    made = f"S(os.getpid(), root={root!r}).path()"
    source = f"import os; from krakpy.extension.shared_folder import SharedFolder as S; print({made})"
    return subprocess.run([sys.executable, "-c", source], check=True, capture_output=True, text=True).stdout.strip()


def test_what_killed_gateways_have_left_is_removed_by_the_next_one(folder, tmp_path):
    path = left_behind(str(tmp_path))
    assert os.path.isdir(path)
    folder.path()
    assert not os.path.exists(path)


def test_what_somebody_still_uses_is_not_removed(folder, tmp_path):
    path = left_behind(str(tmp_path))
    with open(os.path.join(path, ".in-use")) as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        folder.path()
        assert os.path.isdir(path)


@pytest.mark.parametrize("mode", [0o755, 0o770])
def test_a_folder_that_others_can_write_to_or_read_is_not_taken(folder, tmp_path, mode):
    (tmp_path / folder._path.name).mkdir()
    (tmp_path / folder._path.name).chmod(mode)
    with pytest.raises(PermissionError, match="mode 700"):
        folder.path()


def test_a_link_to_one_of_ours_is_not_taken(folder, tmp_path):
    (tmp_path / "mine").mkdir(mode=0o700)
    (tmp_path / folder._path.name).symlink_to(tmp_path / "mine")
    with pytest.raises(PermissionError, match="mode 700"):
        folder.path()
