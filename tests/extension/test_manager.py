"""One worker's extensions: loaded through stevedore from vetted entry points, handed to the seats in their order."""
import sys

import pytest
from krakpy_sdk import Request, Response
from krakpy_sdk.testing import answers

from krakpy.codes import Code
from krakpy.errors import ExtensionError
from krakpy.extension.manager import ExtensionManager

from .services import BACKEND, at_backend, at_endpoint, hooked
from .workers import CSV, GUARDED, RETRY, name_of, names


async def test_krakpys_own_steps_stand_in_their_order_and_only_where_they_apply(opened):
    served = await opened({"concurrent_calls": 3, "backend": [BACKEND]}, {})
    many, one = (endpoint.backends[0] for endpoint in served.settings.endpoints)
    assert "ConcurrentCalls" in names(served.manager.chain("backend", many))
    steps = names(served.manager.chain("backend", one))
    assert "ConcurrentCalls" not in steps
    assert steps.index("UrlPattern") < steps.index("LoadBalancer")


async def test_what_is_asked_for_stands_where_it_asks_to(opened):
    served = await opened(at_backend(**RETRY), {})
    asked, other = (len(served.manager.chain("backend", e.backends[0])) for e in served.settings.endpoints)
    assert asked == other + 1
    steps = names(served.manager.chain("backend", served.backend))
    assert steps.index("UrlPattern") < steps.index(GUARDED) < steps.index("LoadBalancer")


async def test_a_middleware_gets_the_object_with_its_own_settings(opened):
    served = await opened(at_backend(acme__retry={"name": "twice", "fails": "not at all"}))
    [step] = [step for step in served.manager.chain("backend", served.backend) if name_of(step) == GUARDED]
    assert (await step(answers())(Request())).data == {"name": "twice", "hosts": ("http://backend.test",)}


async def test_a_strangers_middleware_is_guarded(opened, events):
    served = await opened(at_backend(acme__retry={"fails": "call"}))
    with pytest.raises(ExtensionError, match=r"acme 1.2 \(acme/retry\) call: KeyError: 'here'"):
        await served.proxy("backend", served.backend, answers(Response(data={})))(Request())


async def test_a_middleware_that_cannot_be_built_fails_its_own_chain(opened):
    served = await opened(at_backend(acme__retry={"fails": "construction"}), at_backend(**RETRY))
    bad, good = (endpoint.backends[0] for endpoint in served.settings.endpoints)
    with pytest.raises(ExtensionError) as failure:
        served.proxy("backend", bad, answers(Response()))
    assert (failure.value.problem.code, failure.value.status) == (Code.CONSTRUCTION, 503)
    served.proxy("backend", good, answers(Response()))


async def test_settings_that_no_longer_decode_fail_their_own_chain(opened):
    served = await opened(at_backend(acme__retry={"nmae": "x"}))
    with pytest.raises(ExtensionError) as failure:
        served.proxy("backend", served.backend, answers(Response()))
    assert (failure.value.problem.code, failure.value.problem.place) == (
        Code.UNKNOWN_KEY, "endpoints[0].backend[0].extra_config.acme/retry.nmae",
    )  # fmt: skip


async def test_a_stranger_that_asks_for_a_circle_fails_and_the_others_stand(opened, events):
    served = await opened(at_backend(acme__loop={}), at_backend(**RETRY))
    assert served.manager.failure("endpoints[0]").code is Code.ORDER
    assert served.manager.failure("endpoints[1]") is None
    with pytest.raises(ExtensionError, match="circle"):
        served.manager.chain("backend", served.backend)
    assert "inside and outside ask for a circle" in events.told[0][1]


async def test_a_stranger_with_one_of_our_names_is_reached_by_its_id_and_takes_nothing_over(opened):
    served = await opened({"backend": [{**BACKEND, "extra_config": {"acme/url_pattern": {}}}]}, {})
    asked, other = (served.manager.chain("backend", endpoint.backends[0]) for endpoint in served.settings.endpoints)
    assert len(asked) == len(other) + 1


@pytest.mark.parametrize(
    ("source", "code", "said"),
    [
        ("raise SystemExit(3)", Code.IMPORT_RAISED, "acme 1.2 (geo) import: SystemExit: 3, at "),
        ("raise KeyboardInterrupt", Code.IMPORT_RAISED, "import: KeyboardInterrupt, at "),
        ("def :", Code.IMPORT_RAISED, "import: SyntaxError: invalid syntax"),
        ("", Code.IMPORT_RAISED, "import: AttributeError: module 'acme' has no attribute 'Geo'"),
        ("Geo = 5", Code.WRONG_KIND, "contract: TypeError: a hook is a class, not int"),
    ],
)
async def test_what_fails_only_in_the_worker_fails_its_places_only(opened, acme, events, source, code, said):
    (acme.path / "acme.py").write_text(source)
    served = await opened({}, hooked("geo"))
    assert (served.manager.failure("endpoints[0]"), served.manager.failure("endpoints[1]").code) == (None, code)
    assert said in events.told[0][1]


