"""What the three middlewares have in common: scripts run where they cost least, and in a thread where they cost more.

A script begins on the event loop, with 5 ms and 4 MB. Nearly all are done then. One that needs more begins anew in a
thread, with the whole time of the request and all its memory, while the loop serves others; for a while those after it
go there at once. What it has seen is there again: nothing is asked twice, and nothing it did has left it yet.
"""
from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from krakpy_sdk import ConfigError, Disabled, Proxy, Request, Response, Timeout

from krakpy_lua.config import LuaConfig
from krakpy_lua.engine import Engine, Stopped
from krakpy_lua.errors import ScriptError
from krakpy_lua.exchange import Exchange, Made
from krakpy_lua.fetching import Fetching
from krakpy_lua.request_view import Level, RequestView
from krakpy_lua.response_view import ResponseView
from krakpy_lua.run import Run, Wanted
from krakpy_lua.scripts import Code, MissingSource, Scripts

#: how long scripts go into a thread at once after one had to, in seconds
_HEAVY_FOR_S = 10.0
_MOST_SPARE_ENGINES = 4
_NO_STEPS: Iterator[Wanted] = iter(())


class Scripted:
    """The scripts of one object of the configuration, and the interpreters that run them."""

    Config = LuaConfig
    _level: Level

    def __init__(self, settings: Any, next: Proxy) -> None:
        config: LuaConfig = settings.config
        self._next = next
        self._is_open = config.allow_open_libs
        self._timeout_s: float = settings.timeout_s
        self._max_memory = config.max_memory_bytes
        self._log = settings.log
        self._is_no_op: bool = settings.is_no_op
        self._fetching = Fetching(settings)
        self._scripts = Scripts(config)
        self._engine = Engine(self._max_memory)
        self._code: Code | None = None
        self._spare: list[Engine] = []
        self._heavy_until = 0.0
        self._read(config)

    def _read(self, config: LuaConfig) -> None:
        """Read and compile the code, as it is at start.

        Disabled for what is missing or no Lua, with what fails every request in its place (KrakenD: requests fail);
        ConfigError with `must_run`.
        """
        try:
            self._engine.program(self._read_code())
        except ScriptError as error:
            if config.must_run:
                raise ConfigError(str(error)) from error
            self._log.error("the script does not run, and its requests fail: %s", error)
            if not config.live:
                told = f"a script does not run, and its requests fail: {error}"
                raise Disabled(told, instead=self._failing(ScriptError(str(error)))) from error

    def _failing(self, error: ScriptError) -> Proxy:
        """What stands in the place of a script that does not run."""

        async def fail(request: Request) -> Response:  # noqa: ARG001  whatever is asked
            raise ScriptError(str(error))

        return fail

    def teardown(self) -> None:
        """Let go of the threads."""
        self._fetching.close()

    def _read_code(self) -> Code:
        """The code: as it was at start, or with `live` as it is now."""
        if self._code is None or self._scripts.is_live:
            try:
                code = self._scripts.read()
            except MissingSource as error:
                raise ScriptError(str(error)) from error
            if code != self._code:
                self._code = code
        return self._code

    def _run(self, engine: Engine, request: Request, until: float | None, calls: tuple[Made, ...] = ()) -> Run:
        view = RequestView(request, self._level)
        exchange = Exchange(view, engine.has_room, self._max_memory, calls)
        return Run(
            engine, engine.program(self._read_code()), exchange, is_open=self._is_open, level=self._level, until=until
        )

    def _begin(self, request: Request) -> tuple[Run, Iterator[Wanted], Wanted | None] | None:
        """Run what comes first, up to where it waits; None for a script that goes into a thread."""
        if self._heavy_until and time.monotonic() < self._heavy_until:
            return None
        run = self._run(self._engine, request, None)
        if not run.has_before:
            return run, _NO_STEPS, None
        steps = run.before()
        try:
            wanted = next(steps, None)
        except Stopped as stop:
            self._note(stop)
            return None
        except ScriptError:
            self._say(run.exchange)
            raise
        if wanted is None and run.exchange.printed:
            self._say(run.exchange)
        return run, steps, wanted

    async def _first(
        self, request: Request, begun: tuple[Run, Iterator[Wanted], Wanted | None] | None
    ) -> Run:
        """The run of what comes first, at its end; not always the one that was begun."""
        calls: tuple[Made, ...] = ()
        if begun is not None:
            run, steps, wanted = begun
            try:
                await self._fetching.drive(run, steps, wanted)
            except Stopped as stop:
                self._note(stop)
                request, calls = run.exchange.request.request, run.exchange.calls
            else:
                self._say(run.exchange)
                return run
        return await self._in_thread(request, calls)

    async def _in_thread(self, request: Request, calls: tuple[Made, ...]) -> Run:
        """A run of what comes first in a thread, at its end."""
        engine = self._spare.pop() if self._spare else Engine(self._max_memory)
        run = self._run(engine, request, self._until(request), calls)
        await self._to_the_end(run, run.before())
        return run

    async def _last(self, run: Run, response: Response, *, is_made: bool = False) -> Response:
        """Run what looks at the answer, where the run has been; what it leaves."""
        view = ResponseView(response, is_no_op=self._is_no_op, is_made=is_made)
        if run.until is None:
            steps = run.after(view)
            try:
                wanted = next(steps, None)
                if wanted is not None:
                    await self._fetching.drive(run, steps, wanted)
            except Stopped as stop:
                self._note(stop)
                run = await self._in_thread(run.exchange.request.request, run.exchange.calls)
                view = ResponseView(view.response, is_no_op=self._is_no_op, is_made=is_made)
        if run.until is not None:
            await self._to_the_end(run, run.after(view))
            self._release(run)
        self._say(run.exchange)
        return view.finished()

    async def _to_the_end(self, run: Run, steps: Iterator[Wanted]) -> None:
        try:
            await self._fetching.drive_in_thread(run, steps)
        except ScriptError:
            self._release(run)
            raise
        except Stopped as stop:
            if stop.why == "memory":
                run.engine.clean()
                self._release(run)
            if stop.why == "time":
                raise Timeout("context deadline exceeded") from stop
            raise ScriptError("not enough memory") from stop
        finally:
            self._say(run.exchange)

    def _release(self, run: Run) -> None:
        """Keep the engine of a run that is over."""
        if run.until is not None and len(self._spare) < _MOST_SPARE_ENGINES:
            self._spare.append(run.engine)

    def _note(self, stop: Stopped) -> None:
        """Take note of a script that was too much for the event loop."""
        self._heavy_until = time.monotonic() + _HEAVY_FOR_S
        if stop.why == "memory":
            self._engine.clean()

    def _until(self, request: Request) -> float:
        """When a script in a thread has to be over."""
        own = time.monotonic() + self._timeout_s
        # NOTE: event loops have the same clock
        return own if request.deadline is None else min(own, request.deadline)

    def _say(self, exchange: Exchange) -> None:
        for text in exchange.printed:
            self._log.info("%s", text.encode("latin-1").decode("utf-8", "replace"))
        exchange.printed.clear()
