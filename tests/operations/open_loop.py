"""Requests that come when they come, however long others wait: `python open_loop.py PORT PER_SECOND SECONDS PATH`.

Each takes a connection that nobody uses, as a load balancer in front would, and is not tried again. In a process of its
own; prints a JSON array: for each what it got (a status, `refused`, `broken`, `never`), after how many seconds, and how
many seconds after the first one was due.
"""
from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import uvloop

#: who has nothing by then hangs
PATIENCE_S = 20.0


#: connections that are there before the first request
READY = 1000

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Outcome = tuple[str, float, float]


def arrived(port: int, path: str, *, per_second: float, seconds: float) -> list[Outcome]:
    """What became of those that came at this rate for so long."""
    command = [sys.executable, __file__, str(port), str(per_second), str(seconds), path]
    done = subprocess.run(command, stdout=subprocess.PIPE, timeout=seconds + 3 * PATIENCE_S, check=True)
    return [(outcome, took_s, at_s) for outcome, took_s, at_s in json.loads(done.stdout)]


class Arrivals:
    """Requests at even intervals."""

    def __init__(self, port: int, path: str) -> None:
        self._port, self._path = port, path
        self._idle: list[Streams] = []
        self._began = 0.0

    async def run(self, per_second: float, seconds: float) -> list[Outcome]:
        """All of them."""
        self._idle = [await asyncio.open_connection("127.0.0.1", self._port) for _ in range(READY)]
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        asking = []
        for number in range(int(per_second * seconds)):
            # NOTE: who is late makes up for it; the rate is what counts
            await asyncio.sleep(max(0.0, self._began + number / per_second - loop.time()))
            asking.append(asyncio.ensure_future(self._ask(f"{self._path}{number}")))
        return list(await asyncio.gather(*asking))

    async def _ask(self, path: str) -> Outcome:
        """What one of them got."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        outcome = "never"
        try:
            async with asyncio.timeout(PATIENCE_S):
                outcome = await self._status(path)
        except TimeoutError:
            pass
        except ConnectionRefusedError:
            outcome = "refused"
        except (OSError, asyncio.IncompleteReadError):
            outcome = "broken"
        return outcome, loop.time() - due, loop.time() - self._began

    async def _status(self, path: str) -> str:
        """The status of a whole answer."""
        streams = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: gateway.test\r\n\r\n".encode())
        line, *fields = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        await reader.readexactly(next(int(each[15:]) for each in fields if each.startswith("content-length:")))
        if "connection: close" in fields:
            writer.close()
        else:
            self._idle.append(streams)
        return line[9:12]


if __name__ == "__main__":
    port, per_second, seconds, path = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
    print(json.dumps(uvloop.run(Arrivals(port, path).run(per_second, seconds))))
