"""Whatever a hook raises or returns becomes an outcome with a code, a status and a place."""
import asyncio

import pytest
from krakpy_sdk import ConfigError, Patch, RejectedError, Reply, Request, Response, UpstreamError
from krakpy_sdk.calling import RETURNS

from krakpy.codes import Code
from krakpy.errors import ExtensionError
from krakpy.extension.guard import is_own_cancellation

from .instances import guard, hook

REQUEST, RESPONSE = Request("GET", "/a"), Response(201)
PATCH = Patch().set_header("X-A", "1")


class Odd(BaseException):
    """What nobody expects."""


class Unspeakable(Exception):
    def __str__(self):
        raise SystemExit(3)


RAISED = {
    "X-13 Exception": ValueError("no"),
    "X-14 SystemExit": SystemExit(1),
    "X-15 SystemExit(3)": SystemExit(3),
    "X-16 KeyboardInterrupt": KeyboardInterrupt(),
    "X-17 CancelledError": asyncio.CancelledError(),
    "X-17 GeneratorExit": GeneratorExit(),
    "X-17 BaseException": Odd("odd"),
    "X-17 ExceptionGroup": ExceptionGroup("all", [ValueError()]),
    "X-17 BaseExceptionGroup": BaseExceptionGroup("all", [SystemExit()]),
    "X-18 StopIteration": StopIteration(),
    "X-18 StopAsyncIteration": StopAsyncIteration(),
    "X-18 RecursionError": RecursionError(),
    "X-18 MemoryError": MemoryError(),
    "TimeoutError of its own": TimeoutError("slow database"),
    "an exception whose text raises": Unspeakable(),
    "an error of the contract that a hook has no use for": ConfigError("wrong"),
}
RETURNED = {
    "X-27 object": object(), "X-27 int": 5, "X-27 bytes": b"", "X-27 a dictionary": {}, "X-27 a request": REQUEST,
    "X-27 True": True, "X-27 a class": Patch,
}  # fmt: skip


def raising(error, *, is_async):
    def endpoint_request(self, request):
        raise error

    async def endpoint_request_async(self, request):
        await asyncio.sleep(0)
        raise error

    return endpoint_request_async if is_async else endpoint_request


async def ask(live, name="endpoint_request", response=None):
    return await live.call(name)(REQUEST, response)


async def failure_of(live, name="endpoint_request"):
    with pytest.raises(ExtensionError) as failure:
        await ask(live, name)
    return failure.value


@pytest.mark.parametrize("result", [None, PATCH, Reply(403)], ids=["nothing", "a patch", "a reply"])
@pytest.mark.parametrize("is_async", [False, True], ids=["def", "async def"])
async def test_what_a_hook_returns_is_passed_on(result, is_async):
    async def endpoint_request(self, request):
        return result

    live = hook(endpoint_request=endpoint_request if is_async else lambda self, request: result)
    assert await ask(live) is result


def given(*messages):
    """A patch that tells one list of messages from every other."""
    return Patch().set_json([repr(message) for message in messages])


@pytest.mark.parametrize(
    ("declared", "messages"),
    [
        (lambda self, request: given(request), [REQUEST]),
        (lambda self, request, response: given(request, response), [REQUEST, RESPONSE]),
        (lambda self, response: given(response), [RESPONSE]),
        (lambda self, response, request: given(response, request), [RESPONSE, REQUEST]),
        (lambda self, *, response: given(response), [RESPONSE]),
        (lambda self, **offered: given(*offered.values()), [REQUEST, RESPONSE]),
        (lambda self, more=1, request=None: given(request), [REQUEST]),
        (lambda self: given(), []),
    ],
    ids=["request", "both", "response", "the other way round", "keyword", "any keyword", "a default", "nothing"],
)
async def test_a_hook_is_given_what_it_declares_by_name(declared, messages):
    assert await ask(hook(endpoint_response=declared), "endpoint_response", RESPONSE) == given(*messages)


@pytest.mark.parametrize("is_async", [False, True], ids=["def", "async def"])
@pytest.mark.parametrize("error", RAISED.values(), ids=RAISED)
async def test_whatever_a_hook_raises_is_a_500_that_names_it(error, is_async, events):
    failure = await failure_of(hook(endpoint_request=raising(error, is_async=is_async)))
    assert (failure.status, failure.instance) == (500, "geo")
    assert (failure.problem.code, failure.problem.place) == (Code.CALL_RAISED, "endpoints[0].x.geo")
    fields = events.fields("acme-geo 1.2.0 (geo) endpoint_request")
    assert (fields["distribution"], fields["instance"]) == ("acme-geo", "geo")
    assert fields["error"] in (type(error).__name__, "RuntimeError")  # a coroutine may not raise StopIteration
    assert "krakpy ext show acme-geo/geo" in fields["remedy"]


async def test_the_file_and_line_of_the_extension_are_named():
    failure = await failure_of(hook(endpoint_request=raising(ValueError("no"), is_async=False)))
    assert f"ValueError: no, at {__file__}:" in failure.problem.message


@pytest.mark.parametrize("result", RETURNED.values(), ids=RETURNED)
async def test_an_answer_that_the_contract_does_not_allow_is_a_502(result):
    failure = await failure_of(hook(endpoint_request=lambda self, request: result))
    assert (failure.status, failure.problem.code) == (502, Code.CALL_BREACH)
    assert f"endpoint_request returned {type(result).__name__}; it may return Patch, Reply, None" in str(failure)


