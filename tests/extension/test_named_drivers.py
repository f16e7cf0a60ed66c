"""Drivers that a middleware asks for by name are found, built once for the same settings, and guarded."""
import pytest

from krakpy.errors import ConfigurationError
from krakpy.testing import Upstream, gateway

from .pieces import TOLD, Greeter, Greets, Hello

BACKEND = {"host": ["http://upstream.test"], "url_pattern": "/u"}


def served(*configs, instances=None, greet=None):
    endpoints = [
        {"endpoint": f"/{number}", "backend": [BACKEND], "extra_config": {"acme/greet": config}}
        for number, config in enumerate(configs)
    ]
    whole = {"name": "shop", "endpoints": endpoints, "plugin": {"instances": instances or {}}}
    families = {"greet": greet or {"hello": Hello}, "drivers": {"greet": Greets}}
    return gateway(whole, Upstream({"/u": {"a": 1}}), router={"acme/greet": Greeter}, **families)


async def greeting(client, path="/0"):
    answer = await client.get(path)
    return answer.headers.get("X-Greeting") if answer.status == 200 else answer.status


async def test_a_driver_is_given_by_its_name_with_the_settings_of_who_asks():
    async with served({"driver": "hello", "word": "yo"}) as client:
        assert await greeting(client) == "yo shop"


async def test_without_settings_of_who_asks_those_of_its_instance_count():
    instances = {"tested/hello": {"isolation": "inproc", "config": {"word": "moin"}}}
    async with served({"driver": "hello"}, instances=instances) as client:
        assert await greeting(client) == "moin shop"


async def test_an_id_and_an_alias_mean_it_too():
    instances = {"loud": {"from": "tested/hello", "isolation": "inproc", "config": {"word": "HI"}}}
    async with served({"driver": "loud"}, {"driver": "tested/hello"}, instances=instances) as client:
        assert [await greeting(client, path) for path in ("/0", "/1")] == ["HI shop", "hi shop"]


async def test_all_that_ask_with_the_same_settings_are_given_the_same_one():
    TOLD.clear()
    async with served(*({"driver": "hello", "word": word} for word in ("a", "b", "a"))):
        assert sorted(told for told in TOLD if told[0] == "driver") == [("driver", "a"), ("driver", "b")]


@pytest.mark.parametrize(
    ("config", "status"),
    [
        ({"driver": "helo"}, 503),
        ({"driver": "hello", "word": "bad"}, 503),
        ({"driver": "hello", "word": "raise"}, 503),
        ({"driver": "hello", "word": 5}, 503),
        ({"driver": "hello", "who": "nobody"}, 500),
    ],
    ids=["unknown", "refused settings", "a construction that raises", "a wrong type", "a call that raises"],
)
async def test_a_driver_that_fails_hurts_only_who_asks_for_it(events, config, status):
    async with served(config, {"driver": "hello"}) as client:
        assert [await greeting(client, path) for path in ("/0", "/1")] == [status, "hi shop"]


class Mute:
    """Has nothing of the Protocol."""

    def __init__(self, config): ...


async def test_a_class_without_the_methods_of_its_protocol_is_no_driver(events):
    async with served({"driver": "hello"}, greet={"hello": Mute}) as client:
        assert await greeting(client) == 503
    assert events.fields("Mute has no greet")["code"] == "KX030"


async def test_a_strangers_driver_needs_the_operators_consent():
    with pytest.raises(ConfigurationError, match="tested/hello is a third-party driver"):
        async with served({"driver": "hello"}, instances={"tested/hello": {"isolation": "process"}}):
            pass
