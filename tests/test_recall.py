"""What was made of a cached answer is answered again, as long as the cache says that it would give the same."""
import pytest
from krakpy_sdk import Headers, Response
from krakpy_sdk.screening import Screen, Settled

from krakpy.proxy import Finishing
from krakpy.recall import Recall, shortest
from krakpy.router.disconnects import Disconnects
from krakpy.router.handler import EndpointHandler
from krakpy.router.resource import EndpointResource
from tests.router import test_handler_begin
from tests.router.services import endpoint, service


class Way:
    """Stands for the steps that choose method and target, and a host."""

    method = "GET"
    is_fixed = True

    def __init__(self, next):
        self.next = next

    def target(self, parameters):
        return "/"

    def host(self):
        return "http://a.test"

    def __call__(self, request):
        return self.next(request)


class Same(Finishing):
    """A step that looks at answers alone."""

    def finish(self, request, response):
        return response


class Cache:
    """Gives one answer, for as long as it is told."""

    def __init__(self, response=None):
        self.response = response or Response(200, headers=Headers({"X-A": "1"}), body=b"kept")
        self.given = None
        self.gives = True
        self.is_still = True
        self.asked = 0

    def still(self, given):
        return self.is_still and given is self.response

    def __call__(self, request):
        self.asked += 1
        if self.gives:
            self.given = self.response
        return Settled(self.response)


class Client(test_handler_begin.Client):
    """Whom an endpoint answers."""

    def stream(self, *answer):
        self.answers.append(answer)


class Fields:
    """Those of one connection."""

    def __init__(self):
        self.headers = [(b"host", b"gw.test")]
        self.kept = {}


def resource(next, renderer=None, **changes):
    handler = EndpointHandler(service(), endpoint(**changes), next, renderer)
    return around(handler)


def around(proxy):
    return EndpointResource(
        "/a", "GET", proxy, client_address=lambda peer, _: peer, disconnects=Disconnects(), allows_encoded=False
    )


@pytest.fixture
def cache():
    return Cache()


@pytest.fixture
def way(cache):
    return Recall.of(resource(Way(Way(Same(cache)))))


def asked(way, fields, query=b"", **parameters):
    client = Client()
    assert way.begin("GET", b"/a", query, parameters, fields, client)
    return client.answers


async def test_the_second_answer_is_the_first_and_nobody_is_asked(way, cache):
    fields = Fields()
    first, second = asked(way, fields), asked(way, fields)
    assert first == second
    assert (first[0][0], first[0][2], cache.asked) == (200, b"kept", 1)


async def test_what_the_cache_would_not_give_again_is_asked_for(way, cache):
    fields = Fields()
    asked(way, fields)
    cache.response = Response(200, body=b"newer")
    assert asked(way, fields)[0][2] == b"newer"
    assert asked(way, fields)[0][2] == b"newer"
    assert cache.asked == 2
    cache.is_still = False
    asked(way, fields)
    assert cache.asked == 3


async def test_fields_are_looked_at_once(way, cache):
    """They may ask for something of their own."""
    asked(way, Fields())
    asked(way, Fields())
    assert cache.asked == 2


async def test_what_was_given_for_a_request_alone_is_not_given_again(way, cache):
    cache.gives = False
    fields = Fields()
    asked(way, fields)
    asked(way, fields)
    assert cache.asked == 2


async def test_each_parameter_has_its_own(way, cache):
    fields = Fields()
    asked(way, fields, id="1")
    asked(way, fields, id="2")
    assert cache.asked == 2
    asked(way, fields, id="1")
    assert cache.asked == 2


NOT_KEPT = [Response(500, body=b""), Response(404, body=b""), Response(200, body=b"x" * 70_000)]


@pytest.mark.parametrize("response", NOT_KEPT, ids=str)
async def test_failures_and_large_answers_are_not_kept(response):
    cache, fields = Cache(response), Fields()
    way = Recall.of(resource(Way(Way(Same(cache)))))
    asked(way, fields)
    asked(way, fields)
    assert cache.asked == 2


async def test_there_is_an_end_to_what_is_kept(way):
    fields = Fields()
    for number in range(1_000):
        asked(way, fields, id=str(number))
    assert len(way._answers) <= 64


@pytest.mark.parametrize("parameters", [{"id": ".."}, {"id": "a b"}, {"id": ""}], ids=str)
async def test_odd_parameters_need_a_closer_look(way, parameters):
    assert not way.begin("GET", b"/a", b"", parameters, Fields(), Client())


async def test_a_query_that_is_forwarded_needs_a_closer_look(cache):
    way = Recall.of(resource(Way(Way(cache)), input_query_strings=("a",)))
    assert way is not None
    assert not way.begin("GET", b"/a", b"a=1", {}, Fields(), Client())
    assert way.begin("GET", b"/a", b"", {}, Fields(), Client())


class Looks:
    """A renderer that looks at the request."""

    def render(self, request, response):
        return response


class Passing(Screen):
    """A step of the router seat."""


NO_WAYS = {
    "a renderer that looks at the request": lambda cache: resource(Way(Way(cache)), Looks()),
    "a screen": lambda cache: around(Passing(None, EndpointHandler(service(), endpoint(), Way(Way(cache)), None))),
    "a step in between": lambda cache: resource(Way(Way(lambda request: cache(request)))),
    "no address": lambda cache: resource(cache),
}


@pytest.mark.parametrize("name", NO_WAYS)
async def test_who_has_to_see_the_request_sees_it(name, cache):
    assert shortest(NO_WAYS[name](cache)) is None