async def test_a_middleware_that_does_not_load_has_no_chain(opened, acme):
    (acme.path / "acme.py").write_text("raise SystemExit(3)")
    served = await opened(at_backend(**RETRY))
    with pytest.raises(ExtensionError) as failure:
        served.manager.chain("backend", served.backend)
    assert failure.value.problem is served.manager.failure("endpoints[0]")


async def test_a_driver_of_krakpys_own_is_given_as_it_is(opened):
    served = await opened({})
    assert type(served.manager.driver("decoder", served.backend)).__name__ == "JsonDecoder"


async def test_all_that_name_a_driver_are_given_the_same_one(opened):
    served = await opened({}, {})
    first, second = (endpoint.backends[0] for endpoint in served.settings.endpoints)
    assert served.manager.driver("decoder", first) is served.manager.driver("decoder", second)


async def test_a_strangers_driver_is_guarded_and_has_its_settings(opened):
    served = await opened(CSV, instances={"acme/csv": {"isolation": "inproc", "config": {"name": "rows"}}})
    assert served.manager.driver("decoder", served.backend).decode(b"", False) == {"name": "rows"}
    served = await opened(CSV, instances={"acme/csv": {"isolation": "inproc", "config": {"fails": "call"}}})
    with pytest.raises(ExtensionError, match=r"\(csv\) decode: KeyError"):
        served.manager.driver("decoder", served.backend).decode(b"", False)


async def test_a_driver_that_cannot_be_built_is_a_503(opened):
    served = await opened(CSV, instances={"acme/csv": {"isolation": "inproc", "config": {"fails": "construction"}}})
    with pytest.raises(ExtensionError) as failure:
        served.manager.driver("decoder", served.backend)
    assert (failure.value.problem.code, failure.value.status) == (Code.CONSTRUCTION, 503)


async def status_of(served, path, kind="http"):
    """What the server seat answers around an application that always answers 200."""
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "method": "GET", "path": path, "query_string": b"", "headers": [], "http_version": "1.1"}
    await served.proxy("server", served.settings, routes)(scope, None, send)
    return sent[0]["status"]


async def routes(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize(
    ("fails", "router", "expected"),
    [
        ("", {}, {"/a": 200, "/__health": 200}),
        ("construction", {}, {"/a": 503, "/__health": 200}),
        ("construction", {"health_path": "/up"}, {"/a": 503, "/__health": 503, "/up": 200}),
        ("construction", {"disable_health": True}, {"/a": 503, "/__health": 503}),
    ],
)
async def test_a_server_middleware_that_cannot_be_built_leaves_only_the_health(opened, fails, router, expected):
    served = await opened({}, extra_config={"acme/app": {"fails": fails}, "router": router})
    assert {path: await status_of(served, path) for path in expected} == expected


async def test_a_message_that_is_no_request_passes_what_is_unavailable(opened):
    served = await opened({}, extra_config={"acme/app": {"fails": "construction"}})
    assert await status_of(served, "/a", kind="websocket") == 200


def test_a_part_of_krakpys_own_that_does_not_load_is_a_bug_of_ours(prepared, monkeypatch):
    ready = prepared({})
    monkeypatch.setitem(sys.modules, "krakpy.backend.url_pattern", None)
    with pytest.raises(RuntimeError, match="krakpy's own krakpy/url_pattern does not load"):
        ExtensionManager(ready)


async def test_what_is_off_is_neither_loaded_nor_missed(opened):
    served = await opened(hooked("geo"), at_endpoint(), instances={"geo": {"mode": "off"}})
    assert "acme" not in sys.modules
    proxy = served.proxy("endpoint", served.settings.endpoints[0], answers(Response(data={"a": 1})))
    assert (await proxy(Request())).data == {"a": 1}


async def test_a_chain_may_begin_inside_of_one_of_our_steps(opened):
    served = await opened({"concurrent_calls": 3, "backend": [BACKEND]})
    whole = names(served.manager.chain("backend", served.backend))
    inner = names(served.manager.chain("backend", served.backend, inside="concurrent_calls"))
    assert inner == whole[whole.index("ConcurrentCalls") + 1 :]
