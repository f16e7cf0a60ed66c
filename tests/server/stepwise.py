"""An application that does what a test tells it, what it is asked, and what it sends."""
import asyncio

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
UPLOAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
CHUNKS = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
EXPECTING = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n"


class Stepwise:
    """An application that does what the test tells it, one step after the other."""

    def __init__(self) -> None:
        self.steps: asyncio.Queue = asyncio.Queue()
        self.received: list = []
        self.ended = ""

    async def __call__(self, scope, receive, send) -> None:
        self.receive, self.send = receive, send
        try:
            while (step := await self.steps.get()) is not None:
                if step == "receive":
                    self.received.append(await receive())
                else:
                    await send(step)
            self.ended = "returned"
        except asyncio.CancelledError:
            self.ended = "cancelled"
            raise
        except OSError:
            self.ended = "told"

    async def do(self, dialogue, *steps) -> None:
        for step in steps:
            self.steps.put_nowait(step)
        await dialogue.settle()


def start(**fields):
    headers = [(name.encode(), value) for name, value in fields.items()]
    return {"type": "http.response.start", "status": 200, "headers": headers}


def body(data=b"", *, more=False):
    return {"type": "http.response.body", "body": data, "more_body": more}
