"""Only what the backend does counts."""
import asyncio
import logging
from dataclasses import replace

import pytest
from krakpy_circuit_breaker import BreakerConfig, CircuitBreaker, CircuitOpen, HttpBreakerConfig, HttpCircuitBreaker
from krakpy_sdk import (
    BadStatus,
    KrakpyError,
    Refused,
    RejectedError,
    Request,
    Response,
    Timeout,
    Undecodable,
    UpstreamError,
)
from krakpy_sdk.testing import answers, backend_settings, drivers
from krakpy_sdk.typed import decoded
from krakpy_store import Memory, Shared


class NotAsked(UpstreamError):
    """A limit of the gateway's own."""

    was_asked = False


def settings(tmp_path, config=None, **changes):
    built = {}
    find = drivers({"store": {"memory": Memory, "shared": Shared}})

    def driver(family, name, config=None):
        key = name, str(config)
        if key not in built:
            built[key] = find(family, name, config)
        return built[key]

    config = config or BreakerConfig(max_errors=0, timeout=10)
    return backend_settings(config=config, folder=str(tmp_path), driver=driver, **changes)


async def asked(breaker, request=None, times=1):
    for _ in range(times):
        try:
            await breaker(request or Request())
        except (KrakpyError, ValueError):
            pass


FAILURES = [
    UpstreamError("x"), Timeout("x"), Refused("x"), Undecodable("x"), BadStatus("x", backend_status=500),
]  # fmt: skip


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
async def test_what_the_backend_does_wrong_counts(tmp_path, error):
    breaker = CircuitBreaker(settings(tmp_path), answers(error))
    await asked(breaker)
    assert breaker.status()["state"] == "open"


NO_FAILURES = [RejectedError("a bad body"), NotAsked("a limit"), KrakpyError("a script"), ValueError("a defect")]


@pytest.mark.parametrize("error", NO_FAILURES, ids=lambda error: type(error).__name__)
async def test_what_somebody_else_does_wrong_does_not(tmp_path, error):
    breaker = CircuitBreaker(settings(tmp_path), answers(error))
    await asked(breaker, times=5)
    assert breaker.status()["state"] == "closed"


@pytest.mark.parametrize("response", [Response(500), Response(data={}, is_complete=False)], ids=["no-op", "details"])
async def test_an_answer_is_a_success_whatever_its_status(tmp_path, response):
    breaker = CircuitBreaker(settings(tmp_path), answers(response))
    await asked(breaker, times=5)
    assert breaker.status()["state"] == "closed"


async def test_while_it_is_open_the_backend_is_not_asked(tmp_path):
    backend = answers(UpstreamError("x"))
    breaker = CircuitBreaker(settings(tmp_path), backend)
    await asked(breaker)
    with pytest.raises(CircuitOpen, match="circuit breaker is open"):
        await breaker(Request())
    assert len(backend.requests) == 1


async def cancelled(breaker, request):
    call = asyncio.ensure_future(breaker(request))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_a_client_that_leaves_does_not_count(tmp_path):
    loop = asyncio.get_running_loop()
    breaker = CircuitBreaker(settings(tmp_path), answers(loop.create_future()))
    await cancelled(breaker, Request(deadline=loop.time() + 60))
    assert breaker.status()["state"] == "closed"


async def test_a_client_that_leaves_during_the_probe_leaves_room_for_another(tmp_path):
    loop = asyncio.get_running_loop()
    backend = answers(UpstreamError("x"), loop.create_future(), Response(200))
    breaker = CircuitBreaker(settings(tmp_path, BreakerConfig(timeout=1e-9)), backend)
    await asked(breaker)
    await cancelled(breaker, Request(deadline=loop.time() + 60))
    assert (await breaker(Request())).status == 200


async def test_time_that_is_over_counts(tmp_path):
    loop = asyncio.get_running_loop()
    breaker = CircuitBreaker(settings(tmp_path), answers(loop.create_future()))
    await cancelled(breaker, Request(deadline=loop.time()))
    assert breaker.status()["state"] == "open"


@pytest.mark.parametrize(("shared", "store"), [(True, "shared"), (False, "memory")])
def test_workers_count_together_unless_they_are_not_to(tmp_path, shared, store):
    chosen = settings(tmp_path, BreakerConfig(max_errors=1, shared=shared))
    asked_for = []
    found = replace(chosen, driver=lambda family, name, config: asked_for.append((family, name)) or Memory())
    CircuitBreaker(found, answers())
    assert asked_for[0] == ("store", store)


async def test_backends_have_circuits_of_their_own(tmp_path):
    chosen = settings(tmp_path)
    await asked(CircuitBreaker(chosen, answers(UpstreamError("x"))))
    other = CircuitBreaker(replace(chosen, place="endpoints[1].backend[0]"), answers(Response(200)))
    assert other.status()["state"] == "closed"


async def test_changes_are_logged_in_krakends_words(tmp_path, caplog):
    config = BreakerConfig(name="users", log_status_change=True, timeout=1e-9)
    log = logging.getLogger("krakpy.test")
    breaker = CircuitBreaker(settings(tmp_path, config, log=log), answers(UpstreamError("x"), Response(200)))
    await asked(breaker, times=2)
    assert [record.message for record in caplog.records] == [
        "[CB] Circuit breaker named 'users' went from 'closed' to 'open'",
        "[CB] Circuit breaker named 'users' went from 'open' to 'half-open'",
        "[CB] Circuit breaker named 'users' went from 'half-open' to 'closed'",
    ]


@pytest.mark.parametrize(
    ("config", "applies"),
    [({}, False), ({"interval": 0, "timeout": 0}, False), ({"max_errors": 1}, True), ({"name": "a"}, True)],
    ids=str,
)
def test_it_is_absent_with_nothing_but_zeros(config, applies):
    assert CircuitBreaker.applies_to(backend_settings(config=BreakerConfig(**config))) is applies


@pytest.mark.parametrize("key", ["interval", "timeout", "max_errors"])
def test_less_than_nothing_is_refused(key):
    assert [misfit.path for misfit in decoded(BreakerConfig, {key: -1})[1]] == [key]


async def test_over_http_a_status_that_is_not_valid_counts_and_passes(tmp_path):
    config = HttpBreakerConfig(max_errors=1, timeout=10, valid_status_codes=(200, 404))
    breaker = HttpCircuitBreaker(
        settings(tmp_path, config), answers(Response(404), Response(500), Response(200), Response(500), Response(503))
    )
    statuses = [(await breaker(Request())).status for _ in range(5)]
    assert (statuses, breaker.status()["state"]) == ([404, 500, 200, 500, 503], "open")


def test_over_http_there_has_to_be_a_valid_status():
    [misfit] = decoded(HttpBreakerConfig, {"valid_status_codes": []})[1]
    assert misfit.path == "valid_status_codes"
