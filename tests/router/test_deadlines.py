"""Work ends when its time is over, and the task is its own again after it."""
import asyncio
from typing import Any

import pytest

from krakpy.router.deadlines import Deadlines


def never():
    return asyncio.get_running_loop().create_future()


def cancellations():
    """How often the current task is to end."""
    task = asyncio.current_task()
    return task and task.cancelling()


async def within(deadlines, work):
    """`over` if the deadline ended the work, else what it gave."""
    task, _ = deadlines.start()
    try:
        return await work
    except asyncio.CancelledError:
        if not deadlines.is_cause(task):
            raise
        return "over"
    finally:
        deadlines.end(task)


async def test_work_that_takes_too_long_is_ended():
    assert await within(Deadlines(0.01), never()) == "over"


async def test_the_task_goes_on_afterwards():
    await within(Deadlines(0.01), never())
    assert cancellations() == 0


async def test_each_request_has_its_own_time():
    deadlines = Deadlines(0.6)
    first = asyncio.create_task(within(deadlines, never()))
    await within(Deadlines(0.3), never())
    second = asyncio.create_task(within(deadlines, never()))
    done, _ = await asyncio.wait([first, second], return_when=asyncio.FIRST_COMPLETED)
    assert (done, await second) == ({first}, "over")


async def test_the_deadline_is_on_the_clock_of_the_event_loop():
    before = asyncio.get_running_loop().time()
    _, at = Deadlines(5.0).start()
    assert before + 5 <= at <= asyncio.get_running_loop().time() + 5


async def test_work_that_is_done_is_not_ended():
    deadlines = Deadlines(0.01)
    assert await within(deadlines, asyncio.sleep(0, "done")) == "done"
    await within(Deadlines(0.02), never())
    assert cancellations() == 0


async def test_it_works_again_after_a_pause():
    deadlines = Deadlines(0.01)
    await within(deadlines, asyncio.sleep(0))
    await within(Deadlines(0.02), never())
    assert await within(deadlines, never()) == "over"


async def test_another_cancellation_is_not_mistaken_for_the_deadline():
    task = asyncio.create_task(within(Deadlines(5.0), never()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_another_cancellation_beside_the_deadline_is_kept():
    async def work():
        try:
            await never()
        except asyncio.CancelledError:
            task.cancel()
            raise

    task = asyncio.create_task(within(Deadlines(0.01), work()))
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_deadline_that_the_work_swallows_is_taken_back():
    async def stubborn():
        try:
            await never()
        except asyncio.CancelledError:
            return "swallowed"

    assert await within(Deadlines(0.01), stubborn()) == "swallowed"
    assert cancellations() == 0


async def resumed(deadlines, at, work):
    task = deadlines.resume(at)
    try:
        return await work
    except asyncio.CancelledError:
        return "over" if deadlines.is_cause(task) else "ended"
    finally:
        deadlines.end(task)


@pytest.mark.parametrize("left_s", [0.01, 0.0, -1.0], ids=["some", "none", "over"])
async def test_who_goes_on_with_a_request_has_what_is_left_of_its_time(left_s):
    deadlines = Deadlines(60.0)
    later = asyncio.create_task(within(deadlines, never()))
    await asyncio.sleep(0)
    assert await resumed(deadlines, deadlines.next() - 60.0 + left_s, never()) == "over"
    assert (later.cancel(), cancellations()) == (True, 0)


async def test_nothing_is_kept_of_who_went_on_and_was_in_time():
    """Neither a timer nor the task that it would end."""
    deadlines = Deadlines(60.0)
    loop: Any = asyncio.get_running_loop()
    assert await resumed(deadlines, deadlines.next(), answer()) == "answer"
    assert [timer for timer in loop._scheduled if not timer.cancelled()] == []


async def answer():
    return "answer"
