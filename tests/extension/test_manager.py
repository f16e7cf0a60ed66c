"""One worker's extensions: loaded through stevedore from vetted entry points, handed to the seats in their order."""
import sys
from dataclasses import dataclass

import pytest
from krakpy_sdk import Request, Response
from krakpy_sdk.testing import answers

from krakpy.codes import Code
from krakpy.errors import ExtensionError
from krakpy.extension.manager import ExtensionManager
from krakpy.extension.preparing import Options, prepare
from krakpy.extension.probe import Verdict
from krakpy.proxy import compose

from .services import BACKEND, MODIFIERS, at_backend, at_endpoint, behind, hooked, service

SOURCE = """
from dataclasses import dataclass
from krakpy_sdk import ConfigError, Extension, Patch, Response, UpstreamError

@dataclass
class Config:
    name: str = "geo"
    fails: str = ""

class Geo(Extension[Config]):
    calls = []

    def __init__(self, config, context):
        super().__init__(config, context)
        if config.fails == "construction":
            raise ValueError("no")
        if config.fails == "settings":
            raise ConfigError("not now", path="fails")

    def setup(self, context):
        self.calls.append(("setup", self.config.name, context))
        if self.config.fails == "setup":
            raise SystemExit(3)

    def teardown(self):
        self.calls.append(("teardown", self.config.name, None))
        if self.config.fails == "teardown":
            raise SystemExit(3)

    def endpoint_request(self, request):
        return Patch().add_header("X-Geo", self.config.name)

    def backend_request(self, request):
        return Patch().add_header("X-Geo", self.config.name)

    def http_request(self, request): ...

class Retry:
    Config = Config
    inside = ("url_pattern",)
    outside = ("load_balancer",)

    def __init__(self, settings, next):
        if settings.config.fails == "construction":
            raise SystemExit(3)
        self.settings, self.next = settings, next

    async def __call__(self, request):
        if self.settings.config.fails == "call":
            raise KeyError("here")
        if self.settings.config.fails == "not at all":
            return Response(data={"name": self.settings.config.name, "hosts": self.settings.hosts})
        return await self.next(request)

class Loop(Retry):
    inside = ("load_balancer",)
    outside = ("url_pattern",)

class Csv:
    Config = Config
    def __init__(self, config):
        self.config = config
        if config.fails == "construction":
            raise ValueError("no")
    def decode(self, body, is_collection):
        return {}[self.config.fails] if self.config.fails else {"name": self.config.name}

class App:
    Config = Config
    def __init__(self, settings, next):
        if settings.config.fails == "construction":
            raise ValueError("no")
        self.next = next
    async def __call__(self, scope, receive, send):
        await self.next(scope, receive, send)
"""
OPEN = {"KRAKPY_ENABLE_PLUGINS": "1"}
HELD = ["acme/acme/retry", "acme/csv", "acme/acme/loop", "acme/acme/app", "acme/url_pattern"]
RETRY = {"acme__retry": {}}
CSV = {"backend": [{**BACKEND, "encoding": "csv"}]}


@pytest.fixture
def site(site):
    backend = {"acme/retry": "acme:Retry", "acme/loop": "acme:Loop", "url_pattern": "acme:Retry"}
    groups = {"hooks": {"geo": "acme:Geo"}, "decoder": {"csv": "acme:Csv"}, "server": {"acme/app": "acme:App"}}
    site.add("acme", "1.2", backend=backend, **groups, modules={"acme.py": SOURCE})
    return site


@pytest.fixture
def prepared(site, tmp_path):
    """What a worker gets for these endpoints; instances are those of the `plugin` object. Nothing is probed."""

    def make(*endpoints, instances=None, options=None, **root):
        held = {id: {"isolation": "inproc"} for id in HELD}
        plugin = {"instances": held | (instances or {})}
        settings = service(tmp_path, *endpoints, plugin=plugin, **root)
        catalog = site.catalog(with_krakpy=True)
        return prepare(settings, environ=OPEN, options=options, catalog=catalog, examine=unprobed)

    return make


def unprobed(jobs):
    return tuple(Verdict(job.candidate) for job in jobs)


@dataclass
class Served:
    """A manager that is open, with the settings that it was made for."""

    manager: ExtensionManager
    settings: object

    def proxy(self, family, settings, next):
        return compose(self.manager.chain(family, settings), next)

    @property
    def backend(self):
        return self.settings.endpoints[0].backends[0]


@pytest.fixture
async def opened(prepared):
    """An open manager for these endpoints."""
    managers = []

    async def make(*endpoints, **words):
        ready = prepared(*endpoints, **words)
        manager = ExtensionManager(ready)
        managers.append(manager)
        await manager.open()
        return Served(manager, ready.settings)

    yield make
    for manager in managers:
        await manager.close()


def calls():
    return [call[:2] for call in sys.modules["acme"].Geo.calls]


#: what a stranger's middleware is in a chain
GUARDED = "function"


def name_of(step):
    """The class of what a step builds."""
    return type(step(None)).__name__


def names(steps):
    """The classes of a chain, outermost first."""
    return [name_of(step) for step in steps]


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
    contexts = [call[2] for call in sys.modules["acme"].Geo.calls]
    assert [(c.name, c.id, c.seat, c.endpoint) for c in contexts] == [
        ("geo", "acme/geo", "server", ""), ("geo", "acme/geo", "endpoint", "/0"), ("geo", "acme/geo", "backend", "/1"),
    ]  # fmt: skip
    assert contexts[0].log.name == "krakpy.extension.geo"


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
async def test_what_fails_only_in_the_worker_fails_its_places_only(opened, site, events, source, code, said):
    (site.path / "acme.py").write_text(source)
    served = await opened({}, hooked("geo"))
    assert (served.manager.failure("endpoints[0]"), served.manager.failure("endpoints[1]").code) == (None, code)
    assert said in events.told[0][1]


async def test_a_middleware_that_does_not_load_has_no_chain(opened, site):
    (site.path / "acme.py").write_text("raise SystemExit(3)")
    served = await opened(at_backend(**RETRY))
    with pytest.raises(ExtensionError) as failure:
        served.manager.chain("backend", served.backend)
    assert failure.value.problem is served.manager.failure("endpoints[0]")


async def test_a_driver_of_krakpys_own_is_given_as_it_is(opened):
    served = await opened({})
    assert type(served.manager.driver("decoder", served.backend)).__name__ == "JsonDecoder"


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


async def test_two_distributions_with_one_name_never_meet(opened, site):
    site.add("other", hooks={"geo": "other:Geo"}, modules={"other.py": SOURCE.replace("X-Geo", "X-Other")})
    served = await opened(hooked("acme/geo", "other/geo"))
    upstream = answers(Response(data={}))
    await served.proxy("endpoint", served.settings.endpoints[0], upstream)(Request())
    assert set(upstream.requests[0].headers) == {"x-geo", "x-other"}


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
