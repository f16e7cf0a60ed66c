"""Several calls race; the first complete answer wins and nobody is left running."""
import asyncio

import pytest
from krakpy_sdk import RejectedError, Request, Response, Timeout, UpstreamError
from krakpy_sdk.testing import answers, backend_settings

from krakpy.backend.concurrent_calls import ConcurrentCalls
from krakpy.errors import Replied


def racing(*script, timeout_s=2.0):
    """ConcurrentCalls before a backend that gives these answers in turn; exceptions are raised, futures awaited."""
    return ConcurrentCalls(backend_settings(concurrent_calls=len(script), timeout_s=timeout_s), answers(*script))


def part(n):
    return Response(data={"n": n}, is_complete=False)


def never():
    return asyncio.get_running_loop().create_future()


async def test_the_first_complete_answer_wins():
    assert (await racing(part(1), Response(data={"n": 2}), never())(Request())).data == {"n": 2}


async def test_a_complete_answer_is_not_replaced_by_a_later_one():
    assert (await racing(part(1), Response(data={"n": 2}), part(3))(Request())).data == {"n": 2}


async def test_an_incomplete_answer_is_better_than_an_error():
    assert (await racing(UpstreamError("refused"), part(1), UpstreamError("down"))(Request())).data == {"n": 1}


async def test_the_last_incomplete_answer_is_given_when_none_is_complete():
    assert (await racing(part(1), part(2))(Request())).data == {"n": 2}


async def test_the_last_error_is_raised_when_all_fail():
    with pytest.raises(UpstreamError, match="second"):
        await racing(UpstreamError("first"), UpstreamError("second"))(Request())


async def test_losers_are_cancelled_before_the_answer_is_given():
    loser = never()
    await racing(Response(data={"n": 1}), loser)(Request())
    assert loser.cancelled()


async def test_losers_have_let_go_when_the_answer_is_given():
    log, scripted = [], answers(never(), Response(data={"n": 1}))

    async def backend(request):
        try:
            return await scripted(request)
        finally:
            await asyncio.sleep(0)
            log.append("let go")

    await ConcurrentCalls(backend_settings(concurrent_calls=2), backend)(Request())
    assert log == ["let go", "let go"]


async def test_calls_have_three_quarters_of_the_timeout():
    late, loop = never(), asyncio.get_running_loop()
    start = loop.time()
    with pytest.raises(Timeout, match="context deadline exceeded"):
        await racing(late, UpstreamError("earlier"), timeout_s=0.04)(Request())
    assert late.cancelled()
    assert 0.028 <= loop.time() - start < 0.04 + 0.5


async def test_what_came_in_time_is_given_at_the_deadline():
    assert (await racing(never(), part(1), timeout_s=0.04)(Request())).data == {"n": 1}


@pytest.mark.parametrize("error", [RejectedError("no"), Replied(Response(418))])
async def test_what_is_the_same_for_every_call_ends_them_all(error):
    loser = never()
    with pytest.raises(type(error)):
        await racing(loser, error, loser)(Request())
    assert loser.cancelled()


async def test_a_call_that_cannot_start_fails():
    def refuse(_):
        raise UpstreamError("no hosts available")

    with pytest.raises(UpstreamError, match="no hosts"):
        await ConcurrentCalls(backend_settings(concurrent_calls=2), refuse)(Request())


@pytest.mark.parametrize(("calls", "applies"), [(1, False), (2, True)])
def test_it_is_absent_for_a_single_call(calls, applies):
    assert ConcurrentCalls.applies_to(backend_settings(concurrent_calls=calls)) is applies
