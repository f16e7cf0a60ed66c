"""All backends are asked at once, and what they answer in time becomes one document."""
import asyncio
import gc
import logging

import pytest
from krakpy_sdk import BadStatus, Headers, MergeError, RejectedError, Request, Response, Timeout, UpstreamError
from krakpy_sdk.testing import answers, endpoint_settings

from krakpy.codes import Code
from krakpy.endpoint.parallel import Parallel
from krakpy.errors import ExtensionError, Problem, Replied


@pytest.fixture(autouse=True)
async def unseen():
    """What the event loop was left with, such as errors that nobody looked at: nothing, after each test."""
    found = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: found.append(context))
    yield found
    assert found == []


def merged(*backends, **settings):
    return Parallel(None).merge(endpoint_settings(**settings), backends)


def gives(answer):
    """A backend that answers like this: responses and futures are given, documents wrapped, exceptions raised."""

    async def backend(_):
        if isinstance(answer, asyncio.Future):
            return await answer
        if isinstance(answer, BaseException):
            raise answer
        return answer if isinstance(answer, Response) else Response(data=answer)

    return backend


def ask(*script, **settings):
    return merged(*map(gives, script), **settings)(Request())


def ask_at_once(*script):
    """The same with all the time in the world, none of which is needed."""
    return asyncio.wait_for(ask(*script, merge_timeout_s=60.0), 5)


def never():
    return asyncio.get_running_loop().create_future()


def later(turns, document):
    """A backend that answers after so many turns of the event loop."""

    async def backend(_):
        for _ in range(turns):
            await asyncio.sleep(0)
        return Response(data=document)

    return backend


async def test_documents_are_joined():
    response = await ask({"a": 1}, {"b": 2}, {})
    assert (response.data, response.is_complete, response.status) == ({"a": 1, "b": 2}, True, 200)


async def test_backends_run_at_the_same_time():
    started = []

    async def backend(_):
        started.append(1)
        while len(started) < 3:
            await asyncio.sleep(0)
        return Response(data={})

    assert (await merged(backend, backend, backend)(Request())).is_complete


@pytest.mark.parametrize(("first", "second", "winner"), [(1, 5, "second"), (5, 1, "first")])
async def test_the_later_answer_wins_a_collision(first, second, winner):
    response = await merged(later(first, {"k": "first"}), later(second, {"k": "second"}))(Request())
    assert response.data == {"k": winner}


async def test_nested_objects_are_replaced_whole():
    response = await merged(later(1, {"n": {"x": 1}}), later(5, {"n": {"y": 2}}))(Request())
    assert response.data == {"n": {"y": 2}}


async def test_the_parts_are_not_changed():
    part = {"a": 1}
    await ask(part, {"b": 2})
    assert part == {"a": 1}


FAILURES = {
    "upstream": UpstreamError("down"),
    "status": BadStatus("invalid status code 404", backend_status=404),
    "extension": ExtensionError(Problem(Code.CALL_RAISED, "", "it raised"), instance="x", status=502),
}


@pytest.mark.parametrize("error", FAILURES.values(), ids=FAILURES.keys())
async def test_a_failure_leaves_the_rest(error):
    response = await ask({"a": 1}, error, {"b": 2})
    assert (response.data, response.is_complete, response.errors) == ({"a": 1, "b": 2}, False, (error,))


@pytest.mark.parametrize("error", FAILURES.values(), ids=FAILURES.keys())
async def test_total_failure_raises_every_error(error):
    with pytest.raises(MergeError) as failure:
        await ask(error, UpstreamError("second"))
    assert failure.value.errors[0] is error
    assert str(failure.value) == f"{error}\nsecond"
    assert failure.value.status == 500


async def test_a_failure_at_the_start_of_a_call_is_one_like_others():
    def backend(_):
        raise UpstreamError("no hosts available")

    with pytest.raises(MergeError, match=r"^no hosts available\ndown$"):
        await merged(backend, gives(UpstreamError("down")))(Request())


async def test_the_only_answer_keeps_its_fields():
    response = await ask(Response(headers=Headers({"X-A": "1"}), data={"a": 1}), UpstreamError("down"))
    assert (response.headers["x-a"], response.is_complete) == ("1", False)


async def test_an_incomplete_part_makes_the_whole_incomplete():
    response = await ask({"a": 1}, Response(data={"error_b": {}}, is_complete=False))
    assert (response.data, response.is_complete, response.errors) == ({"a": 1, "error_b": {}}, False, ())


@pytest.mark.parametrize(
    ("parts", "data"),
    [([{"a": 1}, None], {"a": 1}), ([None, None], {}), ([None, UpstreamError("down")], None)],
    ids=["one", "all", "the only one"],
)
async def test_null_is_a_missing_part(parts, data):
    response = await ask(*[Response() if part is None else part for part in parts])
    assert (response.data, response.is_complete) == (data, False)


