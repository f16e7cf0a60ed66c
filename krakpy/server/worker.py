"""krakpy's own gunicorn worker: an event loop, the application, and a connection of `protocol` for each client.

A worker dies for itself: nothing that its application raises, however odd, runs the master's code in its process.
"""
from __future__ import annotations

import asyncio
import contextlib
import ctypes
import errno
import logging
import mmap
import os
import resource
import signal
import socket
import ssl
import sys
import time
from asyncio import sleep
from typing import Any, cast

import uvloop
from gunicorn import sock
from gunicorn.sock import BaseSocket
from gunicorn.workers import base
from krakpy_sdk import ASGIApp

from krakpy import logs
from krakpy.codes import Code
from krakpy.server.canary import Canary
from krakpy.server.forks import part_with_copies
from krakpy.server.last_words import LastWords
from krakpy.server.outputs import keep_outputs
from krakpy.server.protocol import Protocol
from krakpy.server.service import Service
from krakpy.server.startup import Lifespan
from krakpy.server.tls import server_context

LOG = logging.getLogger("krakpy.server")

#: the exit status of a worker that failed (sysexits.h: EX_SOFTWARE)
FAILED = 70

#: how often a worker tells its master that it lives, and looks whether that one does
BEAT_S = 1.0
#: how often one that drains looks whether it is done, and one that runs strangers' code whether all is as it was
LOOK_S = 0.05
#: descriptors that are kept for the end of one that has none left
_SPARES = 32
#: names that a warning holds
_MOST_NAMES = 10

#: for a TLS handshake, at most
HANDSHAKE_S = 60.0

#: what a worker's master sees of it
_READY, _LEAVING = 1, 2

_PR_SET_PDEATHSIG = 1


