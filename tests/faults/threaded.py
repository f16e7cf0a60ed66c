"""A scripted upstream on an event loop of its own, for gateways in other processes."""
from __future__ import annotations

import asyncio
import threading

from tests.client.upstream import Script, Upstream


class Threaded:
    """Use it in a `with` block; every connection plays the same script."""

    def __init__(self, script: Script) -> None:
        self.upstream = Upstream(script)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.upstream.port

    def __enter__(self) -> Threaded:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.upstream.open(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self.upstream.close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
