"""The instances of one worker: set up once, listed where they are asked for, and torn down at the end."""
import pytest
from krakpy_sdk import Request, Response
from krakpy_sdk.testing import answers

from krakpy.codes import Code
from krakpy.extension.manager import ExtensionManager
from krakpy.extension.preparing import Options

from .services import MODIFIERS, behind, hooked
from .workers import SOURCE, calls, contexts


async def test_hooks_are_set_up_once_and_torn_down_in_reverse(prepared):
    manager = ExtensionManager(prepared(hooked("geo", geo={"name": "a"}), behind("geo", geo={"name": "b"})))
    await manager.open()
    assert calls() == [("setup", "a"), ("setup", "b")]
    await manager.close()
    assert calls()[2:] == [("teardown", "b"), ("teardown", "a")]


async def test_a_teardown_that_fails_does_not_keep_the_others_from_theirs(prepared, events):
    manager = ExtensionManager(prepared(hooked("geo"), hooked("geo", geo={"fails": "teardown"})))
    await manager.open()
    await manager.close()
    assert [what for what, _ in calls()] == ["setup", "setup", "teardown", "teardown"]


async def test_an_instance_knows_where_it_runs(opened):
    await opened(
        hooked("geo"), behind("geo"), instances={"geo": {"isolation": "inproc"}},
        extra_config={"plugin/http-server": {"name": "geo"}},
    )  # fmt: skip
    assert [(c.name, c.id, c.seat, c.endpoint) for c in contexts()] == [
        ("geo", "acme/geo", "server", ""), ("geo", "acme/geo", "endpoint", "/0"), ("geo", "acme/geo", "backend", "/1"),
    ]  # fmt: skip
    assert contexts()[0].log.name == "krakpy.extension.geo"


async def test_the_object_that_lists_hooks_gets_them_in_its_order_and_as_often(opened):
    instances = {"a": {"from": "acme/geo"}, "b": {"from": "acme/geo"}}
    endpoint = hooked("b", "a", "b", a={"name": "a"}, b={"name": "b"})
    served = await opened(endpoint, instances=instances)
    upstream = answers(Response(data={}))
    await served.proxy("endpoint", served.settings.endpoints[0], upstream)(Request())
    assert upstream.requests[0].headers.getall("x-geo") == ["b", "a", "b"]


@pytest.mark.parametrize(
    ("fails", "code", "place"),
    [
        ("setup", Code.SETUP, ""),
        ("construction", Code.CONSTRUCTION, ""),
        ("settings", Code.SETTINGS, ".fails"),
    ],
)
async def test_an_instance_that_cannot_be_opened_fails_its_places_only(opened, events, fails, code, place):
    served = await opened({}, hooked("geo"), hooked("geo", geo={"fails": fails}), behind("geo", geo={"fails": fails}))
    failing = [served.manager.failure(f"endpoints[{number}]") for number in range(4)]
    assert [problem and problem.code for problem in failing] == [None, None, code, code]
    assert failing[2].place == f"endpoints[2].extra_config.{MODIFIERS}.geo{place}"
    assert served.manager.failure("endpoints[3].backend[0]") is failing[3]
    assert served.manager.failure("") is None
    told = [fields for level, _, fields in events.told if level == "ERROR"]
    assert [(fields["code"], fields["instance"]) for fields in told] == [(code.id, "geo")] * 2


async def test_a_failure_of_the_service_is_its_own(opened):
    served = await opened({}, extra_config={"plugin/http-server": {"name": "geo", "geo": {"fails": "setup"}}})
    assert served.manager.failure("").code is Code.SETUP
    assert served.manager.failure("endpoints[0]") is None


async def test_what_was_prepared_as_a_failure_stays_one_and_is_not_told_again(opened, events):
    served = await opened({}, hooked("gone"), options=Options(ignore_missing=True))
    assert served.manager.failure("endpoints[1]").code is Code.NOT_INSTALLED
    assert [message for _, message, _ in events.told] == []


async def test_what_only_shadows_requests_may_fail_and_they_are_answered(opened, events):
    instances = {"geo": {"mode": "shadow"}}
    served = await opened(hooked("geo", geo={"fails": "setup"}), instances=instances)
    assert served.manager.failure("endpoints[0]") is None
    response = await served.proxy("endpoint", served.settings.endpoints[0], answers(Response(data={})))(Request())
    assert (response.data, events.fields("setup: SystemExit")["instance"]) == ({}, "geo")


async def test_two_distributions_with_one_name_never_meet(opened, acme):
    acme.add("other", hooks={"geo": "other:Geo"}, modules={"other.py": SOURCE.replace("X-Geo", "X-Other")})
    served = await opened(hooked("acme/geo", "other/geo"))
    upstream = answers(Response(data={}))
    await served.proxy("endpoint", served.settings.endpoints[0], upstream)(Request())
    assert set(upstream.requests[0].headers) == {"x-geo", "x-other"}
