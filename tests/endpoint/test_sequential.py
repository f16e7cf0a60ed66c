"""Backends are asked one after the other; the first failure is the request's, a later one leaves the answer partial."""

import asyncio

import pytest
from krakpy_sdk import BadStatus, RejectedError, Request, Response, Timeout
from krakpy_sdk.testing import Answers, answers, backend_settings, endpoint_settings

from krakpy.endpoint.sequential import Sequential


def sequence(*backends, patterns=(), propagated=(), timeout_s=1.0):
    """The proxy of backends with these patterns (constant where none is given)."""
    patterns = [*patterns, *["/x"] * (len(backends) - len(patterns))]
    settings = endpoint_settings(
        merge_timeout_s=timeout_s,
        backends=tuple(backend_settings(url_pattern=pattern) for pattern in patterns),
        sequential_propagated_params=propagated,
    )
    return Sequential(None).merge(settings, backends)


async def stream(*pieces):
    for piece in pieces:
        yield piece


async def test_documents_are_joined_in_order():
    joined = await sequence(answers(Response(data={"a": 1, "b": 1})), answers(Response(data={"a": 2})))(Request())
    assert (joined.data, joined.is_complete) == ({"a": 2, "b": 1}, True)


async def test_a_single_backend_needs_no_merger():
    only = answers(Response(data={"a": 1}))
    assert sequence(only) is only


async def test_a_value_reaches_the_request_of_a_later_backend():
    later = Answers(Response(data={}))
    proxy = sequence(answers(Response(data={"user": {"id": 7}})), later, patterns=["/a", "/b/{resp0_user.id}"])
    await proxy(Request(params={"p": "1"}))
    assert later.requests[0].params == {"p": "1", "Resp0_user.id": "7"}


async def test_a_value_that_is_missing_gives_no_parameter():
    later = Answers(Response(data={}))
    await sequence(answers(Response(data={})), later, patterns=["/a", "/{resp0_x}"])(Request())
    assert later.requests[0].params == {}


RAW = [Response(body=b"whole"), Response(stream=stream(b"wh", b"ole"))]


@pytest.mark.parametrize("raw", RAW, ids=["body", "stream"])
async def test_a_whole_body_is_propagated(raw):
    later, last = Answers(Response(data={})), Answers(Response(data={}))
    await sequence(answers(raw), later, last, propagated=["resp0"])(Request())
    assert [request.params["Resp0"] for request in (later.requests[0], last.requests[0])] == ["whole", "whole"]


async def test_the_first_failure_is_raised_as_it_is():
    failure = BadStatus("404", backend_status=404)
    with pytest.raises(BadStatus) as raised:
        await sequence(answers(failure), answers(Response(data={})))(Request())
    assert raised.value is failure


async def test_a_later_failure_leaves_what_was_answered_incomplete():
    last = Answers(Response(data={}))
    failure = Timeout("late")
    joined = await sequence(answers(Response(data={"a": 1})), answers(failure), last)(Request())
    assert (joined.data, joined.is_complete, joined.errors, last.requests) == ({"a": 1}, False, (failure,), [])


async def test_a_rejection_is_never_a_partial_answer():
    with pytest.raises(RejectedError):
        await sequence(answers(Response(data={"a": 1})), answers(RejectedError("no")))(Request())


async def test_an_incomplete_answer_ends_the_sequence_with_its_document():
    last = Answers(Response(data={}))
    joined = await sequence(answers(Response(data={"a": 1}, is_complete=False)), last)(Request())
    assert (joined.data, joined.is_complete, last.requests) == ({"a": 1}, False, [])


async def test_all_of_them_have_one_deadline():
    never = asyncio.get_running_loop().create_future()
    joined = await sequence(answers(Response(data={"a": 1})), answers(never), timeout_s=0.02)(Request())
    assert (joined.data, joined.is_complete, never.cancelled()) == ({"a": 1}, False, True)


async def test_a_first_backend_that_is_late_is_the_requests_timeout():
    with pytest.raises(Timeout, match="context deadline exceeded"):
        await sequence(answers(asyncio.get_running_loop().create_future()), answers(), timeout_s=0.02)(Request())


async def test_a_backend_knows_the_deadline_of_the_sequence():
    first = Answers(Response(data={}))
    await sequence(first, answers(Response(data={})), timeout_s=1.0)(Request(deadline=None))
    assert first.requests[0].deadline == pytest.approx(asyncio.get_running_loop().time() + 1.0, abs=0.5)


async def test_a_timeout_of_a_backends_own_making_is_its_failure():
    """A TimeoutError that is not the deadline's is a defect, and ends the request."""
    with pytest.raises(TimeoutError):
        await sequence(answers(TimeoutError()), answers(Response(data={})))(Request())
