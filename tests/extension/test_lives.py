"""What is built is set up before the first request and torn down at the end; what fails at that is a 503 there."""
import pytest

from krakpy.extension.guard import Guard
from krakpy.extension.lives import Lives
from krakpy.testing import Upstream, gateway

from .instances import guard
from .pieces import TOLD, Front, Greeter, Greets, Hello

BACKEND = {"host": ["http://upstream.test"], "url_pattern": "/u"}
HELLO = {"greet": {"hello": Hello}, "drivers": {"greet": Greets}}


@pytest.fixture(autouse=True)
def told():
    TOLD.clear()
    yield TOLD
    TOLD.clear()


def served(*configs, extra_config=None, **extensions):
    """A gateway with an endpoint for each of these settings of a middleware."""
    namespaces = [{} if config is None else {"acme/greet": config} for config in configs]
    endpoints = [
        {"endpoint": f"/{number}", "backend": [BACKEND], "extra_config": own} for number, own in enumerate(namespaces)
    ]
    whole = {"name": "shop", "endpoints": endpoints, "extra_config": extra_config or {}}
    return gateway(whole, Upstream({"/u": {"a": 1}}), **{"router": {"acme/greet": Greeter}, **HELLO, **extensions})


async def statuses(client, *paths):
    return [(await client.get(path)).status for path in paths]


async def test_what_is_built_is_set_up_once_drivers_first_and_torn_down_in_reverse():
    async with served({"driver": "hello"}, {"driver": "hello"}) as client:
        assert await statuses(client, "/0", "/1") == [200, 200]
        assert TOLD[-3:] == [("driver setup", "hi"), ("setup", "endpoints[0]"), ("setup", "endpoints[1]")]
        TOLD.clear()
    assert TOLD == [("teardown", "endpoints[1]"), ("teardown", "endpoints[0]"), ("driver teardown", "hi")]


async def test_a_setup_that_fails_is_a_503_for_its_own_object(events):
    async with served({"fails": "setup"}, {}) as client:
        assert await statuses(client, "/0", "/1") == [503, 200]
    assert events.fields("acme/greet) setup: SystemExit: 3")["code"] == "KX042"


async def test_a_driver_that_cannot_be_set_up_is_a_503_for_all_that_ask_for_it(events):
    configs = [{"driver": "hello", "word": word} for word in ("dead", "hi", "dead")]
    async with served(*configs) as client:
        assert await statuses(client, "/0", "/1", "/2") == [503, 200, 503]


async def test_a_setup_that_fails_in_the_server_seat_leaves_the_health_alone(events):
    words = {"extra_config": {"acme/front": {"fails": "setup"}}, "server": {"acme/front": Front}}
    async with served(None, **words) as client:
        assert await statuses(client, "/0", "/__health") == [503, 200]


async def test_what_was_set_up_is_torn_down_before_it_is_built_again(events):
    async with served({"fails": "setup"}, {}):
        assert TOLD.count(("setup", "endpoints[1]")) == TOLD.count(("teardown", "endpoints[1]")) + 1


async def test_what_says_how_it_is_is_asked_and_what_fails_at_that_is_left_out(events):
    lives = Lives()

    class Odd:
        def status(self):
            raise SystemExit(3)

    class Fine:
        def status(self):
            return {"open": 3}

    lives.add("odd", Odd(), guard())
    lives.add("fine", Fine(), guard())
    lives.add("mute", object(), guard())
    assert [status for _, status in lives.statuses()] == [{"open": 3}]
    assert all(isinstance(own, Guard) for own, _ in lives.statuses())


async def test_a_middleware_that_is_disabled_is_left_out():
    async with served({"fails": "disabled"}, {}) as client:
        answers = [await client.get(path) for path in ("/0", "/1")]
    assert [(answer.status, "X-Place" in answer.headers) for answer in answers] == [(200, False), (200, True)]
