"""A stranger's middleware answers for its own failures; those of what it wraps are not laid at its door."""
import asyncio

import pytest
from krakpy_sdk import RejectedError, Request, Response, UpstreamError
from krakpy_sdk.testing import answers

from krakpy.codes import Code
from krakpy.errors import ExtensionError
from krakpy.extension.middleware import guarded, guarded_app

from .instances import guard

REQUEST, RESPONSE = Request(), Response(data={"a": 1})
BROKEN = [
    ValueError("no"), SystemExit(3), KeyboardInterrupt(), GeneratorExit(), asyncio.CancelledError(), TimeoutError(),
]  # fmt: skip
SKIP = {"on_error": "skip"}


def wrapped(behave, next, /, **policy):
    """A middleware that does this, as the manager puts it around `next`."""
    return guarded(lambda inner: lambda request: behave(request, inner), guard(**policy), next)


async def failure_of(proxy):
    with pytest.raises(ExtensionError) as failure:
        await proxy(REQUEST)
    return failure.value


async def passing(request, next):
    return await next(request)


async def pending(request, next):
    await asyncio.get_running_loop().create_future()


def before(error):
    async def behave(request, next):
        raise error

    return behave


def after(error):
    async def behave(request, next):
        await next(request)
        raise error

    return behave


async def test_a_middleware_that_works_is_only_watched(events):
    assert await wrapped(passing, answers(RESPONSE))(REQUEST) is RESPONSE
    assert len(events) == 0


@pytest.mark.parametrize("error", BROKEN, ids=repr)
@pytest.mark.parametrize("when", [before, after])
async def test_whatever_it_raises_is_a_500_that_names_it(when, error, events):
    failure = await failure_of(wrapped(when(error), answers(RESPONSE)))
    assert (failure.status, failure.problem.code) == (500, Code.CALL_RAISED)
    assert events.fields("acme-geo 1.2.0 (geo) call")["error"] == type(error).__name__


@pytest.mark.parametrize("error", [UpstreamError("down"), RejectedError("no"), KeyError("ours")], ids=repr)
async def test_what_it_wraps_may_fail_without_its_being_blamed(error, events):
    with pytest.raises(type(error)) as passed:
        await wrapped(passing, answers(error))(REQUEST)
    assert passed.value is error
    assert len(events) == 0


@pytest.mark.parametrize("error", [UpstreamError("gave up"), RejectedError("too many", status=429)], ids=repr)
async def test_what_it_means_by_the_contracts_own_errors_passes(error, events):
    with pytest.raises(type(error)):
        await wrapped(before(error), answers(RESPONSE), on_error="skip")(REQUEST)
    assert len(events) == 0


async def give(result):
    return result


@pytest.mark.parametrize(
    "behave",
    [lambda request, next: give(None), lambda request, next: give({}), lambda request, next: RESPONSE],
    ids=["nothing", "a dictionary", "a response that is not awaited"],
)
async def test_an_answer_of_another_type_is_a_502(behave):
    failure = await failure_of(wrapped(behave, answers(RESPONSE)))
    assert (failure.status, failure.problem.code) == (502, Code.CALL_BREACH)


async def test_one_that_is_late_is_cancelled_with_a_504():
    failure = await failure_of(wrapped(pending, answers(RESPONSE), timeout_s=0.01))
    assert (failure.status, failure.problem.code) == (504, Code.CALL_TIMEOUT)


async def test_within_its_timeout_it_works_and_may_have_timeouts_of_its_own():
    assert await wrapped(passing, answers(RESPONSE), timeout_s=5.0)(REQUEST) is RESPONSE
    failure = await failure_of(wrapped(before(TimeoutError("mine")), answers(RESPONSE), timeout_s=5.0))
    assert (failure.status, "TimeoutError: mine" in str(failure)) == (500, True)


async def test_without_a_word_of_the_operators_it_may_take_as_long_as_the_endpoint():
    call = asyncio.ensure_future(wrapped(pending, answers(RESPONSE))(REQUEST))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_skipping_goes_on_without_it(events):
    upstream = answers(RESPONSE)
    assert await wrapped(before(ValueError("no")), upstream, **SKIP)(REQUEST) is RESPONSE
    assert upstream.requests == [REQUEST]
    assert len(events) == 1


async def test_skipping_uses_the_answer_that_is_already_there():
    upstream = answers(RESPONSE)
    assert await wrapped(after(ValueError("no")), upstream, **SKIP)(REQUEST) is RESPONSE
    assert len(upstream.requests) == 1, "nothing is sent twice"