class Worker(base.Worker):
    """Serves; its master sees when it became ready, and it never outlives its master.

    SIGTERM: takes no further connections, announces the end of each with its next answer, and goes when all have ended
    or gunicorn's `graceful_timeout` is over. SIGQUIT and SIGINT: goes at once.
    """

    failures = 0
    """How many workers died in its place, one after the other, before they were ready; the master's note."""
    is_dismissed = False
    """Whether the master told it to go; the master's note."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.spawned_at = time.monotonic()
        # NOTE: gunicorn builds a worker before it forks, so this byte is the same one in the master and in the worker
        self._state = mmap.mmap(-1, 1)
        self.last_words = LastWords()
        self._is_quick = False

    @property
    def is_ready(self) -> bool:
        """Whether the application has started and the worker listens; true for good, also after its death."""
        return self._state[0] >= _READY

    @property
    def is_leaving(self) -> bool:
        """Whether it takes no more connections, so that another one has to; also where nobody has dismissed it."""
        return self._state[0] == _LEAVING

    def uptime_s(self) -> float:
        """Seconds since just before the fork."""
        return time.monotonic() - self.spawned_at

    def notify(self) -> None:
        """Beat. The first beat says that the application has started and the sockets are open."""
        if not self.is_ready:
            self._state[0] = _READY
            logs.event(LOG, logging.INFO, "worker ready", pid=self.pid, after_s=round(self.uptime_s(), 3))
        super().notify()

    def init_signals(self) -> None:
        for number in self.SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        self._loop.add_signal_handler(signal.SIGTERM, self._stop)
        for number in (signal.SIGQUIT, signal.SIGINT):
            self._loop.add_signal_handler(number, self._quit)
        self._loop.add_signal_handler(signal.SIGUSR1, self.log.reopen_files)
        signal.signal(signal.SIGWINCH, signal.SIG_IGN)
        self.last_words.listen()
        die_with_parent(self.ppid)
        self._handlers = {number: signal.getsignal(number) for number in (*self.SIGNALS, signal.SIGWINCH)}

    def init_process(self) -> None:
        """Load and serve; whatever comes out of that ends this process, logged as one event."""
        try:
            self._loop = uvloop.new_event_loop()
            asyncio.set_event_loop(self._loop)
            self._told = asyncio.Event()
            raise_descriptor_limit()
            super().init_process()
        except SystemExit:
            raise
        # NOTE: a KeyboardInterrupt or a HaltServer that got through would make this process shut its siblings down,
        # because the master's main loop is further up on the same stack
        except BaseException as error:
            logs.event(LOG, logging.CRITICAL, "worker failed", exc_info=error, pid=self.pid, error=type(error).__name__)
            raise SystemExit(FAILED) from error

    def run(self) -> None:
        """Serve until told to go; gunicorn calls this when the application is loaded."""
        try:
            self._loop.run_until_complete(self._serve())
            self._loop.run_until_complete(self._clean_up())
        finally:
            self._loop.close()

    def _stop(self) -> None:
        self.alive = False
        self._told.set()

    def _quit(self) -> None:
        self._is_quick = True
        if self.alive:
            self.cfg.worker_int(self)
        self._stop()

    async def _serve(self) -> None:
        # NOTE: gunicorn has but one name for what it loads
        app = cast(ASGIApp, self.wsgi)
        service = Service(app, getattr(self.app, "limits", None), loop=self._loop)
        lifespan = Lifespan(app, service.state)
        await lifespan.start()
        service.begin = getattr(self.wsgi, "begin", None)
        service.express = getattr(self.wsgi, "express", None)
        service.start()
        if getattr(self.wsgi, "has_strangers", False):
            keep_outputs()
            part_with_copies(self._tell_of_copy)
            self._whole = self._loop.create_task(self._stay_whole(Canary()))
        servers = [await self._listen(listener.sock, service) for listener in cast(list[BaseSocket], self.sockets)]
        while self.alive and service.requests < self.max_requests:
            self.notify()
            self._hear_again()
            if self.ppid != os.getppid():
                break
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), BEAT_S)
        # NOTE: what waits to be accepted is not lost: the socket is shared, and others accept from it
        for server in servers:
            server.close()
        self._state[0] = _LEAVING
        await self._drain(service)
        service.stop()
        if not self._is_quick:
            await lifespan.stop()

    async def _stay_whole(self, canary: Canary) -> None:
        """Put back again and again what extensions in this worker change for everybody."""
        # NOTE: what a worker without descriptors answers its last requests with
        spares = [os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC) for _ in range(_SPARES)]
        while True:
            await sleep(LOOK_S)
            changed = canary.mend()
            if changed:
                logs.event(
                    LOG, logging.WARNING, "somebody changed what all code of this worker uses; it is as before",
                    pid=self.pid, changed=", ".join(changed[:_MOST_NAMES]), remedy=Code.PATCHED.remedy,
                )  # fmt: skip
            if self.alive and is_out_of_descriptors():
                for spare in spares:
                    os.close(spare)
                logs.event(LOG, logging.ERROR, "worker has no descriptor left, and goes", pid=self.pid)
                self._stop()

    def _tell_of_copy(self) -> None:
        logs.event(LOG, logging.WARNING, "an extension has forked a worker; the copy has none of its connections")

    def _hear_again(self) -> None:
        """Put our signal handlers back where an extension has put others: the master has to be heard."""
        if any(signal.getsignal(number) is not ours for number, ours in self._handlers.items()):
            logs.event(LOG, logging.WARNING, "somebody replaced signal handlers; they are ours again", pid=self.pid)
            self.init_signals()

    async def _listen(self, listener: socket.socket, service: Service) -> asyncio.AbstractServer:
        options: dict[str, Any] = {"sock": listener, "backlog": self.cfg.backlog}
        if self.cfg.is_ssl:
            options["ssl"] = self._tls()
            options["ssl_handshake_timeout"] = min(service.limits.head_deadline_s, HANDSHAKE_S)
        if listener.family == socket.AF_UNIX:
            options["cleanup_socket"] = False  # the file is the master's
            return await self._loop.create_unix_server(lambda: Protocol(service), **options)
        return await self._loop.create_server(lambda: Protocol(service), **options)

    def _tls(self) -> ssl.SSLContext:
        tls = getattr(self.app, "tls", None)
        if tls is not None:
            return server_context(tls)
        context: ssl.SSLContext = sock.ssl_context(self.cfg)
        return context

    async def _drain(self, service: Service) -> None:
        """Wait until every connection has ended, if there is time."""
        grace_s = self.cfg.graceful_timeout
        service.drain(grace_s)
        until = time.monotonic() + grace_s
        while service.connections and time.monotonic() < until and not self._is_quick:
            self.notify()
            await asyncio.sleep(LOOK_S)
        if service.connections and not self._is_quick:
            logs.event(LOG, logging.WARNING, "connections cut off", count=len(service.connections), after_s=grace_s)

    async def _clean_up(self) -> None:
        """End what the application has left behind."""
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1.0)


def is_out_of_descriptors() -> bool:
    """Whether nothing can be opened here any more."""
    try:
        os.close(os.dup(2))
    except OSError as error:
        return error.errno == errno.EMFILE
    return False


def raise_descriptor_limit() -> None:
    """Have as many descriptors as the system lets this process have (Go programs do the same)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def die_with_parent(parent: int) -> None:
    """Have this process killed when its parent dies, even while it is blocked (on Linux; elsewhere gunicorn polls).

    NOTE: the kernel forgets the wish when the process changes its user: call it after that.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(0)
