"""What the supervisor writes, every worker reads."""
import os

import pytest

from krakpy.extension.board import Board, State


def test_what_one_process_writes_another_reads(tmp_path):
    path = str(tmp_path / "board")
    written = Board.create(path, slots=3)
    read = Board.open(path)
    assert [read.read(slot).state for slot in range(3)] == [State.EXPECTED] * 3
    written.write(1, State.READY, pid=4711, restarts=2)
    assert read.read(1)[:3] == (State.READY, 4711, 2)
    assert [read.read(slot).state for slot in (0, 2)] == [State.EXPECTED] * 2


@pytest.mark.parametrize(("state", "expected"), [(State.DOWN, False), (State.EXPECTED, True), (State.READY, True)])
def test_somebody_is_expected_unless_the_slot_is_down(tmp_path, state, expected):
    board = Board.create(str(tmp_path / "board"), slots=2)
    board.write(1, state)
    assert board.is_expected(1) is expected


def test_a_board_is_for_its_user_alone_and_never_somebody_elses(tmp_path):
    path = str(tmp_path / "board")
    Board.create(path, slots=0)
    assert os.stat(path).st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        Board.create(path, slots=1)
