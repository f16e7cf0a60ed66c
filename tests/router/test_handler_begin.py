"""The endpoint handler without a task: what it waits for, whom it tells, and that it answers as with one."""
import asyncio

import pytest
from krakpy_sdk import BadStatus, Headers, RejectedError, Response, Timeout, UpstreamError
from krakpy_sdk.screening import Settled

from krakpy.proxy import Finishing, Promise
from krakpy.router.disconnects import Disconnects
from krakpy.router.handler import EndpointHandler
from krakpy.router.resource import EndpointResource
from tests.router.services import endpoint, service
from tests.router.test_handler import ASKED, Renderer


class Upstream:
    """Promises an answer, or gives what it was made with."""

    def __init__(self, answer=None) -> None:
        self.requests: list = []
        self._answer = answer

    def __call__(self, request):
        self.requests.append(request)
        if isinstance(self._answer, Exception):
            raise self._answer
        if self._answer is not None:
            return self._answer()
        self.promise: Promise[Response] = Promise(loop=asyncio.get_running_loop())
        self.promise.listener = None
        return self.promise


class Told(list):
    """What somebody was told."""


def handling(upstream, renderer=None, **changes):
    settings = endpoint(**changes)
    return EndpointHandler(service(return_error_msg=True), settings, upstream, renderer or Renderer())


def same(one, other):
    return (one.status, one.headers.pairs, one.body) == (other.status, other.headers.pairs, other.body)


OUTCOMES = {
    "document": Response(data={"a": 1}),
    "incomplete": Response(data={"a": 1}, is_complete=False),
    "empty": Response(data={}),
    "fields": Response(data={"a": 1}, headers=Headers({"X-A": "1"})),
    "reply": Response(403, body=b"no", headers=Headers({"Content-Type": "text/plain"})),
    "bad status": BadStatus("bad", backend_status=404),
    "rejected": RejectedError("no", status=400),
    "late": Timeout("context deadline exceeded"),
}


@pytest.mark.parametrize("case", OUTCOMES)
async def test_what_is_promised_is_answered_as_with_a_task(case):
    upstream, told, outcome = Upstream(), Told(), OUTCOMES[case]
    handler = handling(upstream)
    assert handler.begin(ASKED, told.append) is upstream.promise
    assert told == []
    if isinstance(outcome, Exception):
        upstream.promise.set_exception(outcome)
    else:
        upstream.promise.set_result(outcome)

    async def given():
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    [answer] = told
    assert same(answer, await handling(Upstream(given))(ASKED))


async def test_the_endpoint_gets_what_is_listed_and_a_deadline():
    upstream = Upstream()
    handling(upstream, timeout_s=2.0, input_headers=("X-One",)).begin(ASKED, [].append)
    [request] = upstream.requests
    assert request.headers["X-One"] == "1"
    assert request.deadline == pytest.approx(asyncio.get_running_loop().time() + 2.0, abs=0.5)


@pytest.mark.parametrize("error", [UpstreamError("no"), RejectedError("no", status=400)])
async def test_an_endpoint_that_fails_at_once_is_answered_at_once(error):
    told = Told()
    assert handling(Upstream(error)).begin(ASKED, told.append) is None
    assert [answer.status for answer in told] == [error.status]


async def test_nothing_is_waited_for_when_the_answer_is_there():
    def kept():
        promise: Promise[Response] = Promise(loop=asyncio.get_running_loop())
        promise.listener = None
        promise.set_result(Response(data={"a": 1}))
        return promise

    told = Told()
    assert handling(Upstream(kept)).begin(ASKED, told.append) is None
    assert [answer.body for answer in told] == [b'{"a": 1}']


class Doubled(Finishing):
    """Doubles `a`; fails where it is 0, and takes its time where it is 1."""

    def finish(self, request, response):
        value = response.data["a"]
        if not value:
            raise UpstreamError("no")
        return later(response) if value == 1 else response.replace(data={"a": 2 * value})


async def later(response):
    return response


@pytest.mark.parametrize(
    ("value", "expected"), [(3, (200, b'{"a": 6}')), (0, (500, b"no")), (1, (200, b'{"a": 1}'))], ids=str
)
async def test_an_answer_that_is_settled_takes_no_task_but_for_what_is_made_of_it(value, expected):
    told = Told()
    settled = Doubled(lambda _: Settled(Response(data={"a": value})))
    work = handling(settled).begin(ASKED, told.append)
    assert work is None
    [answer] = told
    answer = answer if isinstance(answer, Response) else await answer
    assert (answer.status, answer.body) == expected


async def test_a_resource_answers_at_once_what_is_settled():
    client = Client()
    resource(handling(lambda _: Settled(Response(data={"a": 1})))).begin(SCOPE, client, {})
    assert [answer[0] for answer in client.answers] == [200]


