"""An application that takes requests without a task, in a conversation with a client.

    app = App()
    dialogue = talking(app)
    await dialogue.say(GET)
    app.answer(body=b"hello")
"""
import asyncio

from krakpy.server.limits import Limits
from krakpy.server.service import Service
from tests.server.dialogue import Clock, Dialogue

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
PLAIN = ((b"content-type", b"text/plain"),)


class Future:
    """What an answer waits for."""

    def __init__(self) -> None:
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class App:
    """Takes what it is given in one of the shorter ways, and answers when the test says so, or what `at_once` does."""

    def __init__(self, at_once=None) -> None:
        self.at_once = at_once
        self.clients: list = []
        self.futures: list[Future] = []
        self.asked: list[str] = []

    def begin(self, scope, client):
        return self._taken(f"begin {scope['method']} {scope['path']}", client)

    def express(self, method, path, query, fields, client):
        return self._taken(f"express {method} {path.decode()}", client)

    def _taken(self, asked, client):
        self.asked.append(asked)
        self.clients.append(client)
        if self.at_once is not None:
            return self.at_once(client)
        self.futures.append(Future())
        client.waits_for(self.futures[-1])
        return True

    def answer(self, status=200, fields=PLAIN, body=b"hello"):
        self.clients[-1].answer(status, fields, body)


async def asgi(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"asgi"})


def talking(app, *, express=True, limits=None):
    clock = Clock()
    service = Service(asgi, limits or Limits(), loop=asyncio.get_running_loop(), clock=clock, wall=clock)
    service.begin, service.express = app.begin, app.express if express else None
    return Dialogue(service=service)


def at_once(*answer):
    def answered(client):
        client.answer(*(answer or (200, PLAIN, b"hello")))
        return True

    return answered
