"""A copy of a worker has none of its connections, and can start others."""
import os
import socket
import subprocess
import sys

PROGRAM = """
import os, select, socket, sys
from krakpy.server.forks import part_with_copies
ours, theirs = socket.socketpair()
poll = select.epoll()
told = []
part_with_copies(lambda: told.append(os.getpid()))
pid = os.fork()
if not pid:
    ours.detach()
    os.write(theirs.fileno(), b"from the copy")
    os._exit(0)
os.waitpid(pid, 0)
theirs.send(b"from the worker")
print(ours.recv(100), told == [os.getpid()], poll.closed)
"""


def test_what_a_copy_writes_reaches_nobody_and_the_worker_is_told():
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.stdout, ran.stderr) == ("b'from the worker' True False\n", "")


def test_who_has_not_asked_for_it_keeps_sockets_in_copies():
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if not pid:
        os.write(theirs.fileno(), b"from the copy")
        os._exit(0)
    os.waitpid(pid, 0)
    assert ours.recv(100) == b"from the copy"
    ours.close()
    theirs.close()
