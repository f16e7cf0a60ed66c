"""Whatever kind an extension is of: who failed too often is not called, and whoever needs it is answered 503."""
import time
from typing import Any

import pytest
from krakpy_sdk import Extension, Request, Response
from msgspec.structs import replace

from krakpy.codes import Code
from krakpy.errors import ExtensionError
from krakpy.extension.driver import GuardedDriver
from krakpy.extension.guard import Guard, LiveHook
from krakpy.extension.ledger import Ledger
from krakpy.extension.ledger_page import Worklog
from krakpy.extension.lifecycle import built
from krakpy.extension.middleware import guarded, guarded_app
from krakpy.extension.policy import Policy
from krakpy.extension.quarantine import Account, Rules, State

from .instances import candidate

REQUEST, RESPONSE = Request("GET", "/a"), Response(200)
RULES = Rules(overruns=2, errors=2, lasts_s=600.0)


class Calls:
    """What an extension does: it fails as long as it `is_broken`, and counts."""

    def __init__(self):
        self.count = 0
        self.is_broken = True

    def __call__(self):
        self.count += 1
        if self.is_broken:
            raise ValueError("no")


@pytest.fixture
def calls():
    return Calls()


@pytest.fixture
def guard():
    worklog = Worklog(Ledger.create())

    def make(rules=RULES, **policy):
        record = worklog.record(Account("acme-geo/geo", "geo", "1.0", rules=rules))
        return Guard("geo", candidate(), "endpoints[0]", Policy(**policy), record)

    return make


def hook(guard, calls):
    class Geo(Extension):
        def endpoint_request(self, request):
            calls()

    call = LiveHook(Geo(), guard).call("endpoint_request")
    assert call is not None
    return lambda: call(REQUEST, None)


def async_hook(guard, calls):
    class Geo(Extension):
        async def endpoint_request(self, request):
            calls()

    call = LiveHook(Geo(), guard).call("endpoint_request")
    assert call is not None
    return lambda: call(REQUEST, None)


def middleware(guard, calls):
    async def next(request):
        return RESPONSE

    async def geo(request):
        calls()
        return await next(request)

    proxy = guarded(lambda _: geo, guard, next)
    return lambda: proxy(REQUEST)


def driver(guard, calls):
    class Driver:
        def render(self, *_):
            calls()
            return RESPONSE

    own: Any = GuardedDriver(Driver(), ("render",), guard)

    async def rendered():
        return own.render(None, None)

    return rendered


KINDS = [hook, async_hook, middleware, driver]


async def outcome(ask):
    try:
        return await ask()
    except ExtensionError as error:
        return error.status, error.problem.code


@pytest.mark.parametrize("kind", KINDS)
async def test_who_failed_too_often_is_not_called_and_answers_503(kind, guard, calls, events):
    ask = kind(guard(), calls)
    outcomes = [await outcome(ask) for _ in range(4)]
    assert outcomes == [(500, Code.CALL_RAISED)] * 2 + [(503, Code.QUARANTINED)] * 2
    assert calls.count == 2
    assert len([message for _, message, _ in events.told if "is quarantined" in message]) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_who_is_mended_is_trusted_again(kind, guard, calls):
    own = guard(Rules(errors=1, lasts_s=0.0, trials=2))
    ask = kind(own, calls)
    await outcome(ask)
    states = [own.record.state]
    calls.is_broken = False
    for _ in range(2):
        await ask()
        states.append(own.record.state)
    assert states == [State.QUARANTINED, State.PROBATION, State.ACTIVE]


@pytest.mark.parametrize("kind", [hook, async_hook, middleware])
async def test_a_request_goes_on_without_one_that_may_be_skipped(kind, guard, calls):
    ask = kind(guard(on_error="skip"), calls)
    assert [await ask() for _ in range(4)] in ([None] * 4, [RESPONSE] * 4)
    assert calls.count == 2


async def test_a_hook_that_lets_nobody_else_run_for_too_long_is_late(guard):
    class Geo(Extension):
        def endpoint_request(self, request):
            time.sleep(0.02)

    call = LiveHook(Geo(), guard(timeout_s=0.001)).call("endpoint_request")
    assert call is not None
    outcomes = [await outcome(lambda: call(REQUEST, None)) for _ in range(3)]
    assert outcomes == [(504, Code.CALL_TIMEOUT)] * 2 + [(503, Code.QUARANTINED)]


@pytest.mark.parametrize(
    ("path", "policy", "status"),
    [
        pytest.param("/a", {}, 503, id="refused"),
        pytest.param("/__health", {}, 200, id="health"),
        pytest.param("/a", {"on_error": "skip"}, 200, id="skipped"),
    ],
)
async def test_a_server_middleware_that_failed_too_often_leaves_the_health_alone(guard, calls, path, policy, status):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def geo(scope, receive, send):
        calls()

    wrapped = guarded_app(lambda _: geo, guard(**policy), app, health="/__health")
    for number in range(3):
        sent: list[Any] = []

        async def send(message, sent=sent):
            sent.append(message)

        await wrapped({"type": "http", "path": path if number == 2 else "/a"}, nothing, send)
    assert (sent[0]["status"], calls.count) == (status, 2)


async def nothing():
    return {"type": "http.disconnect"}


def test_what_workers_die_of_when_they_start_is_not_even_built(guard):
    own = guard()
    own.record._change(lambda _, account: (State.QUARANTINED, replace(account, until=float("inf"))))
    with pytest.raises(ExtensionError) as failure:
        built(own, lambda: pytest.fail("it is built"))
    assert (failure.value.status, failure.value.problem.code) == (503, Code.QUARANTINED)
