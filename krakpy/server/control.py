"""The control socket of a master: one request a connection, a line of JSON each way, and nothing that can block it.

    -> {"control": 1, "do": "status"}
    <- {"control": 1, "kind": "status", …}
    -> {"control": 1, "do": "reload"}
    <- {"control": 1, "kind": "progress", "phase": "checking", …}      (any number of them)
    <- {"control": 1, "kind": "outcome", "ok": true, …}
    -> {"control": 1, "do": "release", "what": "acme-geo/geo"}
    <- {"control": 1, "kind": "released", "instances": ["geo"], "need_reload": []}

Anything else is answered `{"control": 1, "kind": "error", "message": …}`. Lines end with a line feed; a request has at
most 4,096 bytes and 5 s; there are at most 16 connections.

NOTE: all of it happens in the master's own loop, between two signals: sockets never block, there is no thread.
"""
from __future__ import annotations

import json
import os
import selectors
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from krakpy.server.bell import Bell

VERSION = 1
REQUEST_BYTES = 4096
UNSENT_BYTES = 4 * 1024 * 1024
PATIENCE_S = 5.0
VISITORS = 16
COMMANDS = ("status", "reload", "release")

Message = Mapping[str, Any]


class NotARequest(ValueError):
    """What came is no request; the sentence says why."""


class Order(NamedTuple):
    """What a visitor wants done."""

    do: str
    what: str = ""
    """To whom: the id of an extension, or the name of an instance."""


def order_of(line: bytes) -> Order:
    """What a request wants; NotARequest if it is none."""
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        raise NotARequest("a request is one JSON object on one line") from None
    if not isinstance(request, dict) or request.get("control") != VERSION:
        raise NotARequest(f"this gateway speaks version {VERSION} of the protocol")
    if request.get("do") not in COMMANDS:
        raise NotARequest(f"the commands are {', '.join(COMMANDS)}")
    order = Order(str(request["do"]), str(request.get("what", "")))
    if order.do == "release" and not order.what:
        raise NotARequest("`what` has to name the extension, or the instance, that is to be released")
    return order


def line_of(message: Message) -> bytes:
    """A message as it is sent."""
    return json.dumps({"control": VERSION, **message}).encode() + b"\n"


class Visitor:
    """One connection: reads its request, and holds what is still to be sent."""

    def __init__(self, sock: socket.socket, bell: Bell, obey: Callable[[Visitor, Order], None]) -> None:
        self._sock = sock
        self._bell = bell
        self._obey = obey
        self._received = b""
        self._unsent = b""
        self._is_last = False
        self.due_at: float | None = time.monotonic() + PATIENCE_S
        """When it is sent away; None while it waits for us."""
        self.is_gone = False
        sock.setblocking(False)
        bell.watch(sock.fileno(), selectors.EVENT_READ, self._ring)

    def say(self, message: Message, *, last: bool = True) -> None:
        """Send a message as soon as the other side reads; the last one closes the connection."""
        if self.is_gone:
            return
        self._unsent += line_of(message)
        self._is_last = last
        self._send()

    def close(self) -> None:
        """Hang up."""
        if not self.is_gone:
            self.is_gone = True
            self._bell.forget(self._sock.fileno())
            self._sock.close()

    def abandon(self) -> None:
        """In a child: the connection is the parent's."""
        self._sock.close()

    def _ring(self, events: int) -> None:
        if events & selectors.EVENT_WRITE and self._unsent:
            self._send()
        if events & selectors.EVENT_READ and not self.is_gone:
            self._receive()

    def _receive(self) -> None:
        try:
            chunk = self._sock.recv(REQUEST_BYTES)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self.close()
        elif self.due_at is not None and not self._unsent:
            self._received += chunk
            self._read()

    def _read(self) -> None:
        line, end, _ = self._received.partition(b"\n")
        if not end and len(line) < REQUEST_BYTES:
            return
        self.due_at = None
        try:
            order = order_of(line if end else b"")
        except NotARequest as error:
            self.say({"kind": "error", "message": str(error)})
        else:
            self._obey(self, order)

    def _send(self) -> None:
        try:
            sent = self._sock.send(self._unsent) if self._unsent else 0
        except BlockingIOError:
            sent = 0
        except OSError:
            self.close()
            return
        self._unsent = self._unsent[sent:]
        if (self._is_last and not self._unsent) or len(self._unsent) > UNSENT_BYTES:
            self.close()
            return
        if sent or self.due_at is None:
            self.due_at = time.monotonic() + PATIENCE_S if self._unsent else None
        self._bell.watch(
            self._sock.fileno(),
            selectors.EVENT_READ | (selectors.EVENT_WRITE if self._unsent else 0),
            self._ring,
        )


class Control:
    """The listening socket with its visitors. `obey(visitor, order)` is called with every request."""

    def __init__(self, path: Path, bell: Bell, obey: Callable[[Visitor, Order], None]) -> None:
        self.path = path
        self._bell = bell
        self._obey = obey
        self._visitors: list[Visitor] = []
        self._socket = _listening(path)
        self._inode = path.stat().st_ino
        self._is_resting = False
        bell.watch(self._socket.fileno(), selectors.EVENT_READ, self._accept)

    def sweep(self, now: float) -> float:
        """Send away who has been too slow; how long until that has to be done again, in seconds."""
        self._visitors = [visitor for visitor in self._visitors if not visitor.is_gone]
        if self._is_resting:
            self._is_resting = False
            self._bell.watch(self._socket.fileno(), selectors.EVENT_READ, self._accept)
        wait_s = PATIENCE_S
        for visitor in self._visitors:
            if visitor.due_at is not None and visitor.due_at <= now:
                visitor.close()
            elif visitor.due_at is not None:
                wait_s = min(wait_s, visitor.due_at - now)
        return wait_s

    def move(self, path: Path) -> None:
        """Be found at another path from now on."""
        os.rename(self.path, path)
        self.path = path

    def close(self) -> None:
        """Hang up, and remove the file if it is still ours."""
        for visitor in self._visitors:
            visitor.close()
        if not self._is_resting:
            self._bell.forget(self._socket.fileno())
        self._socket.close()
        try:
            if self.path.stat().st_ino == self._inode:
                self.path.unlink()
        except OSError:
            pass

    def abandon(self) -> None:
        """In a child: socket and file are the parent's."""
        self._socket.close()
        for visitor in self._visitors:
            visitor.abandon()

    def _accept(self, _: int) -> None:
        try:
            sock, _address = self._socket.accept()
        except BlockingIOError:
            return
        except OSError:
            # NOTE: no descriptor is left; who goes on listening now would be woken for nothing all the time
            self._is_resting = True
            self._bell.forget(self._socket.fileno())
            return
        self._visitors = [visitor for visitor in self._visitors if not visitor.is_gone]
        if len(self._visitors) >= VISITORS:
            sock.close()
            return
        self._visitors.append(Visitor(sock, self._bell, self._obey))


def _listening(path: Path) -> socket.socket:
    """A socket there that only this user can connect to; OSError if the place is taken or cannot be had."""
    if path.is_socket() and not is_answering(path):
        path.unlink()  # NOTE: left behind by a master that was killed
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # SECURITY: the mode is there from the first moment on; `chmod` would come a moment too late
    mask = os.umask(0o177)
    try:
        listening.bind(str(path))
        listening.listen(VISITORS)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(mask)
    return listening


def is_answering(path: Path) -> bool:
    """Whether somebody listens at the socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            return True
    return True