async def test_a_coroutine_that_nobody_awaited_is_a_502_and_is_closed():  # X-27; a warning would fail this test
    async def work(): ...

    failure = await failure_of(hook(endpoint_request=lambda self, request: work()))
    assert (failure.status, "returned coroutine" in str(failure)) == (502, True)


@pytest.mark.parametrize("name", [name for name, allowed in RETURNS.items() if Reply not in allowed])
async def test_only_hooks_of_requests_may_reply(name):
    failure = await failure_of(hook(**{name: lambda self: Reply(200)}), name)
    assert failure.status == 502


async def test_what_the_sdk_refuses_to_build_is_a_502():
    failure = await failure_of(hook(endpoint_request=lambda self, request: Patch().set_header("X-A", "a\r\nb: c")))
    assert (failure.status, failure.problem.code) == (502, Code.CALL_BREACH)


async def test_an_async_hook_is_cancelled_at_its_timeout_with_a_504():
    ends = []

    async def endpoint_request(self, request):
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ends.append("cancelled")

    failure = await failure_of(hook({"timeout_s": 0.01}, endpoint_request=endpoint_request))
    assert (failure.status, failure.problem.code, ends) == (504, Code.CALL_TIMEOUT, ["cancelled"])
    assert "took longer than 0.01 s" in str(failure)


@pytest.mark.parametrize("is_async", [False, True], ids=["def", "async def"])
@pytest.mark.parametrize("error", [RejectedError("no token", status=401), UpstreamError("ldap is down")], ids=repr)
async def test_what_a_hook_means_by_the_contracts_own_errors_passes(error, is_async, events):
    with pytest.raises(type(error)) as passed:
        await ask(hook(endpoint_request=raising(error, is_async=is_async)))
    assert passed.value is error
    assert len(events) == 0


@pytest.mark.parametrize("policy", [{"on_error": "skip"}, {}], ids=str)
async def test_refusing_is_no_failure_that_could_be_skipped(policy):
    with pytest.raises(RejectedError):
        await ask(hook(policy, endpoint_request=raising(RejectedError("no"), is_async=False)))


@pytest.mark.parametrize(
    "error",
    [RejectedError("no", status=42), RejectedError("no", headers={"X": "a\r\nb"})],
    ids=["a status that is none", "a header that forges another"],
)
async def test_a_refusal_that_could_not_be_sent_is_a_502(error):
    failure = await failure_of(hook(endpoint_request=raising(error, is_async=False)))
    assert (failure.status, failure.problem.code) == (502, Code.CALL_BREACH)


async def test_the_workers_own_cancellation_passes(events):
    started = asyncio.Event()

    async def endpoint_request(self, request):
        started.set()
        await asyncio.get_running_loop().create_future()

    call = asyncio.ensure_future(ask(hook(endpoint_request=endpoint_request)))
    await started.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert len(events) == 0


def test_without_a_running_loop_nothing_is_cancelled():
    assert not is_own_cancellation(ValueError())
    assert not is_own_cancellation(asyncio.CancelledError())


@pytest.mark.parametrize("policy", [{"on_error": "skip"}, {"mode": "shadow"}], ids=["skip", "shadow"])
async def test_requests_go_on_without_an_instance_that_may_be_missed(policy, events):
    live = hook(policy, endpoint_request=raising(ValueError("no"), is_async=False))
    assert [await ask(live), await ask(live)] == [None, None]
    assert len(events) == 1, "only the onset is logged"


async def test_the_onset_and_the_end_of_a_failure_are_logged_once_each(events):
    results = iter([ValueError("no"), ValueError("no"), None, None, ValueError("again")])

    def endpoint_request(self, request):
        if error := next(results):
            raise error

    live = hook({"on_error": "skip"}, endpoint_request=endpoint_request)
    for _ in range(5):
        await ask(live)
    assert [level for level, _, _ in events.told] == ["ERROR", "INFO", "ERROR"]
    assert "acme-geo/geo (geo) works again" in events.told[1][1]


async def test_every_failure_that_a_client_sees_is_logged(events):
    live = hook(endpoint_request=raising(ValueError("no"), is_async=False))
    for _ in range(3):
        await failure_of(live)
    assert len(events) == 3


@pytest.mark.parametrize(
    ("result", "told"),
    [(PATCH, "X-A"), (Reply(403, body=b"x" * 10**6), "Reply(status=403"), (RejectedError("no"), "RejectedError: no")],
    ids=["a patch", "a reply", "a refusal"],
)
async def test_in_shadow_mode_what_a_hook_does_is_recorded_and_discarded(result, told, events):
    def endpoint_request(self, request):
        if isinstance(result, Exception):
            raise result
        return result

    assert await ask(hook({"mode": "shadow"}, endpoint_request=endpoint_request)) is None
    fields = events.fields("geo endpoint_request in shadow mode")
    assert told in fields["result"]
    assert len(fields["result"]) < 1000


def test_a_hook_that_the_extension_does_not_have_has_no_call():
    assert hook(execute=lambda self: Reply(200)).call("log") is None


@pytest.mark.parametrize(("body", "wants"), [("none", False), ("buffer", True)])
def test_a_hook_says_whether_it_wants_bodies(body, wants):
    assert hook(body=body, execute=lambda self: Reply(200)).wants_body is wants


def test_a_guard_goes_on_only_where_the_operator_said_so():
    assert [guard(**policy).goes_on for policy in ({}, {"on_error": "skip"}, {"mode": "shadow"})] == [False, True, True]
