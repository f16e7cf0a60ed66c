"""The circuit: closed, then open after too many failures, then half-open for one probe.

    circuit = Circuit(store, "breaker/users", config)
    pass_ = circuit.admit()         # CircuitOpen as long as the backend is spared
    circuit.fail(pass_)

It lives in a store that answers at once, so that all workers of a node see the same one. Times are on the machine's
monotonic clock, which nobody sets.
"""
from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from time import monotonic
from typing import Literal, NamedTuple

from krakpy_sdk import Store, UpstreamError

from krakpy_circuit_breaker.config import BreakerConfig

State = Literal["closed", "half-open", "open"]
Tell = Callable[[State, State], None]
"""Is told when the state changes: from what, to what."""

_OPENED = Struct("<d")
_DEFAULT_TIMEOUT_S = 60.0
#: how long is remembered what is to be remembered for ever
_DAY_S = 86_400.0


class CircuitOpen(UpstreamError):
    """The backend is spared: it was not asked."""

    was_asked = False


class Pass(NamedTuple):
    """What a request was let through with."""

    opened: bytes | None
    """For a probe: when the circuit that it tries was opened."""


CLOSED = Pass(None)


class Circuit:
    """One circuit. Whoever is let through says what became of it: `succeed`, `fail`, or `forget` if that tells nothing.

    Consecutive failures count (KrakenD: sony/gobreaker); what ends after the circuit opened does not.
    """

    def __init__(
        self,
        store: Store,
        key: str,
        config: BreakerConfig,
        *,
        probe_s: float = 60.0,
        tell: Tell = lambda *_: None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._store = store
        self._opened, self._failures = f"{key}/opened", f"{key}/failures"
        self._failing, self._probe = f"{key}/failing", f"{key}/probe/"
        self._max_errors = config.max_errors
        self._interval_s = config.interval or _DAY_S
        self._timeout_s = config.timeout or _DEFAULT_TIMEOUT_S
        self._probe_s = probe_s
        self._tell = tell
        self._clock = clock

    def admit(self) -> Pass:
        """Lets a request through, or not: CircuitOpen. Of those that come when the time is over, exactly one."""
        opened = self._store.get(self._opened)
        if opened is None:
            return CLOSED
        assert isinstance(opened, bytes), "the store of a node answers at once"
        if self._is_resting(opened):
            raise CircuitOpen("circuit breaker is open")
        # NOTE: a ticket for each time that it opened, so that a late comer cannot be a second probe; it ends by itself
        # where the worker that has it does
        if self._store.add(self._probe + opened.hex(), 1, self._probe_s) != 1:
            raise CircuitOpen("too many requests")
        self._tell("open", "half-open")
        return Pass(opened)

    def succeed(self, passed: Pass) -> None:
        """The backend has answered."""
        if passed.opened is not None:
            self._store.delete(self._opened)
            self._tell("half-open", "closed")
        elif self._store.get(self._failing) is not None:
            self._reset()

    def fail(self, passed: Pass) -> None:
        """The backend has failed."""
        if passed.opened is not None:
            self._open("half-open")
        elif self._store.get(self._opened) is None:
            failures = self._store.add(self._failures, 1, self._interval_s)
            assert isinstance(failures, int), "the store of a node answers at once"
            self._store.put(self._failing, b"", self._interval_s)
            if failures > self._max_errors:
                self._open("closed")

    def forget(self, passed: Pass) -> None:
        """It tells nothing of the backend; for a probe, the next one may try."""
        if passed.opened is not None:
            self._store.delete(self._probe + passed.opened.hex())

    @property
    def state(self) -> State:
        """How it is."""
        opened = self._store.get(self._opened)
        if not isinstance(opened, bytes):
            return "closed"
        return "open" if self._is_resting(opened) else "half-open"

    def _is_resting(self, opened: bytes) -> bool:
        return self._clock() - float(_OPENED.unpack(opened)[0]) < self._timeout_s

    def _open(self, before: State) -> None:
        self._store.put(self._opened, _OPENED.pack(self._clock()), self._timeout_s + _DAY_S)
        self._reset()
        self._tell(before, "open")

    def _reset(self) -> None:
        self._store.delete(self._failures)
        self._store.delete(self._failing)
