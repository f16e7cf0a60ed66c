"""Sprig's arithmetic: whole numbers in 64 bits, fractions in decimal, so that 0.1 and 0.2 make 0.3."""
from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import reduce
from typing import Any

from krakpy_templates.errors import CallError
from krakpy_templates.floats import shortest
from krakpy_templates.functions.conversion import fractional, whole, wrapped
from krakpy_templates.signatures import Function
from krakpy_templates.values import Int64, Ints

MOST = 1_000_000
"""How many numbers a list of them may have."""

_EXACT = Context(prec=700)
_QUOTIENT = Decimal("1e-16")


def _folded(operate: Callable[[int, int], int], *values: Any) -> Int64:
    return Int64(reduce(lambda one, other: wrapped(operate(one, whole(other))), values[1:], whole(values[0])))


def _divided(one: Any, other: Any) -> Int64:
    dividend, divisor = whole(one), whole(other)
    if not divisor:
        raise CallError("runtime error: integer divide by zero")
    quotient = abs(dividend) // abs(divisor)
    return Int64(quotient if (dividend < 0) == (divisor < 0) else -quotient)


def _remainder(one: Any, other: Any) -> Int64:
    dividend, divisor = whole(one), whole(other)
    if not divisor:
        raise CallError("runtime error: integer divide by zero")
    rest = abs(dividend) % abs(divisor)
    return Int64(-rest if dividend < 0 else rest)


def _decimal(value: Any) -> Decimal:
    number = fractional(value)
    if not math.isfinite(number):
        raise CallError(f"Cannot create a Decimal from {shortest(number)}")
    return Decimal(repr(number))


def _decimals(operate: Callable[[Decimal, Decimal], Decimal], *values: Any) -> float:
    # NOTE: decimals have no negative zero
    return float(reduce(operate, [_decimal(value) for value in values])) or 0.0


def _quotient(one: Decimal, other: Decimal) -> Decimal:
    if not other:
        raise CallError("decimal division by 0")
    return _EXACT.divide(one, other).quantize(_QUOTIENT, ROUND_HALF_UP, _EXACT)


def _until(count: int) -> Ints:
    return until_step(0, count, -1 if count < 0 else 1)


def until_step(start: int, stop: int, step: int) -> Ints:
    """The numbers from `start` on, before `stop`. Raises CallError for more than MOST of them."""
    numbers = range(start, stop, step) if step and (step > 0) == (stop > start) else range(0)
    if len(numbers) > MOST:
        raise CallError(f"more than {MOST} numbers")
    return Ints(numbers)


def _seq(*bounds: int) -> str:
    if not bounds or len(bounds) > 3:
        return ""
    start, end = (1, bounds[0]) if len(bounds) == 1 else (bounds[0], bounds[-1])
    direction = -1 if end < start else 1
    step = bounds[1] if len(bounds) == 3 else direction
    if len(bounds) == 3 and direction < 0 < step:
        return ""
    return " ".join(map(str, until_step(start, end + direction, step)))


def _round(value: Any, places: int, *limits: float) -> float:
    limit = limits[0] if limits else 0.5
    try:
        power = math.pow(10, places)
        shifted = power * fractional(value)
        part = math.modf(shifted)[0]
        return float(math.ceil(shifted) if part >= limit else math.floor(shifted)) / power
    except (OverflowError, ValueError, ZeroDivisionError) as error:
        raise CallError("the number is too large to be rounded") from error


def _whole_float(change: Callable[[float], int], value: Any) -> float:
    number = fractional(value)
    if not math.isfinite(number):
        return number
    # NOTE: Python's integers have no negative zero, and Go writes one as -0
    return math.copysign(float(change(number)), number) if not change(number) else float(change(number))


def _extreme(choose: Callable[..., Any], convert: Callable[[Any], Any], kind: type) -> Callable[..., Any]:
    return lambda *values: kind(choose(convert(value) for value in values))


FUNCTIONS: Mapping[str, Function] = {
    "add": Function("any...", lambda *values: _folded(int.__add__, 0, *values)),
    "add1": Function("any", lambda value: _folded(int.__add__, value, 1)),
    "sub": Function("any any", lambda *values: _folded(int.__sub__, *values)),
    "mul": Function("any any...", lambda *values: _folded(int.__mul__, *values)),
    "div": Function("any any", _divided),
    "mod": Function("any any", _remainder),
    "addf": Function("any...", lambda *values: _decimals(_EXACT.add, 0.0, *values)),
    "add1f": Function("any", lambda value: _decimals(_EXACT.add, value, 1)),
    "subf": Function("any any...", lambda *values: _decimals(_EXACT.subtract, *values)),
    "mulf": Function("any any...", lambda *values: _decimals(_EXACT.multiply, *values)),
    "divf": Function("any any...", lambda *values: _decimals(_quotient, *values)),
    "max": Function("any any...", _extreme(max, whole, Int64)),
    "biggest": Function("any any...", _extreme(max, whole, Int64)),
    "min": Function("any any...", _extreme(min, whole, Int64)),
    "maxf": Function("any any...", _extreme(max, fractional, float)),
    "minf": Function("any any...", _extreme(min, fractional, float)),
    "ceil": Function("any", lambda value: _whole_float(math.ceil, value)),
    "floor": Function("any", lambda value: _whole_float(math.floor, value)),
    "round": Function("any int float64...", _round),
    "until": Function("int", _until),
    "untilStep": Function("int int int", until_step),
    "seq": Function("int...", _seq),
}
"""By name."""
