"""The compiled way in: which requests it takes, and that nothing that it remembers is mixed up."""

import pytest
from krakpy_sdk import Extension, Reply, Request
from krakpy_sdk.testing import answers

from krakpy.backend.load_balancer import LoadBalancer
from krakpy.backend.url_pattern import UrlPattern
from krakpy.client.pool import Pool
from krakpy.client.transport import HttpTransport
from krakpy.lane import BackendLane, Lane
from krakpy.router.disconnects import Disconnects
from krakpy.router.resource import EndpointResource
from tests.origins import answering, echo, ok
from tests.ways import bodies, endpoint, get, open_gateway, outcomes, prepared, run

DOCUMENT = ok(b'{"a":1}')


async def by_lane(configured, *requests):
    """Which of the requests that were offered to a lane it took."""
    async with open_gateway(configured, answering(DOCUMENT)) as gateway:
        await gateway.visitor().ask(*requests)
        return gateway.by_lane


# ---- which requests it takes


@pytest.mark.parametrize(
    "own",
    [
        endpoint("/a"),
        endpoint("/a", {"encoding": "no-op"}, output_encoding="no-op"),
        endpoint("/a", {}, {"group": "b"}, {"method": "HEAD"}),
        endpoint("/a", {"host": ["http://one.test", "http://two.test"]}, input_headers=["*"], cache_ttl="3s"),
        endpoint("/a", {"deny": ["a"], "target": "t", "mapping": {"b": "c"}, "group": "g", "is_collection": True}),
        endpoint("/a", {"extra_config": {"backend/http": {"return_error_code": True}}}),
        endpoint("/a", {"extra_config": {"backend/http": {"return_error_details": "x"}}}, input_query_strings=["p"]),
    ],
    ids=["json", "no-op", "merge", "hosts and fields", "shapes", "status", "query"],
)
def test_a_plain_request_takes_the_lane(own):
    assert run(by_lane(prepared(own), get())) == [True]


def test_a_post_without_a_body_takes_it():
    own = prepared(endpoint("/a", {"method": "POST"}, method="POST"))
    assert run(by_lane(own, get(method="POST"), get("/a", "Content-Length: 0", method="POST"))) == [True, True]


PARAMETERS = [".", "..", "%2e", "%2E%2e", "%2f", "a%20b", "a-b", "a.b", "~", "%C3%A9", "%00", "%0a", "%ff", "", "a@b"]


@pytest.mark.parametrize("segment", PARAMETERS)
def test_a_parameter_that_needs_a_closer_look_goes_the_ordinary_way(segment):
    own = prepared(endpoint("/u/{id}/x", {"url_pattern": "/u/{id}"}))
    asked = get(f"/u/{segment}/x")
    assert run(by_lane(own, asked)) == [False]
    lane, direct, asgi = outcomes(own, lambda: echo, asked)
    assert lane == direct == asgi


@pytest.mark.parametrize(
    ("query", "listed", "is_taken"),
    [("?p=1", ["p"], False), ("?q=1", ["p"], False), ("?", ["p"], True), ("?p=1", [], True)],
    ids=["forwarded", "another", "empty", "none is"],
)
def test_a_query_goes_the_ordinary_way_where_one_is_forwarded(query, listed, is_taken):
    own = prepared(endpoint("/a", input_query_strings=listed))
    assert run(by_lane(own, get(f"/a{query}"))) == [is_taken]


@pytest.mark.parametrize("framing", ["Content-Length: 2", "Transfer-Encoding: chunked"])
def test_a_body_goes_the_ordinary_way(framing):
    own = prepared(endpoint("/a", {"method": "POST"}, method="POST"))
    body = b"hi" if "Length" in framing else b"2\r\nhi\r\n0\r\n\r\n"
    assert run(by_lane(own, get("/a", framing, method="POST") + body)) == []
    outcome, *others = outcomes(own, lambda: answering(DOCUMENT), get("/a", framing, method="POST") + body)
    assert (outcome.requests[0][-12:], others) == (b"2\r\nhi\r\n0\r\n\r\n", [outcome, outcome])


def test_a_length_of_several_zeros_announces_no_body():
    """Else the upstream would take the next request on its connection for the body of this one."""
    own = prepared(endpoint("/a", {"method": "POST"}, method="POST"))
    lane, *others = outcomes(own, lambda: answering(DOCUMENT), get("/a", "Content-Length: 000", method="POST"))
    assert lane.requests[0].endswith(b"\r\nContent-Length: 0\r\n\r\n")
    assert others == [lane, lane]