async def test_skipping_after_a_failure_of_the_upstream_gives_that_failure():
    async def behave(request, next):
        try:
            await next(request)
        except UpstreamError:
            raise ValueError("while handling it") from None

    upstream = answers(UpstreamError("down"))
    with pytest.raises(UpstreamError):
        await wrapped(behave, upstream, **SKIP)(REQUEST)
    assert len(upstream.requests) == 1


async def test_what_was_cut_short_is_neither_repeated_nor_taken_for_an_answer():
    upstream = answers(asyncio.get_running_loop().create_future())
    failure = await failure_of(wrapped(passing, upstream, timeout_s=0.01, **SKIP))
    assert (failure.status, len(upstream.requests)) == (504, 1)


async def test_a_request_that_is_under_way_is_not_sent_again():
    async def behave(request, next):
        tasks.append(asyncio.ensure_future(next(request)))
        await asyncio.sleep(0)
        raise ValueError("forgot about it")

    tasks: list[asyncio.Future[Response]] = []
    answer = asyncio.get_running_loop().create_future()
    upstream = answers(answer)
    failure = await failure_of(wrapped(behave, upstream, **SKIP))
    answer.set_result(RESPONSE)
    assert (failure.status, len(upstream.requests), await tasks[0]) == (500, 1, RESPONSE)


async def test_requests_at_the_same_time_do_not_mix():
    async def behave(request, next):
        await asyncio.sleep(0)
        response = await next(request)
        if request.path == "/bad":
            raise ValueError("no")
        return response

    proxy = wrapped(behave, lambda request: give(Response(data={"path": request.path})), **SKIP)
    paths = ["/bad", "/good"] * 5
    results = await asyncio.gather(*(proxy(Request(path=path)) for path in paths))
    assert [result.data["path"] for result in results] == paths


HTTP = {"type": "http", "path": "/"}


async def app(scope, receive, send):
    """What a server middleware wraps."""
    if scope["path"] == "/fails":
        raise KeyError("ours")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"app"})


async def nothing():
    return {"type": "http.request", "body": b"", "more_body": False}


class Sent(list):
    """The messages of an answer."""

    async def __call__(self, message):
        self.append(message)

    @property
    def status(self):
        [start] = [message for message in self if message["type"] == "http.response.start"]
        return start["status"]


async def ask(behave, scope=HTTP, **policy):
    """What a client sees of a server middleware that does this."""
    sent = Sent()
    wrapped = guarded_app(
        lambda next: lambda scope, receive, send: behave(next, scope, receive, send), guard(**policy), app
    )
    await wrapped(scope, nothing, sent)
    return sent


def app_raising(error, *, receives=False, starts=False, asks=False):
    async def behave(next, scope, receive, send):
        if receives:
            await receive()
        if starts:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        if asks:
            await next(scope, receive, send)
        raise error

    return behave


async def through(next, scope, receive, send):
    await next(scope, receive, send)


async def test_a_server_middleware_that_works_is_only_watched(events):
    assert [(await ask(through)).status, len(events)] == [200, 0]


@pytest.mark.parametrize("error", BROKEN, ids=repr)
async def test_whatever_a_server_middleware_raises_is_a_problem_with_status_500(error, events):
    sent = await ask(app_raising(error))
    assert sent.status == 500
    assert b'"code":"KX050"' in sent[1]["body"]
    assert events.fields("(geo) call")["error"] == type(error).__name__


async def test_a_server_middleware_may_refuse():
    sent = await ask(app_raising(RejectedError("who?", status=401)), on_error="skip")
    assert sent.status == 401


async def test_a_server_middleware_that_gives_no_answer_is_a_502():
    async def behave(next, scope, receive, send): ...

    assert (await ask(behave)).status == 502


async def test_an_answer_that_has_begun_is_broken_off():
    with pytest.raises(ExtensionError):
        await ask(app_raising(ValueError("no"), starts=True))


async def test_what_the_application_raises_passes(events):
    with pytest.raises(KeyError, match="ours"):
        await ask(through, {"type": "http", "path": "/fails"})
    assert len(events) == 0


async def test_skipping_a_server_middleware_goes_on_to_the_application():
    sent = await ask(app_raising(ValueError("no")), **SKIP)
    assert (sent.status, sent[1]["body"]) == (200, b"app")


async def test_a_request_whose_body_is_gone_does_not_go_on():
    sent = await ask(app_raising(ValueError("no"), receives=True), **SKIP)
    assert sent.status == 500


async def test_a_request_that_is_answered_is_not_answered_again():
    with pytest.raises(ExtensionError):
        await ask(app_raising(ValueError("no"), asks=True), **SKIP)
