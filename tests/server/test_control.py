"""The control socket: one line of JSON each way, for this user alone, and no client can hold the master up."""
import json
import os
import socket
import time

import pytest

from krakpy.server.bell import Bell
from krakpy.server.control import (
    PATIENCE_S,
    REQUEST_BYTES,
    UNSENT_BYTES,
    VISITORS,
    Control,
    NotARequest,
    Order,
    is_answering,
    order_of,
)

STATUS = b'{"control": 1, "do": "status"}\n'
RELOAD = b'{"control": 1, "do": "reload"}\n'


class Master:
    """The loop of a master around its control socket; answers the status at once, and reloads when told to."""

    def __init__(self, path):
        self.bell = Bell()
        self.waiting = []
        self.size = 1
        self.control = Control(path, self.bell, self.obey)

    def obey(self, visitor, command):
        if command.do == "status":
            visitor.say({"kind": "status", "text": "x" * self.size})
        else:
            self.waiting.append(visitor)
            visitor.say({"kind": "progress", "phase": "waiting"}, last=False)

    def turn(self, times=20):
        """What a master does in a little while."""
        for _ in range(times):
            self.bell.wait(0.005)


@pytest.fixture
def master(tmp_path):
    master = Master(tmp_path / "control.sock")
    yield master
    master.control.close()
    master.bell.leave()


@pytest.fixture
def connected(master):
    sockets = []

    def connect(sent=b""):
        sock = socket.socket(socket.AF_UNIX)
        sockets.append(sock)
        sock.connect(str(master.control.path))
        sock.settimeout(30)
        sock.sendall(sent)
        master.turn()
        return sock

    yield connect
    for sock in sockets:
        sock.close()


def lines(sock):
    """Everything that is sent until the master hangs up."""
    received = b""
    while chunk := sock.recv(65536):
        received += chunk
    return [json.loads(line) for line in received.splitlines()]


def test_a_request_is_answered_and_the_connection_closed(connected):
    assert lines(connected(STATUS)) == [{"control": 1, "kind": "status", "text": "x"}]


def test_a_request_may_come_in_pieces(master, connected):
    sock = connected(STATUS[:7])
    sock.sendall(STATUS[7:])
    master.turn()
    assert lines(sock)[0]["kind"] == "status"


@pytest.mark.parametrize(
    ("request_line", "message"),
    [
        (b"\n", "a request is one JSON object on one line"),
        (b"status\n", "a request is one JSON object on one line"),
        (b"[" * 4000 + b"\n", "a request is one JSON object on one line"),
        (b"[1]\n", "this gateway speaks version 1 of the protocol"),
        (b'{"do": "status"}\n', "this gateway speaks version 1 of the protocol"),
        (b'{"control": 2, "do": "status"}\n', "this gateway speaks version 1 of the protocol"),
        (b'{"control": 1, "do": "exec"}\n', "the commands are status, reload, release"),
        (b"x" * REQUEST_BYTES, "a request is one JSON object on one line"),
    ],
    ids=["empty", "a word", "deep", "a list", "no version", "another version", "another command", "too long"],
)
def test_what_is_no_request_is_told_so(connected, request_line, message):
    assert lines(connected(request_line)) == [{"control": 1, "kind": "error", "message": message}]


def test_progress_comes_at_once_and_the_outcome_ends_it(master, connected):
    sock = connected(RELOAD)
    assert json.loads(sock.recv(4096))["phase"] == "waiting"
    master.waiting[0].say({"kind": "outcome", "ok": True})
    assert lines(sock) == [{"control": 1, "kind": "outcome", "ok": True}]


def test_only_this_user_may_connect(master):
    assert master.control.path.stat().st_mode & 0o777 == 0o600


def test_one_that_says_nothing_is_sent_away_when_its_time_is_over(master, connected):
    sock = connected(b'{"control"')
    assert 0 < master.control.sweep(time.monotonic()) <= PATIENCE_S
    master.control.sweep(time.monotonic() + PATIENCE_S)
    assert lines(sock) == []


