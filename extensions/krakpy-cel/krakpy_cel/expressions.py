"""Compiled expressions, held to the types of the variables when they are made: a mistake ends the start.

    checks = compiled(checks_of([{"check_expr": "int(req_params.Id) < 100"}]))
    checks.before.refusal({"req_params": {"Id": "7"}})      # None
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from cel_expr_python import cel
from krakpy_sdk import ConfigError, Unusable

from krakpy_cel.config import CelCheck
from krakpy_cel.loops import Loops, loops_of

#: longest expression, in characters: who writes more than that wants a backend
MAX_CHARACTERS = 16 * 1024

_TEXTS = cel.Type.Map(cel.Type.STRING, cel.Type.List(cel.Type.STRING))
_ANYTHING = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
#: KrakenD's variables, with KrakenD's types
VARIABLES: Mapping[str, cel.Type] = {
    "req_method": cel.Type.STRING,
    "req_path": cel.Type.STRING,
    "req_params": cel.Type.Map(cel.Type.STRING, cel.Type.STRING),
    "req_headers": _TEXTS,
    "req_querystring": _TEXTS,
    "resp_completed": cel.Type.BOOL,
    "resp_metadata_status": cel.Type.INT,
    "resp_metadata_headers": _TEXTS,
    "resp_data": _ANYTHING,
    "JWT": _ANYTHING,
    "now": cel.Type.STRING,
}
_PROBLEM = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): ([^\n]*)")


class Program(NamedTuple):
    """One compiled expression."""

    expression: cel.Expression
    loops: Loops | None
    """What its loops look at, unless they are linear."""


@dataclass(frozen=True)
class Stage:
    """The expressions that are evaluated at one moment, in their order."""

    texts: tuple[str, ...] = ()
    programs: tuple[Program, ...] = ()

    def refusal(self, variables: Mapping[str, Any]) -> int | None:
        """The number of the first expression that is not true, or cannot be evaluated; None if all are true."""
        index = 0
        try:
            activation = _environment().Activation(variables)
            for index, program in enumerate(self.programs):
                if program.loops is not None and program.loops.take_too_long(variables):
                    return index
                # NOTE: an error is a value too, and so is a text: nothing but `true` lets pass
                if program.expression.eval(activation).value() is not True:
                    return index
        except (RuntimeError, ValueError, TypeError, MemoryError):
            # SECURITY: a loop of more than 10,000 rounds ends here, for one
            return index
        return None


@dataclass(frozen=True)
class Checks:
    """The expressions of an object by when they are evaluated (KrakenD: by what stands in their text)."""

    before: Stage
    """Those with `req`, and those that look at nothing but the time or constants (KrakenD: evaluates these never)."""

    after: Stage
    """Those with `resp`."""

    token: Stage
    """Those with `JWT`."""


def compiled(checks: Sequence[CelCheck]) -> Checks:
    """The checks, compiled; ConfigError for one that is no expression, or does not fit the types of the variables.

    One that mentions several of `req`, `resp` and `JWT` is evaluated each time, and fails where it lacks a variable.
    """
    made = [(check.check_expr, _compiled(check.check_expr, index)) for index, check in enumerate(checks)]
    return Checks(
        before=_stage((text, program) for text, program in made if is_before(text)),
        after=_stage((text, program) for text, program in made if "resp" in text),
        token=_stage((text, program) for text, program in made if is_about_token(text)),
    )


def is_before(text: str) -> bool:
    """Whether an expression is evaluated before the backends are asked."""
    return "req" in text or not ("resp" in text or is_about_token(text))


def is_about_token(text: str) -> bool:
    """Whether an expression is evaluated when a token was validated."""
    return "JWT" in text


def _stage(members: Iterable[tuple[str, Program]]) -> Stage:
    members = tuple(members)
    return Stage(tuple([text for text, _ in members]), tuple([program for _, program in members]))


def _compiled(text: str, index: int) -> Program:
    place = f"[{index}].check_expr"
    if len(text) > MAX_CHARACTERS:
        raise ConfigError(f"is longer than {MAX_CHARACTERS} characters", path=place)
    try:
        return Program(_environment().compile(text), loops_of(text, VARIABLES))
    except (RuntimeError, ValueError) as error:
        raise Unusable(f"is no expression that can be evaluated: {_reason(str(error))}", path=place) from None


def _reason(message: str) -> str:
    found = [(int(line), int(column), words) for line, column, words in _PROBLEM.findall(message)]
    if not found:
        return message.partition("\n")[0]
    line, column, words = found[0]
    words = words.removesuffix(" (in container '')")
    return words if column < 0 else f"line {line}, column {column}: {words}"


@cache
def _environment() -> cel.Env:
    """The language, and the variables that it has here. NOTE: immutable, and 0.3 ms to make."""
    return cel.NewEnv(variables=VARIABLES)