async def test_a_defect_is_told_as_it_is():
    upstream, told = Upstream(), Told()
    handling(upstream).begin(ASKED, told.append)
    defect = ZeroDivisionError()
    upstream.promise.set_exception(defect)
    assert told == [defect]


async def test_a_renderer_that_fails_is_a_defect():
    class Fails:
        def render(self, request, response):
            raise ZeroDivisionError

    upstream, told = Upstream(), Told()
    handling(upstream, Fails()).begin(ASKED, told.append)
    upstream.promise.set_result(Response(data={"a": 1}))
    assert [type(one) for one in told] == [ZeroDivisionError]


async def test_whoever_gives_up_is_told_nothing():
    upstream, told = Upstream(), Told()
    handling(upstream).begin(ASKED, told.append).cancel()
    await asyncio.sleep(0)
    assert told == []


@pytest.mark.parametrize("kind", ["coroutine", "future", "task"])
async def test_whoever_makes_no_promise_is_awaited_within_the_time_of_the_endpoint(kind):
    """A future of anybody's may never be done, or be cancelled by somebody else."""

    async def forever():
        await asyncio.get_running_loop().create_future()

    loop = asyncio.get_running_loop()
    kinds = {"coroutine": forever, "future": loop.create_future, "task": lambda: loop.create_task(forever())}
    told = Told()
    work = handling(Upstream(kinds[kind]), timeout_s=0.01).begin(ASKED, told.append)
    answer = await work
    assert (answer.status, answer.body, told) == (500, b"context deadline exceeded", [])


class Broken:
    """A stream that breaks before its first piece."""

    is_closed = False

    def __aiter__(self):
        return self

    async def __anext__(self):
        raise UpstreamError("cut")

    async def aclose(self):
        self.is_closed = True


@pytest.mark.parametrize("is_no_op", [True, False])
async def test_a_stream_that_breaks_before_it_has_begun_is_a_failure_of_the_endpoint(is_no_op):
    stream, upstream, told = Broken(), Upstream(), Told()
    handler = EndpointHandler(service(), endpoint(), upstream, None if is_no_op else Renderer())
    handler.begin(ASKED, told.append)
    upstream.promise.set_result(Response(200, stream=stream))
    answer = await told[0]
    if is_no_op:
        assert (answer.status, answer.headers["X-Krakend-Completed"]) == (500, "false")
    else:
        assert (answer.status, stream.is_closed) == (200, True)


class Client:
    """Whom a resource answers."""

    def __init__(self) -> None:
        self.answers: list[tuple] = []
        self.works: list = []
        self.awaited: object = None
        self.peer = None

    async def receive(self):
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.answers.append((message["type"],))

    def answer(self, *answer):
        self.answers.append(answer)

    def waits_for(self, future):
        self.awaited = future

    def run(self, work):
        self.works.append(work)


def resource(proxy):
    return EndpointResource(
        "/a", "GET", proxy, client_address=lambda peer, _: peer, disconnects=Disconnects(), allows_encoded=False
    )


SCOPE = {"method": "GET", "path": "/a", "raw_path": b"/a", "query_string": b"", "headers": [], "http_version": "1.1"}


async def test_a_resource_has_its_client_wait_for_the_promise():
    client, upstream = Client(), Upstream()
    resource(handling(upstream)).begin(SCOPE, client, {})
    assert client.awaited is upstream.promise
    upstream.promise.set_result(Response(data={"a": 1}))
    assert [(status, body) for status, _, body in client.answers] == [(200, b'{"a": 1}')]


async def test_a_resource_answers_a_defect_with_500(caplog):
    client, upstream = Client(), Upstream()
    resource(handling(upstream)).begin(SCOPE, client, {})
    upstream.promise.set_exception(ZeroDivisionError("secret"))
    assert client.answers == [(500, (), b"")]
    assert "secret" not in caplog.text


async def test_a_resource_answers_a_defect_on_the_way_in_with_500():
    client = Client()
    resource(handling(Upstream(ZeroDivisionError()))).begin(SCOPE, client, {})
    assert (client.answers, client.awaited) == ([(500, (), b"")], None)


async def test_a_resource_refuses_odd_parameters_at_once():
    client, upstream = Client(), Upstream()
    resource(handling(upstream)).begin(SCOPE, client, {"id": ".."})
    assert [(status, body) for status, _, body in client.answers] == [(400, b"error: invalid url params")]
    assert upstream.requests == []


async def test_what_stands_around_the_handler_is_run_in_a_task():
    client, upstream = Client(), Upstream()
    handler = handling(upstream)
    resource(lambda request: handler(request)).begin(SCOPE, client, {})
    [work] = client.works
    task = asyncio.get_running_loop().create_task(work)
    await asyncio.sleep(0)
    upstream.promise.set_result(Response(data={"a": 1}))
    await task
    assert client.answers == [("http.response.start",), ("http.response.body",)]
