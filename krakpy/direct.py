"""How a server that can gives a request to the application without a task, and gets the answer in one piece.

    begin = getattr(app, "begin", None)
    if begin is not None and begin(scope, client):
        ...                             # `client` is told the answer
    else:
        ...                             # ASGI, in a task

PERF: a task, the coroutines in it and the turns of the event loop cost 6 µs a request, and most requests wait for one
upstream and nothing else.
"""
from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol

from krakpy_sdk import Scope
from krakpy_sdk.seats import Message


class Fields(Protocol):
    """A request's header fields, as a connection keeps them for the next request that has the same."""

    headers: list[tuple[bytes, bytes]]
    """As in an ASGI scope."""
    kept: dict[object, Any]
    """What others have made of them, by who it was."""


class Cancellable(Protocol):
    """What can be given up."""

    def cancel(self) -> object:
        """Give it up."""


class Outlet(Protocol):
    """Where a body goes: its pieces are pushed, or written past all of us to the client's descriptor."""

    is_plain: bool
    """Whether there may be such a descriptor at all."""

    def push(self, piece: bytes) -> bool:
        """Take the next piece; False: no more before the flow is told to go on."""

    def descriptor(self, size: int) -> int:
        """What so many bytes of the body may be written to just now; -1: nothing."""

    def room(self) -> int:
        """How much of it would be taken there at once, as far as is known."""

    def passed(self, size: int) -> None:
        """So many were."""

    def end(self) -> None:
        """The body is whole."""

    def fail(self, error: BaseException) -> None:
        """The body will never be whole."""


class Flow(AsyncIterator[bytes]):
    """A body on its way; in place of being iterated, it can be poured into an outlet, which takes no task."""

    __slots__ = ("until",)
    until: float
    """When it breaks off by itself, on the event loop's clock."""

    @abstractmethod
    def beginning(self) -> bytes:
        """What has come already, as far as it is in one piece."""

    @abstractmethod
    def pour(self, outlet: Outlet) -> None:
        """Push what has come and what will, up to the end."""

    @abstractmethod
    def go_on(self) -> None:
        """The outlet takes more again."""

    @abstractmethod
    def close(self) -> None:
        """Nobody wants the rest."""


Poured = Callable[[int, "BaseException | None"], None]
"""Is told, once, how many bytes of a body were passed on when it is over, and what broke it off if its source did."""


class Client(Protocol):
    """Who waits for an answer: one request of a connection, as the server has it."""

    @property
    def peer(self) -> tuple[str, int] | None:
        """Address and port, as in an ASGI scope."""

    async def receive(self) -> Message:
        """The next part of the request (ASGI)."""

    def send(self, message: Message) -> Awaitable[None]:
        """Take a part of the answer (ASGI); for work that `run` was given."""

    def answer(self, status: int, fields: Sequence[tuple[bytes, bytes]], body: bytes) -> None:
        """Take the whole answer; its fields as ASGI has them, but for `Content-Length`, which is the body's."""

    def stream(
        self, status: int, fields: Sequence[tuple[bytes, bytes]], flow: Flow, poured: Poured
    ) -> None:
        """Take an answer whose body is on its way; its fields as ASGI has them."""

    def waits_for(self, future: Cancellable) -> None:
        """Cancel this when the client leaves."""

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Answer with what a task sends; it is cancelled when the client leaves."""


class Lane(Protocol):
    """A shorter way to an endpoint; see `krakpy.lane`."""

    def begin(
        self, method: str, path: bytes, query: bytes, parameters: Mapping[str, str], fields: Fields, client: Client
    ) -> bool:
        """Answer one request, unless it needs more."""


Begin = Callable[[Scope, Client], bool]
"""Takes a request over if it can; False where it has to be asked by ASGI."""

Express = Callable[[str, bytes, bytes, Fields, Client], bool]
"""The same for a request without a body: method, path, query, fields. PERF: nothing is made that nobody looks at."""
