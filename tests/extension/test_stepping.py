"""Coroutines of extensions, a step at a time: who runs stands in the slot, and nobody while others do."""
import asyncio

import pytest

from krakpy.extension import stepping
from krakpy.extension.ledger import NOBODY, WHO
from krakpy.extension.ledger_page import Record
from krakpy.extension.stepping import Hurried, Steps


@pytest.fixture
def record():
    return Record.of_nobody()


async def test_an_instance_stands_in_the_slot_while_it_runs_and_not_while_it_waits(record):
    seen = []

    async def work():
        seen.append(record.slot[WHO])
        await asyncio.sleep(0)
        seen.append(record.slot[WHO])
        return "done"

    async def watch():
        seen.append(record.slot[WHO])

    done, _ = await asyncio.gather(Steps(work(), record), watch())
    assert (done, seen, record.slot[WHO]) == ("done", [0, NOBODY, 0], NOBODY)


async def test_what_it_wraps_is_not_its_own(record):
    seen = []

    async def inner():
        seen.append(record.slot[WHO])

    async def outer():
        await Steps(inner(), record, NOBODY)
        seen.append(record.slot[WHO])

    await Steps(outer(), record)
    assert seen == [NOBODY, 0]


async def test_what_it_raises_comes_out(record):
    async def work():
        await asyncio.sleep(0)
        raise KeyError("geo")

    with pytest.raises(KeyError):
        await Steps(work(), record)
    assert record.slot[WHO] == NOBODY


async def test_what_is_thrown_into_it_arrives(record):
    caught = []

    async def work():
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            caught.append(record.slot[WHO])
            raise

    task = asyncio.ensure_future(_awaited(Steps(work(), record)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert caught == [0]


async def test_an_exception_that_it_swallows_lets_it_go_on(record):
    async def work():
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(0)
        return "after all"

    task = asyncio.ensure_future(_awaited(Steps(work(), record)))
    await asyncio.sleep(0)
    task.cancel()
    assert await task == "after all"


async def test_nobody_waits_for_one_that_goes_on_after_it_was_cancelled(record):
    steps: list[object] = []

    async def stubborn():
        for _ in range(3):
            try:
                await asyncio.sleep(0.01 if steps else 60)
            except asyncio.CancelledError:
                steps.append(record.slot[WHO])
        steps.append("end")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await Hurried(stubborn(), record)
    assert (steps, record.slot[WHO]) == ([0], NOBODY)
    async with asyncio.timeout(10):
        while "end" not in steps:  # nobody waits for it, so nobody is told
            await asyncio.sleep(0.001)


async def test_one_that_is_left_is_told_to_end_once_more(record, monkeypatch):
    monkeypatch.setattr(stepping, "LEFT_S", 0.01)
    told = asyncio.Event()

    async def stubborn():
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            try:
                await asyncio.sleep(60)
            finally:
                told.set()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await Hurried(stubborn(), record)
    await asyncio.wait_for(told.wait(), 10)


def test_one_that_is_thrown_away_is_closed(record):
    closed = []

    async def work():
        try:
            await asyncio.sleep(0)
        finally:
            closed.append(True)

    steps = Steps(work(), record).__await__()
    next(steps)
    steps.close()
    assert closed == [True]


async def _awaited(steps):
    return await steps
