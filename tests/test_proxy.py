"""The onion: steps around a terminal, and those that look at answers alone."""
import asyncio

import pytest
from krakpy_sdk import Request, Response, UpstreamError

from krakpy.proxy import Finishing, Promise, Unfinished, awaited, compose, end, fulfilled, tell

REQUEST = Request(path="/a")


class Marks(Finishing):
    """Adds its mark to the body, at once or later."""

    def __init__(self, mark, next, *, later=False, is_transparent=True):
        super().__init__(next)
        self._mark = mark
        self._later = later
        self.is_transparent = is_transparent

    def finish(self, request, response):
        marked = response.replace(body=(response.body or b"") + self._mark)
        return answered(marked) if self._later else marked


async def answered(response):
    await asyncio.sleep(0)
    return response


async def terminal(request):
    return Response(body=request.path.encode())


def test_the_first_step_is_the_outermost():
    steps = [lambda next: f"a({next})", lambda next: f"b({next})"]
    assert compose(steps, "end") == "a(b(end))"


@pytest.mark.parametrize("late", range(4), ids=["none", "inner", "middle", "outer"])
async def test_an_answer_passes_from_the_inside_out_whoever_takes_time(late):
    inner = Marks(b"1", terminal, later=late == 1)
    proxy = Marks(b"3", Marks(b"2", inner, later=late == 2), later=late == 3)
    assert (await proxy(REQUEST)).body == b"/a123"


def test_the_request_goes_to_what_is_inside_of_them_all_at_once():
    asked: list[Request] = []
    proxy = Marks(b"2", Marks(b"1", asked.append))
    assert isinstance(proxy(REQUEST), Unfinished)
    assert asked == [REQUEST]


async def test_a_step_with_a_way_in_of_its_own_is_not_passed_by():
    calls = []

    class Notes(Marks):
        def __call__(self, request):
            calls.append(request)
            return super().__call__(request)

    proxy = Marks(b"2", Notes(b"1", terminal, is_transparent=False))
    assert ((await proxy(REQUEST)).body, calls) == (b"/a12", [REQUEST])


async def test_an_error_on_the_way_out_ends_it():
    class Refuses(Finishing):
        def finish(self, request, response):
            raise UpstreamError("no")

    with pytest.raises(UpstreamError):
        await Marks(b"1", Refuses(terminal))(REQUEST)


def at_once(answer):
    assert isinstance(answer, Response)
    return answer


class Skips(Marks):
    """Leaves answers alone that have this status."""

    def __init__(self, mark, next, status, *, sees_request=False):
        super().__init__(mark, next)
        self._status = status
        self.sees_request = sees_request

    def skips(self, response):
        return response.status == self._status


@pytest.mark.parametrize(
    ("status", "marks", "sees_request"), [(200, b"", False), (302, b"23", True)], ids=["all", "the first"]
)
def test_steps_that_leave_an_answer_alone_are_left_out_up_to_the_first_that_does_not(status, marks, sees_request):
    inner = Skips(b"1", terminal, status)
    middle = Skips(b"2", inner, 200, sees_request=True)
    outer = Skips(b"3", middle, status)
    steps, looks = outer.steps(Response(status))
    response = Response(status, body=b"")
    for step in steps:
        response = at_once(step(REQUEST, response))
    assert (response.body, looks) == (marks, sees_request)


# ---- promises


def promise():
    made: Promise[Response] = Promise(loop=asyncio.get_running_loop())
    made.listener = None
    return made


class Told(list):
    """A listener that remembers what it was told."""

    def __call__(self, future):
        self.append(future)


async def test_a_listener_is_told_at_once():
    kept, told = promise(), Told()
    tell(kept, told)
    assert told == []
    kept.set_result(Response())
    assert told == [kept]


async def test_a_listener_is_told_of_a_broken_promise_too():
    broken, told = promise(), Told()
    tell(broken, told)
    broken.set_exception(UpstreamError("no"))
    assert told == [broken]
    assert isinstance(broken.exception(), UpstreamError)


async def test_a_listener_that_comes_late_is_told_at_once():
    kept, told = promise(), Told()
    kept.set_result(Response())
    tell(kept, told)
    assert told == [kept]


async def test_a_second_listener_hears_of_it_in_the_next_turn():
    kept, first, second = promise(), Told(), Told()
    tell(kept, first)
    tell(kept, second)
    kept.set_result(Response())
    assert (first, second) == ([kept], [])
    await asyncio.sleep(0)
    assert second == [kept]


async def test_any_other_future_tells_in_the_next_turn():
    future, told = asyncio.get_running_loop().create_future(), Told()
    tell(future, told)
    future.set_result(Response())
    assert told == []
    await asyncio.sleep(0)
    assert told == [future]


async def test_a_listener_hears_nothing_of_a_promise_that_is_cancelled():
    given_up, told = promise(), Told()
    tell(given_up, told)
    assert given_up.cancel()
    await asyncio.sleep(0)
    assert (told, given_up.listener) == ([], None)


async def test_whoever_awaits_a_promise_gets_it_as_from_any_future():
    kept = promise()
    tell(kept, Told())
    asyncio.get_running_loop().call_soon(kept.set_result, Response(201))
    assert (await kept).status == 201


async def test_an_answer_that_waits_for_a_future_alone_needs_no_task():
    kept = promise()
    assert (awaited(kept), awaited(Unfinished(kept, REQUEST, ()))) == (kept, kept)
    kept.cancel()


async def test_an_answer_that_has_work_to_do_needs_a_task():
    work = terminal(REQUEST)
    assert awaited(work) is None
    assert awaited(Unfinished(work, REQUEST, ())) is None
    await work


async def test_what_becomes_of_an_answer_is_known_when_its_future_is_done():
    kept = promise()
    kept.set_result(Response(body=b""))
    marked = Marks(b"2", Marks(b"1", lambda _: kept))(REQUEST)
    assert at_once(fulfilled(marked, kept)).body == b"12"
    assert at_once(fulfilled(kept, kept)).body == b""


async def test_it_may_have_to_be_awaited():
    kept = promise()
    kept.set_result(Response(body=b""))
    marked = Marks(b"2", Marks(b"1", lambda _: kept, later=True))(REQUEST)
    becoming = fulfilled(marked, kept)
    assert not isinstance(becoming, Response)
    assert (await becoming).body == b"12"


async def test_what_a_future_ends_with_is_raised():
    broken = promise()
    broken.set_exception(UpstreamError("no"))
    with pytest.raises(UpstreamError):
        fulfilled(Marks(b"1", lambda _: broken)(REQUEST), broken)


# ---- the end of work


async def test_a_task_that_has_not_begun_begins_before_it_ends():
    """Else what it was given would never be awaited, and would complain."""
    begun = []

    async def given():
        begun.append(1)
        await asyncio.get_running_loop().create_future()

    async def work(what):
        await what

    task = asyncio.get_running_loop().create_task(work(given()))
    end(task)
    assert not task.cancelling()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert begun == [1]


async def test_a_task_that_has_begun_ends_at_once():
    loop = asyncio.get_running_loop()
    task = loop.create_task(asyncio.wait([loop.create_future()]))
    await asyncio.sleep(0)
    end(task)
    assert task.cancelling()
    await asyncio.wait([task])


async def test_a_future_ends_at_once():
    future = asyncio.get_running_loop().create_future()
    end(future)
    assert future.cancelled()