@pytest.mark.parametrize("other", [{"a": 1}, UpstreamError("down")], ids=["beside data", "alone"])
async def test_a_raw_answer_adds_nothing_and_lacks_nothing(other):
    response = await ask(Response(404, body=b"raw"), other)
    assert (response.data, response.body) == (({"a": 1} if isinstance(other, dict) else {}), None)
    assert response.is_complete is isinstance(other, dict)


async def test_at_the_deadline_there_is_what_came_in_time():
    late, loop = never(), asyncio.get_running_loop()
    start = loop.time()
    response = await ask({"a": 1}, late, merge_timeout_s=0.03)
    assert (response.data, response.is_complete) == ({"a": 1}, False)
    assert 0.028 <= loop.time() - start < 0.03 + 0.5
    assert late.cancelled()


async def test_who_is_late_has_exceeded_the_deadline():
    with pytest.raises(MergeError) as failure:
        await ask(never(), UpstreamError("down"), never(), merge_timeout_s=0.02)
    assert str(failure.value) == "down\ncontext deadline exceeded\ncontext deadline exceeded"
    assert [type(error) for error in failure.value.errors] == [UpstreamError, Timeout, Timeout]


async def test_losers_have_let_go_when_the_answer_is_given():
    log = []

    async def slow(_):
        try:
            await never()
        finally:
            await asyncio.sleep(0)
            log.append("let go")

    await merged(gives({}), slow, merge_timeout_s=0.02)(Request())
    assert log == ["let go"]


@pytest.mark.parametrize(("own", "earlier"), [(None, False), (-1.0, True), (60.0, False)])
async def test_backends_know_the_earlier_deadline(own, earlier):
    seen, now = [], asyncio.get_running_loop().time()

    async def backend(request):
        seen.append(request.deadline)
        return Response(data={})

    deadline = None if own is None else now + own
    await merged(backend, backend, merge_timeout_s=5.0)(Request(deadline=deadline))
    assert seen[0] == seen[1] == (deadline if earlier else pytest.approx(now + 5.0, abs=1))


ENDINGS = [RejectedError("no"), Replied(Response(418)), ZeroDivisionError("a defect")]


@pytest.mark.parametrize("error", ENDINGS, ids=lambda error: type(error).__name__)
async def test_what_is_no_failure_of_a_backend_ends_the_request_at_once(error):
    late = never()
    with pytest.raises(type(error)) as ending:
        await ask_at_once(late, error, UpstreamError("down"))
    assert ending.value is error
    assert late.cancelled()


@pytest.mark.parametrize("error", ENDINGS, ids=lambda error: type(error).__name__)
async def test_backends_after_one_that_refuses_to_start_are_not_asked(error):
    def refuse(_):
        raise error

    others = answers()
    with pytest.raises(type(error)):
        await merged(refuse, others)(Request())
    assert others.requests == []


async def test_a_client_that_leaves_cancels_all_calls():
    first, second = never(), never()
    request = asyncio.ensure_future(ask(first, second))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert first.cancelled()
    assert second.cancelled()


async def test_a_call_that_somebody_else_cancelled_is_a_failure():
    gone = never()
    gone.cancel()
    with pytest.raises(MergeError, match=r"^the call was cancelled\ndown$"):
        await merged(lambda _: gone, gives(UpstreamError("down")))(Request())


async def test_a_future_needs_no_task():
    tasks = []

    def backend(_):
        tasks.append(len(asyncio.all_tasks()))
        answer = never()
        answer.set_result(Response(data={}))
        return answer

    await merged(backend, backend)(Request())
    assert tasks == [1, 1]


@pytest.mark.parametrize("last", [{"a": 1}, RejectedError("no")], ids=["answered", "ended"])
async def test_no_error_is_left_behind_unseen(last, unseen):
    await asyncio.gather(ask(UpstreamError("first"), UpstreamError("second"), last), return_exceptions=True)
    gc.collect()
    assert unseen == []


async def test_a_partial_answer_is_logged_without_what_clients_asked(caplog):
    error = BadStatus("invalid status code 404 [GET /x?q={{.Q}}]: http://b/x?q=secret", backend_status=404)
    await ask({"a": 1}, error, method="GET", endpoint="/users/{id}")
    (record,) = caplog.records
    assert (record.levelno, record.name) == (logging.WARNING, "krakpy.endpoint")
    assert record.fields == {
        "endpoint": "GET /users/{id}",
        "backends": 2,
        "failed": 1,
        "errors": ["invalid status code 404 [GET /x?…]: http://b/x?…"],
    }


async def test_a_complete_answer_is_not_logged(caplog):
    await ask({"a": 1}, {"b": 2})
    assert caplog.records == []


def test_a_single_backend_is_not_merged():
    backend = gives({})
    assert merged(backend) is backend
