"""The router seat as one ASGI application."""
import msgspec
import pytest
from krakpy_sdk import RejectedError, Response
from krakpy_sdk.testing import answers

from krakpy.router.handler import EndpointHandler
from krakpy.router.pipeline import Route, build
from tests.router.client import Client, ask, get
from tests.router.services import Seen, app, endpoint, plain, service


async def test_a_request_reaches_the_endpoint_of_its_method_and_path():
    routes = [("/a", "GET"), ("/a", "POST"), ("/b/{id}", "GET")]
    proxies = [answers(Response(body=f"{method} {path}".encode())) for path, method in routes]
    made = build(service(), [Route(*route, proxy) for route, proxy in zip(routes, proxies, strict=True)])
    asked = [("GET", "/a"), ("POST", "/a"), ("GET", "/b/7")]
    assert [(await ask(made, *one)).body for one in asked] == [b"GET /a", b"POST /a", b"GET /b/{id}"]


async def test_a_request_passes_through_the_endpoints_handler():
    class Renderer:
        def render(self, request, response):
            return response.replace(body=repr(response.data).encode())

    handler = EndpointHandler(service(), endpoint("/a/{id}"), answers(Response(data={"a": 1})), Renderer())
    answer = await get(build(service(), [Route("/a/{id}", "GET", handler)]), "/a/7")
    assert (answer.status, answer.body, answer.header("x-krakend-completed")) == (200, b"{'a': 1}", "true")


async def test_paths_match_when_they_are_decoded():
    assert (await get(app("/static"), "/st%61tic")).body == b"answered"


async def test_an_encoded_slash_separates_segments():
    assert (await get(app("/users/{id}"), "/users/a%2Fb")).status == 404


async def test_doubled_slashes_can_be_overlooked():
    assert (await get(app("/users/{id}", remove_extra_slash=True), "/users//7")).body == b"answered"


async def test_a_parameter_may_stand_behind_a_text_where_the_service_says_so():
    proxy = Seen()
    settings = msgspec.structs.replace(service(auto_options=True), disable_rest=True)
    made = build(settings, [Route("/file.{ext}", "GET", proxy)])
    assert (await get(made, "/file.tar.gz")).status == 200
    assert [dict(request.params) for request in proxy.requests] == [{"ext": "tar.gz"}]
    assert (await ask(made, "OPTIONS", "/file.txt")).header("allow") == "GET"
    assert (await get(made, "/file.%2e%2E")).status == 400


async def test_answers_have_no_field_that_nobody_asked_for():
    assert [name for name, _ in (await get(app("/a"), "/a")).headers] == ["content-type", "content-length"]


async def test_parameters_may_have_any_name():
    assert (await get(app("/{req}/{resp}/{self}/{user-id}"), "/1/2/3/4")).body == b"answered"


async def test_a_server_that_says_nothing_of_its_asgi_version_is_served():
    client = Client("GET", "/a")
    del client.scope["asgi"]
    assert (await client.ask(app("/a"))).status == 200


@pytest.mark.parametrize("routes", [[("/a", "GET"), ("/a", "GET")], [("/__health", "GET")]], ids=["twice", "health"])
def test_two_routes_for_the_same_requests_are_refused(routes):
    with pytest.raises(ValueError, match="there is a route already"):
        build(service(), [Route(path, method, plain) for path, method in routes])


async def test_an_answer_that_cannot_be_written_is_a_failure(caplog, clean_loggers):
    refusal = RejectedError("no", status=401, headers={"WWW-Authenticate": "a\r\nb"})
    answer = await get(app("/a", proxy=answers(refusal)), "/a")
    assert (answer.status, answer.headers, answer.body) == (500, [("content-length", "0")], b"")
    assert (caplog.records[-1].fields["endpoint"], caplog.records[-1].fields["cause"]) == ("GET /a", "ValueError")


async def test_a_websocket_is_refused_before_it_opens():
    answer = await Client("GET", "/a", type="websocket").ask(app("/a"))
    assert answer.messages == [{"type": "websocket.close", "code": 1000}]


async def test_other_protocols_are_not_the_routers():
    with pytest.raises(ValueError, match="lifespan"):
        await Client(type="lifespan").ask(app())
