"""Building, setting up and tearing down may fail in any way: each ends as one error, or as one line in the log."""
import asyncio

import pytest
from krakpy_sdk import ConfigError, Context

from krakpy.codes import Code
from krakpy.errors import ExtensionError, Problem
from krakpy.extension.lifecycle import built, set_up, torn_down

from .instances import guard, hook

CONTEXT = Context(name="geo")
BROKEN = [ValueError("no"), SystemExit(3), KeyboardInterrupt(), asyncio.CancelledError(), GeneratorExit()]


def failing(error):
    def step(self, *_):
        raise error

    return step


async def pending(self, *_):
    await asyncio.get_running_loop().create_future()


def test_what_is_built_is_given():
    assert built(guard(), lambda: 5) == 5


@pytest.mark.parametrize("error", BROKEN, ids=repr)
def test_whatever_a_constructor_raises_is_an_error_at_its_place(error):
    with pytest.raises(ExtensionError) as failure:
        built(guard(), lambda: failing(error)(None))
    problem = failure.value.problem
    assert (problem.code, problem.place, failure.value.status) == (Code.CONSTRUCTION, "endpoints[0].x.geo", 503)
    assert f"acme-geo 1.2.0 (geo) construction: {type(error).__name__}" in problem.message


@pytest.mark.parametrize(("path", "place"), [("", "endpoints[0].x.geo"), ("block[0]", "endpoints[0].x.geo.block[0]")])
def test_settings_that_the_author_refuses_are_an_error_of_the_file(path, place):
    with pytest.raises(ExtensionError) as failure:
        built(guard(), lambda: failing(ConfigError("not a country", path=path))(None))
    problem = failure.value.problem
    assert (problem.code, problem.place, problem.message) == (Code.SETTINGS, place, "not a country")


def test_an_error_that_is_already_told_is_not_told_again():
    error = ExtensionError(Problem(Code.SETUP, "x", "no"), instance="geo")
    with pytest.raises(ExtensionError) as failure:
        built(guard(), lambda: failing(error)(None))
    assert failure.value is error


@pytest.mark.parametrize("is_async", [False, True], ids=["def", "async def"])
async def test_setup_gets_the_context(is_async):
    seen = []

    async def setup(self, context):
        seen.append(context)

    await set_up(hook(log=lambda self: None, setup=setup if is_async else lambda self, c: seen.append(c)), CONTEXT)
    assert seen == [CONTEXT]


@pytest.mark.parametrize("error", [*BROKEN, TimeoutError("mine")], ids=repr)
async def test_whatever_setup_raises_is_an_error(error):
    with pytest.raises(ExtensionError) as failure:
        await set_up(hook(log=lambda self: None, setup=failing(error)), CONTEXT)
    assert failure.value.problem.code is Code.SETUP
    assert f"setup: {type(error).__name__}" in str(failure.value)


async def test_a_timeout_of_its_own_is_what_setup_says_it_is():
    async def setup(self, context):
        raise TimeoutError("the database is slow")

    with pytest.raises(ExtensionError, match="TimeoutError: the database is slow"):
        await set_up(hook(log=lambda self: None, setup=setup), CONTEXT)


async def test_setup_has_its_time():
    with pytest.raises(ExtensionError, match=r"took longer than 0\.01 s"):
        await set_up(hook(log=lambda self: None, setup=pending), CONTEXT, timeout_s=0.01)


@pytest.mark.parametrize("step", ["setup", "teardown"])
async def test_the_workers_own_end_is_not_the_extensions_failure(step, events):
    live = hook(log=lambda self: None, **{step: pending})
    running = asyncio.ensure_future(set_up(live, CONTEXT) if step == "setup" else torn_down(live))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(events) == 0


@pytest.mark.parametrize("error", BROKEN, ids=repr)
async def test_whatever_teardown_raises_is_logged(error, events):
    await torn_down(hook(log=lambda self: None, teardown=failing(error)))
    assert events.fields("(geo) teardown")["error"] == type(error).__name__


async def test_teardown_has_its_time(events):
    await torn_down(hook(log=lambda self: None, teardown=pending), timeout_s=0.01)
    assert events.fields("(geo) teardown")["error"] == "Overrun"
