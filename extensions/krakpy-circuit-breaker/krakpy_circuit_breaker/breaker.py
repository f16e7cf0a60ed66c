"""Spares a backend that fails.

    "qos/circuit-breaker": {"interval": 60, "timeout": 10, "max_errors": 1, "name": "users", "log_status_change": true}
"""
from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import cast

from krakpy_sdk import (
    BackendMiddleware,
    BackendSettings,
    ClientMiddleware,
    ClientSettings,
    Proxy,
    Request,
    Response,
    Store,
    UpstreamError,
)
from krakpy_store import node_store_of

from krakpy_circuit_breaker.circuit import Circuit, Pass, State
from krakpy_circuit_breaker.config import BreakerConfig, HttpBreakerConfig

#: event loops fire timers up to half a millisecond early
_EARLY_S = 0.002


class CircuitBreaker:
    """Asks a backend no more once it failed too often in a row, and tries one request when some time is over.

    What counts is what the backend does: errors, bad statuses, bodies that cannot be decoded, answers that come too
    late. A client that leaves or sends what is refused tells nothing of it, nor does a limit of the gateway's own.
    CircuitOpen while it is spared (KrakenD: `qos/circuit-breaker`; the words are the same).
    """

    Config: type[BreakerConfig] = BreakerConfig
    inside: tuple[str, ...] = ("filter_headers", "backend/graphql", "plugin/req-resp-modifier")
    outside: tuple[str, ...] = (
        "qos/ratelimit/proxy", "modifier/lua-backend", "validation/cel", "formatting", "decoding", "status_rules",
    )  # fmt: skip
    paths = ()
    #: what keeps the circuits of two namespaces apart
    kind = "backend"

    @staticmethod
    def applies_to(settings: BackendSettings) -> bool:
        config: BreakerConfig = settings.config
        return config.is_on

    def __init__(self, settings: BackendSettings, next: Proxy) -> None:
        config: BreakerConfig = settings.config
        self._name = config.name or settings.place
        self._log = settings.log if config.log_status_change else None
        self._circuit = Circuit(
            _store(settings, config),
            f"breaker/{self.kind}/{settings.place}/{settings.endpoint}",
            config,
            probe_s=settings.timeout_s + 1.0,
            tell=self._tell,
        )
        self._next = next

    async def __call__(self, request: Request) -> Response:
        circuit = self._circuit
        passed = circuit.admit()
        try:
            response = await self._next(request)
        except UpstreamError as error:
            if error.was_asked:
                circuit.fail(passed)
            else:
                circuit.forget(passed)
            raise
        except asyncio.CancelledError:
            self._cancelled(request, passed)
            raise
        except BaseException:
            circuit.forget(passed)
            raise
        if self.is_failure(response):
            circuit.fail(passed)
        else:
            circuit.succeed(passed)
        return response

    def is_failure(self, response: Response) -> bool:  # noqa: ARG002  it is there
        """Whether an answer counts as a failure."""
        return False

    def status(self) -> Mapping[str, object]:
        """How the circuit is."""
        return {"name": self._name, "state": self._circuit.state}

    def _cancelled(self, request: Request, passed: Pass) -> None:
        """The time is over, which is the backend's doing, or the client has left, which is not."""
        deadline, now = request.deadline, asyncio.get_running_loop().time()
        if deadline is not None and now >= deadline - _EARLY_S:
            self._circuit.fail(passed)
        else:
            self._circuit.forget(passed)

    def _tell(self, before: State, after: State) -> None:
        if self._log is not None:
            self._log.warning("[CB] Circuit breaker named '%s' went from '%s' to '%s'", self._name, before, after)


class HttpCircuitBreaker(CircuitBreaker):
    """The same around the exchange with the upstream: an answer whose status is not valid is a failure, and passes."""

    Config = HttpBreakerConfig
    inside = ("modifier/martian", "plugin/http-client")
    outside = ("redirects", "qos/http-cache", "auth/client-credentials", "decompression")
    kind = "http"

    def __init__(self, settings: ClientSettings, next: Proxy) -> None:
        super().__init__(settings, next)
        config: HttpBreakerConfig = settings.config
        self._valid = frozenset(config.valid_status_codes)

    def is_failure(self, response: Response) -> bool:
        """Whether its status is none of the valid ones."""
        return response.status not in self._valid


def _store(settings: BackendSettings, config: BreakerConfig) -> Store:
    if config.shared:
        return node_store_of(settings, "breaker")
    return cast(Store, settings.driver("store", "memory", {"max_keys": 100_000}))


_guard: type[BackendMiddleware] = CircuitBreaker
_http: type[ClientMiddleware] = HttpCircuitBreaker
