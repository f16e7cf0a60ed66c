"""A backend that reads strictly (h11), answers `ok`, and remembers each request with every one of its fields."""
import asyncio
import threading
from dataclasses import dataclass

import h11


@dataclass(frozen=True)
class Recorded:
    """A complete request that has reached a backend; `garbage` where a strict reader finds none."""

    line: str
    """Method and target."""
    fields: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Recorder:
    """Use it in a `with` block."""

    def __init__(self) -> None:
        self.requests: list[Recorded] = []
        self.broken_off = 0
        """How many requests ended before their end."""
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._is_listening = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        assert self._is_listening.wait(10)
        return self

    def __exit__(self, *_) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._is_listening.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.01))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        try:
            while connection.our_state is h11.IDLE:
                await self._exchange(connection, reader, writer)
                if connection.our_state is h11.DONE and connection.their_state is h11.DONE:
                    connection.start_next_cycle()
        except h11.RemoteProtocolError:
            self.requests.append(Recorded("garbage"))
        except OSError:
            self.broken_off += 1
        writer.close()

    async def _exchange(self, connection: h11.Connection, reader, writer) -> None:
        """One request and its answer, or the end of the connection."""
        head, body = None, b""
        while not isinstance(event := await _event(connection, reader), h11.EndOfMessage):
            match event:
                case h11.Request():
                    head = event
                case h11.Data():
                    body += bytes(event.data)
                case h11.ConnectionClosed():
                    connection.send(event)
                    return
        assert head is not None
        fields = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers)
        self.requests.append(Recorded(f"{head.method.decode()} {head.target.decode('latin-1')}", fields, body))
        writer.write(connection.send(h11.Response(status_code=200, headers=[("content-length", "2")])) or b"")
        writer.write(connection.send(h11.Data(b"" if head.method == b"HEAD" else b"ok")) or b"")
        writer.write(connection.send(h11.EndOfMessage()) or b"")
        await writer.drain()


async def _event(connection: h11.Connection, reader: asyncio.StreamReader):
    """The next event of the client."""
    while (event := connection.next_event()) is h11.NEED_DATA:
        received = await reader.read(65536)
        if not received and connection.their_state is h11.SEND_BODY:
            raise ConnectionResetError("broken off: what it is has no end, so it is no request")
        connection.receive_data(received)
    return event
