"""A server waits until its application says that it has started, and tells it before it ends."""
import asyncio

import pytest

from krakpy.server.startup import Lifespan, StartupError


class Saying:
    """An application that says this, one word to each event."""

    def __init__(self, *answers) -> None:
        self.answers = answers
        self.heard: list = []

    async def __call__(self, scope, receive, send) -> None:
        self.heard.append(scope)
        for answer in self.answers:
            self.heard.append((await receive())["type"])
            if isinstance(answer, Exception):
                raise answer
            await send({"type": f"lifespan.{answer}", "message": "no luck"})


async def test_an_application_is_started_and_ended():
    app = Saying("startup.complete", "shutdown.complete")
    state: dict = {}
    lifespan = Lifespan(app, state)
    await lifespan.start()
    assert app.heard[0]["type"] == "lifespan"
    assert app.heard[0]["state"] is state
    await lifespan.stop()
    assert app.heard[1:] == ["lifespan.startup", "lifespan.shutdown"]


async def test_an_application_that_says_that_it_failed_does_not_start():
    with pytest.raises(StartupError, match="no luck"):
        await Lifespan(Saying("startup.failed"), {}).start()


async def test_an_application_that_raises_does_not_start_and_its_error_is_told():
    with pytest.raises(ValueError, match="why"):
        await Lifespan(Saying(ValueError("why")), {}).start()


async def test_an_application_that_ends_does_not_start():
    with pytest.raises(StartupError, match="ended"):
        await Lifespan(Saying(), {}).start()


@pytest.mark.parametrize("last", [(), ("shutdown.failed",)], ids=["ended already", "fails"])
async def test_an_end_is_an_end(last):
    lifespan = Lifespan(Saying("startup.complete", *last), {})
    await lifespan.start()
    await asyncio.sleep(0)
    await lifespan.stop()


async def test_what_never_started_has_nothing_to_end():
    await Lifespan(Saying(), {}).stop()
