"""One request on its way through a script, and what the script has made of it."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from krakpy_lua.calls import Answer, Asked
from krakpy_lua.objects import Objects
from krakpy_lua.request_view import RequestView
from krakpy_lua.response_view import ResponseView

REQUEST = 1


class Made(NamedTuple):
    """A call that a script has made: an answer, or what went wrong."""

    asked: Asked
    answer: Answer | None
    problem: str


class Exchange:
    """The messages of one request, what a script holds of them, and the calls that it has made.

    A script that has to move into a thread begins anew there: `calls` has those of its first attempt, so that none is
    made twice.
    """

    def __init__(
        self, request: RequestView, has_room: Callable[[int], bool], budget: int, calls: tuple[Made, ...] = ()
    ) -> None:
        self.request = request
        self.response: ResponseView | None = None
        self.objects = Objects(has_room, budget)
        self.printed: list[str] = []
        self.calls = calls
        self._next_call = 0

    def message(self, which: int) -> Any:
        """The request, or the answer."""
        return self.request if which == REQUEST else self.response

    def known_call(self, asked: Asked) -> bool:
        """Whether this call was made already, and is the next one."""
        return self._next_call < len(self.calls) and self.calls[self._next_call].asked == asked

    def add_call(self, made: Made) -> None:
        """Take note of a call that was made now."""
        self.calls = (*self.calls[: self._next_call], made)

    def take_call(self) -> Made:
        """The next call, for the script."""
        made = self.calls[self._next_call]
        self._next_call += 1
        return made