async def test_the_head_of_a_request_that_sends_no_body_announces_none():
    async def body():
        yield b"hello"

    settings = prepared(endpoint("/a", {"method": "POST"})).settings.endpoints[0].backends[0]
    transport = HttpTransport(settings, Pool(settings.transport))
    lane = BackendLane.of(UrlPattern(settings, LoadBalancer(settings, transport)))
    assert lane is not None
    for request in Request(stream=body()), Request(body=b"hello"), Request():
        assert lane.tail(request).endswith(b"\r\nContent-Length: 0\r\n\r\n")


class Hook(Extension):
    """Does nothing, on every occasion."""

    def endpoint_request(self, request): ...
    def backend_request(self, request): ...
    def execute(self, request):
        return Reply(200, json={})


class Middleware:
    """Passes everything on."""

    def __init__(self, settings, next):
        self.next = next

    def __call__(self, *request):
        return self.next(*request)


SEAT: dict[str, dict] = {"acme/x": {}}
STATIC = {"proxy": {"static": {"strategy": "always", "data": {"s": 1}}}}


@pytest.mark.parametrize(
    ("own", "extensions"),
    [
        (endpoint("/a", {}, {"group": "b"}, extra_config={"proxy": {"sequential": True}}), {}),
        (endpoint("/a", extra_config=STATIC), {}),
        (endpoint("/a", {}, {"extra_config": {"proxy": {"shadow": True}}}), {}),
        (endpoint("/a", {}, {}, extra_config={"proxy": {"flatmap_filter": [{"type": "del", "args": ["a"]}]}}), {}),
        (endpoint("/a", {}, concurrent_calls=2), {}),
        (endpoint("/a", {"input_headers": ["X-One"]}, input_headers=["X-One", "X-Two"]), {}),
        (endpoint("/a", {"input_query_strings": ["p"]}, input_query_strings=["p", "q"]), {}),
        (endpoint("/a", extra_config={"plugin/req-resp-modifier": {"name": ["x"]}}), {"hooks": {"x": Hook}}),
        (endpoint("/a", {"extra_config": {"plugin/req-resp-modifier": {"name": ["x"]}}}), {"hooks": {"x": Hook}}),
        (endpoint("/a", {"extra_config": {"plugin/http-client": {"name": "x"}}}), {"hooks": {"x": Hook}}),
        (endpoint("/a", extra_config=SEAT), {"router": {"acme/x": Middleware}}),
        (endpoint("/a", extra_config=SEAT), {"endpoint": {"acme/x": Middleware}}),
        (endpoint("/a", {"extra_config": SEAT}), {"backend": {"acme/x": Middleware}}),
        (endpoint("/a", {"extra_config": SEAT}), {"client": {"acme/x": Middleware}}),
        (endpoint("/a", {}, {"extra_config": SEAT}), {"backend": {"acme/x": Middleware}}),
        (endpoint("/a", {}, {"method": "POST"}), {}),
        (endpoint("/a", {"extra_config": {"backend/http/client": {"send_body_on_redirect": True}}}), {}),
    ],
    ids=[
        "sequential", "static", "shadow", "flatmap", "concurrent calls", "filtered fields", "filtered query",
        "endpoint hook", "backend hook", "client hook", "router", "endpoint", "backend", "client", "one of two",
        "copied body", "repeated body",
    ],
)  # fmt: skip
def test_an_endpoint_with_more_on_the_way_has_no_lane(own, extensions):
    configured = prepared(own, extensions=extensions)
    asked = get("/a?p=1&q=2", "X-One: 1", method=own.get("method", "GET"))
    assert run(by_lane(configured, asked)) == [False]
    lane, direct, asgi = outcomes(configured, lambda: echo, asked)
    assert lane == direct == asgi
    assert b" 200 OK" in lane.heard


def test_a_middleware_around_the_service_switches_every_shorter_way_off():
    configured = prepared(endpoint("/a"), extra_config=SEAT, extensions={"server": {"acme/x": Middleware}})
    assert run(by_lane(configured, get())) == []
    lane, direct, asgi = outcomes(configured, lambda: echo, get())
    assert lane == direct == asgi


def test_what_the_gateway_says_itself_goes_the_ordinary_way():
    assert run(by_lane(prepared(endpoint("/a")), get("/__health"), get("/nowhere"))) == [False, False]


# ---- what it remembers


def forwarded(heard):
    return [body["X-Forwarded-For"] for body in bodies(heard)]


async def test_two_clients_with_the_same_fields_keep_their_addresses():
    async with open_gateway(prepared(endpoint("/a")), echo) as gateway:
        service = gateway.service()
        one, two = (gateway.visitor(service=service, peer=(peer, 1)) for peer in ("192.0.2.1", "192.0.2.2"))
        for _ in range(3):
            await one.ask(get())
            await two.ask(get())
    assert forwarded(one.heard) == ["192.0.2.1"] * 3
    assert forwarded(two.heard) == ["192.0.2.2"] * 3


