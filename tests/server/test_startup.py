"""A server waits until its application says that it has started, and tells it before it ends."""
import asyncio

import pytest

from krakpy.server.startup import Lifespan, StartupError


def saying(*answers):
    heard = []

    async def app(scope, receive, send):
        heard.append(scope)
        for answer in answers:
            heard.append((await receive())["type"])
            if isinstance(answer, Exception):
                raise answer
            await send({"type": f"lifespan.{answer}", "message": "no luck"})

    app.heard = heard
    return app


async def test_an_application_is_started_and_ended():
    app, state = saying("startup.complete", "shutdown.complete"), {}
    lifespan = Lifespan(app, state)
    await lifespan.start()
    assert app.heard[0]["type"] == "lifespan"
    assert app.heard[0]["state"] is state
    await lifespan.stop()
    assert app.heard[1:] == ["lifespan.startup", "lifespan.shutdown"]


async def test_an_application_that_says_that_it_failed_does_not_start():
    with pytest.raises(StartupError, match="no luck"):
        await Lifespan(saying("startup.failed"), {}).start()


async def test_an_application_that_raises_does_not_start_and_its_error_is_told():
    with pytest.raises(ValueError, match="why"):
        await Lifespan(saying(ValueError("why")), {}).start()


async def test_an_application_that_ends_does_not_start():
    with pytest.raises(StartupError, match="ended"):
        await Lifespan(saying(), {}).start()


@pytest.mark.parametrize("last", [(), ("shutdown.failed",)], ids=["ended already", "fails"])
async def test_an_end_is_an_end(last):
    lifespan = Lifespan(saying("startup.complete", *last), {})
    await lifespan.start()
    await asyncio.sleep(0)
    await lifespan.stop()


async def test_what_never_started_has_nothing_to_end():
    await Lifespan(saying(), {}).stop()
