"""One request's way through the scripts of an object, in steps: each goes on until the script waits for something.

    run = Run(engine, program, exchange, is_open=False, level="proxy", until=None)
    for wanted in run.before():
        ...                     # get it, and put it into the exchange
"""
from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from krakpy_lua.callbacks import asked
from krakpy_lua.calls import Asked
from krakpy_lua.engine import Engine, Program, Stopped
from krakpy_lua.errors import failure
from krakpy_lua.exchange import Exchange
from krakpy_lua.request_view import Level
from krakpy_lua.response_view import ResponseView
from krakpy_lua.scripts import POST, PRE, SOURCES


class Wanted(NamedTuple):
    """What a script waits for: the body of the request (1) or the answer (2), or a call."""

    body_of: int = 0
    call: Asked | None = None


class Run:
    """The globals of one request, which all its chunks share, in one engine.

    ScriptError ends the request; Stopped says that the limits of the engine do.
    """

    def __init__(
        self, engine: Engine, program: Program, exchange: Exchange, *, is_open: bool, level: Level, until: float | None
    ) -> None:
        self.engine = engine
        self.exchange = exchange
        self._program = program
        self.has_before = PRE in program.factories or SOURCES in program.factories
        """Whether there is anything to run before the request goes on."""
        self.until = until
        """When a script in a thread has to be over, by the monotonic clock; None: the event loop waits for it."""
        self._globals, self._strings = engine.globals(is_open=is_open, level=level)

    def before(self) -> Iterator[Wanted]:
        """Run the sources and what stands before the request goes on."""
        yield from self._chunk(SOURCES)
        yield from self._chunk(PRE)

    def after(self, response: ResponseView) -> Iterator[Wanted]:
        """Run what looks at the answer."""
        self.exchange.response = response
        self.engine.put_response(self._globals)
        yield from self._chunk(POST)

    def _chunk(self, name: str) -> Iterator[Wanted]:
        factory = self._program.factories.get(name)
        if factory is None:
            return
        outcome = self.engine.start(factory, self._globals, self._strings, self.exchange, self.until)
        while outcome[0] == "ask":
            _, coroutine, what, *arguments = outcome
            if what == "body":
                yield Wanted(body_of=arguments[0])
            else:
                wanted = asked(self.exchange, *arguments)
                if not self.exchange.known_call(wanted):
                    yield Wanted(call=wanted)
            outcome = self.engine.resume(coroutine, self._strings, self.exchange, self.until)
        if outcome[0] == "stopped":
            raise Stopped(outcome[1])
        if outcome[0] == "error":
            raise failure(outcome[1], self._program.code.place)
