"""One Lua interpreter, with what stops a script: time, memory, and what only a thread may do.

    engine = Engine(max_memory_bytes)
    program = engine.program(code)
    run = Run(engine, program, exchange, ...)

An interpreter runs one script at a time. LuaJIT, with its compiler off: see the README.
"""
from __future__ import annotations

import ctypes
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from lupa import luajit21

from krakpy_lua.callbacks import Callbacks
from krakpy_lua.errors import failure
from krakpy_lua.exchange import Exchange
from krakpy_lua.scripts import Code

#: what a script may use of the event loop's time, in seconds of CPU, and of memory, before it moves into a thread
BRIEF_S = 0.005
BRIEF_BYTES = 4 * 1024 * 1024
#: how often a script in a thread looks at the time, in seconds of CPU
LOOK_S = 0.02
#: memory that scripts cannot use up, for what Lua is given
_SPARE_BYTES = 1024 * 1024

_RUNTIME = ("driver", "api", "messages", "sandbox")


class Stopped(Exception):
    """A script was stopped: `time`, `memory`, or `heavy` for what takes longer than the event loop can wait."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Program:
    """The compiled code of an object, for one engine."""

    def __init__(self, code: Code, factories: dict[str, Any]) -> None:
        self.code = code
        self.factories = factories


class Engine:
    """An interpreter and its limits."""

    def __init__(self, max_memory_bytes: int) -> None:
        self._lua = luajit21.LuaRuntime(
            encoding="latin-1", unpack_returned_tuples=True, register_eval=False, register_builtins=False,
            attribute_filter=_no_attributes, max_memory=0,
        )
        self._max_bytes = max_memory_bytes
        self._soft_limit = 0
        self._program: Program | None = None
        self._is_given_up = ctypes.c_int(0)
        self.callbacks = Callbacks(self.has_room)
        self._load()

    def _load(self) -> None:
        lua = self._lua
        texts = _texts()
        py = lua.table_from(self.callbacks.by_name())
        driver = lua.execute(texts["driver"], BRIEF_S, LOOK_S, ctypes.addressof(self._is_given_up))
        api = lua.execute(texts["api"], py, driver)
        levels, self.put_response = lua.execute(texts["messages"], py, driver, api)
        self._globals = lua.execute(texts["sandbox"], py, driver, api, levels)
        self._start, self._step = driver["start"], driver["step"]
        self._compile = lua.eval('function(text, name) local f, problem = loadstring(text, "=" .. name) '
                                 "return f and true or false, problem, f end")
        self._collect = lua.eval("function() collectgarbage() collectgarbage() end")
        lua.globals()["python"] = None

    def program(self, code: Code) -> Program:
        """The code, compiled once as long as it is the same; ScriptError with file and line for what is no Lua."""
        if self._program is None or self._program.code is not code:
            self._program = Program(code, self._compiled(code))
        return self._program

    def _compiled(self, code: Code) -> dict[str, Any]:
        factories = {}
        for name, text in code.chunks.items():
            if text.startswith("\x1b"):
                raise failure(f"{name}:1: compiled code is not loaded", code.place)
            is_right, problem, _ = self._compile(text, name)
            if not is_right:
                raise failure(problem, code.place)
            # NOTE: each request has a function of its own, since a function's globals belong to it
            factories[name] = self._compile(f"return function(...) {text}\nend", name)[2]
        return factories

    def globals(self, *, is_open: bool, level: str) -> tuple[Any, Any]:
        """New globals for one request, and the table that the methods of its strings are in."""
        made = self._globals(is_open, level)
        return made if isinstance(made, tuple) else (made, None)

    def start(self, factory: Any, table: Any, strings: Any, exchange: Exchange, until: float | None) -> tuple[Any, ...]:
        """Run a chunk to its end, or to where it waits; see `driver.lua` for what is given."""
        return self._run(self._start, (factory, table), strings, exchange, until)

    def resume(self, coroutine: Any, strings: Any, exchange: Exchange, until: float | None) -> tuple[Any, ...]:
        """Go on with what has waited."""
        return self._run(self._step, (coroutine,), strings, exchange, until)

    def _run(
        self, function: Any, what: tuple[Any, ...], strings: Any, exchange: Exchange, until: float | None
    ) -> tuple[Any, ...]:
        lua = self._lua
        self.callbacks.exchange = exchange
        self._soft_limit = lua.get_memory_used() + (BRIEF_BYTES if until is None else self._max_bytes)
        lua.set_max_memory(self._soft_limit + _SPARE_BYTES)
        try:
            outcome = function(*what, strings, until)
        except luajit21.LuaError as error:
            raise Stopped("memory" if isinstance(error, luajit21.LuaMemoryError) else "time") from error
        finally:
            lua.set_max_memory(0)
        return outcome if isinstance(outcome, tuple) else (outcome,)

    def has_room(self, size: int) -> bool:
        """Whether Lua may be given so many bytes.

        NOTE: asked before anything is given, because memory that ends within a callback would tear the frames of
        Python's interpreter that are in between.
        """
        used: int = self._lua.get_memory_used()
        return used + size <= self._soft_limit

    def give_up(self) -> None:
        """Have a script in a thread stopped soon, and never use this engine again."""
        self._is_given_up.value = 1

    def clean(self) -> None:
        """Sweep away what a script has left that was stopped for its memory."""
        self._collect()


@cache
def _texts() -> Mapping[str, str]:
    """What is run in every engine before its first script."""
    return {name: (files("krakpy_lua") / f"{name}.lua").read_text("utf-8") for name in _RUNTIME}


def _no_attributes(*_: object) -> str:
    # SECURITY: nothing of Python's is reached from a script, not even through an exception
    raise AttributeError("not available")
