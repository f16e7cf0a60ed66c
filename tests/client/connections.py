"""Doubles for the making of connections."""
import asyncio

from krakpy.client.dialing import Dialer
from krakpy.config.settings import TransportSettings


class Dials(Dialer):
    """Makes so many connections; whoever wants more waits for ever."""

    def __init__(self, number):
        super().__init__(TransportSettings())
        self.left = number
        self.is_awaited = asyncio.Event()

    async def dial(self, *target):
        self.left -= 1
        if self.left < 0:
            self.is_awaited.set()
            await asyncio.get_running_loop().create_future()
        return await super().dial(*target)


class Held:
    """A connection that notes what it is given."""

    def __init__(self, *, is_quiet):
        self.is_quiet = lambda: is_quiet
        self.is_closed = False
        self.sent = []

    def close(self):
        self.is_closed = True

    def send(self, exchange):
        self.sent.append(exchange)