async def test_a_connection_may_change_its_fields_with_every_request():
    async with open_gateway(prepared(endpoint("/a", input_headers=["X-One"])), echo) as gateway:
        visitor = gateway.visitor()
        sent = [[], ["X-One: 1"], ["X-One: 2"], ["X-Two: 2"], ["X-One: 1"], ["Connection: X-One", "X-One: 3"], []]
        for fields in sent:
            await visitor.ask(get("/a", *fields))
    assert [body.get("X-One") for body in bodies(visitor.heard)] == [None, "1", "2", None, "1", None, None]


async def test_many_endpoints_on_one_connection_are_not_mixed_up():
    """More than a connection's fields remember, in two rounds; each forwards another field."""
    numbers = range(40)
    own = [endpoint(f"/e{n}", {"url_pattern": f"/up{n}"}, input_headers=[f"X-{n}"]) for n in numbers]
    async with open_gateway(prepared(*own), echo) as gateway:
        visitor = gateway.visitor()
        for n in (*numbers, *numbers):
            await visitor.ask(get(f"/e{n}", *[f"X-{n}: v{n}" for n in numbers]))
    for n, body in zip((*numbers, *numbers), bodies(visitor.heard), strict=True):
        numbered = {name: value for name, value in body.items() if name.startswith("X-") and name[2:].isdigit()}
        assert (body["line"], numbered) == (f"GET /up{n} HTTP/1.1", {f"X-{n}": f"v{n}"})


@pytest.mark.parametrize("count", [3, 2500], ids=["few", "more than are remembered"])
async def test_many_parameters_are_not_mixed_up(count):
    own = prepared(endpoint("/u/{b}/{a}", {"url_pattern": "/{a}/{b}", "host": ["http://a.test", "http://b.test"]}))
    async with open_gateway(own, echo) as gateway:
        visitor = gateway.visitor()
        for start in range(0, 2 * count, 50):
            asked = range(start, min(start + 50, 2 * count))
            await visitor.ask(*[get(f"/u/b{n % count}/a{n % count}") for n in asked])
    lines = [body["line"] for body in bodies(visitor.heard)]
    assert lines == [f"GET /a{n % count}/b{n % count} HTTP/1.1" for n in range(2 * count)]
    assert gateway.by_lane == [True] * 2 * count


async def test_hosts_take_turns():
    own = prepared(endpoint("/a", {"host": ["http://a.test", "http://b.test", "http://c.test"]}))
    async with open_gateway(own, echo) as gateway:
        await gateway.visitor().ask(*[get()] * 6)
    first = gateway.upstream.asked[:3]
    assert sorted(first) == ["http://a.test", "http://b.test", "http://c.test"]
    assert gateway.upstream.asked == first * 2


async def test_what_an_answers_head_decides_is_never_decided_for_another():
    """More heads than are remembered, each different from the one before; their objects come and go."""
    kinds = [(b"200 OK", b"X: %d", 200), (b"404 No", b"X: %d", 500), (b"302 Found", b"Location: /z%d", 200)]

    def answer(request):
        if b" /z" in request:
            return [ok(b'{"z":1}')]
        status, field, _ = kinds[len(upstream.requests) % 3]
        return [ok(b'{"a":1}', field % len(upstream.requests), status=status)]

    async with open_gateway(prepared(endpoint("/a")), answer) as gateway:
        upstream, expected = gateway.upstream, []
        visitor = gateway.visitor()
        for _ in range(300):
            expected.append(kinds[(len(upstream.requests) + 1) % 3][2])
            await visitor.ask(get())
    assert [int(answer[9:12]) for answer in visitor.answers] == expected
    assert set(expected) == {200, 500}


class Renderer:
    """Looks at the request, and tries to change it."""

    def __init__(self, settings):
        pass

    def render(self, request, response):
        with pytest.raises(TypeError):
            request.params["id"] = "x"
        seen = (request.method, request.path, dict(request.params), request.headers["x-one"], request.endpoint)
        return response.replace(body=repr((seen, request.client_ip, request.query.encode())).encode())


async def test_a_renderer_sees_the_clients_request_and_cannot_change_it():
    own = endpoint("/u/{id}", output_encoding="own")
    configured = prepared(own, extensions={"renderer": {"own": Renderer}})
    asked = get("/u/7?p=1", "X-One: é")
    async with open_gateway(configured, answering(DOCUMENT)) as gateway:
        heard = await gateway.visitor().ask(asked, asked)
    assert gateway.by_lane == [True, True]
    seen = ("GET", "/u/7", {"id": "7"}, "é", "/u/{id}"), "192.0.2.7", "p=1"
    assert heard.count(repr(seen).encode()) == 2


def test_only_a_handler_has_a_lane():
    made = EndpointResource(
        "/a", "GET", answers(), client_address=lambda peer, _: peer, disconnects=Disconnects(), allows_encoded=False
    )
    assert Lane.of(made) is None