def test_one_that_does_not_read_is_sent_away_when_its_time_is_over(master, connected):
    master.size = UNSENT_BYTES // 2
    sock = connected(STATUS)
    master.control.sweep(time.monotonic() + PATIENCE_S)
    with pytest.raises(ValueError, match="Unterminated string"):
        lines(sock)


def test_one_that_reads_slowly_gets_everything(master, connected):
    master.size = UNSENT_BYTES // 2
    sock = connected(STATUS)
    received = b""
    while chunk := sock.recv(65536):
        received += chunk
        master.turn(1)
    assert len(json.loads(received)["text"]) == master.size


def test_an_answer_that_is_too_long_to_be_kept_is_not_kept(master, connected):
    master.size = 2 * UNSENT_BYTES
    with pytest.raises(ValueError, match="Unterminated string"):
        lines(connected(STATUS))


def test_who_waits_for_an_outcome_is_not_sent_away(master, connected):
    sock = connected(RELOAD)
    master.control.sweep(time.monotonic() + 10 * PATIENCE_S)
    master.waiting[0].say({"kind": "outcome"})
    assert [line["kind"] for line in lines(sock)] == ["progress", "outcome"]


def test_one_that_has_gone_is_noticed_and_may_be_spoken_to(master, connected):
    connected(RELOAD).close()
    master.turn()
    assert master.waiting[0].is_gone
    master.waiting[0].say({"kind": "outcome"})


def test_what_comes_after_the_request_is_ignored(master, connected):
    sock = connected(RELOAD)
    sock.sendall(b"more" * 1000)
    master.turn()
    assert not master.waiting[0].is_gone


def test_there_are_only_so_many_connections_and_a_place_is_free_again(master, connected):
    first = [connected(RELOAD) for _ in range(VISITORS)]
    with pytest.raises(ConnectionResetError):
        lines(connected(STATUS))
    first[0].close()
    master.turn()
    assert lines(connected(STATUS))[0]["kind"] == "status"


def test_the_file_of_a_master_that_was_killed_is_replaced(tmp_path):
    path = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    master = Master(path)
    assert is_answering(path)
    master.control.close()
    master.bell.leave()


def test_the_place_of_a_living_master_is_not_taken(master):
    with pytest.raises(OSError, match="in use"):
        Control(master.control.path, master.bell, master.obey)
    assert is_answering(master.control.path)


def test_a_closed_socket_leaves_no_file(tmp_path):
    master = Master(tmp_path / "control.sock")
    master.control.close()
    master.bell.leave()
    assert list(tmp_path.iterdir()) == []


def test_one_that_moved_in_is_not_thrown_out_by_who_was_there_before(tmp_path):
    old, heir = Master(tmp_path / "control.sock"), Master(tmp_path / "heir.sock")
    heir.control.move(tmp_path / "control.sock")
    old.control.close()
    assert is_answering(tmp_path / "control.sock")
    heir.control.close()
    for master in (old, heir):
        master.bell.leave()


def test_a_child_lets_go_and_the_file_stays(tmp_path):
    master = Master(tmp_path / "control.sock")
    child = os.fork()
    if child == 0:
        master.control.abandon()
        master.bell.leave()
        os._exit(0)
    os.waitpid(child, 0)
    assert is_answering(master.control.path)
    master.control.close()
    master.bell.leave()


def test_without_a_descriptor_for_another_client_it_rests_until_it_is_swept(master, connected, monkeypatch):
    class Full:
        def accept(self):
            raise OSError(24, "Too many open files")

        def fileno(self):
            return listening.fileno()

    listening = master.control._socket
    master.control._socket = Full()
    sock = connected(STATUS)
    started = time.monotonic()
    master.bell.wait(0.2)
    assert time.monotonic() - started >= 0.2, "woken for nothing"
    master.control._socket = listening
    master.control.sweep(time.monotonic())
    master.turn()
    assert lines(sock)[0]["kind"] == "status"


def test_a_command_is_known_by_its_name():
    assert order_of(STATUS) == Order("status")
    with pytest.raises(NotARequest):
        order_of(b"")
