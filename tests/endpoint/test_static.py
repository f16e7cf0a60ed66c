"""Static data is added when its strategy says so, and never hides what is not a backend's failure."""
import asyncio
import logging

import pytest
from krakpy_sdk import (
    BadStatus,
    Headers,
    KrakpyError,
    MergeError,
    RejectedError,
    Request,
    Response,
    Timeout,
    UpstreamError,
)
from krakpy_sdk.testing import answers

from krakpy.codes import Code
from krakpy.config.model_proxy import EndpointProxy
from krakpy.config.model_proxy import Static as Written
from krakpy.endpoint.static import STRATEGIES, Static
from krakpy.errors import ExtensionError, Problem, Replied
from krakpy.testing import Upstream, gateway
from tests.endpoint.services import backend, endpoint

LATE = Timeout("late")
PARTIAL = Response(data={"a": 1}, is_complete=False, errors=(LATE,))
DETAILED = Response(data={"a": 1}, is_complete=False)
FAILURES = {"late": LATE, "status": BadStatus("bad", backend_status=404), "merge": MergeError((LATE, LATE))}


def static(upstream, *, strategy="always", data=None, **changes):
    written = Written(strategy=strategy, data={"s": 1, "a": "static"} if data is None else data)
    return Static(endpoint(proxy=EndpointProxy(static=written), **changes), upstream)


async def answered(answer, **settings):
    return await static(answers(answer), **settings)(Request())


@pytest.mark.parametrize(
    ("response", "strategies"),
    [
        (Response(data={"a": 1}), {"always", "success", "complete"}),
        (Response(data={}), {"always", "success", "complete"}),
        (Response(), {"always", "success", "complete"}),
        (DETAILED, {"always", "success", "incomplete"}),
        (PARTIAL, {"always", "errored", "incomplete"}),
    ],
    ids=["complete", "empty", "null", "incomplete", "partial"],
)
@pytest.mark.parametrize("strategy", STRATEGIES)
async def test_the_strategy_decides_about_answers(response, strategies, strategy):
    expected = {**(response.data or {}), "s": 1, "a": "static"} if strategy in strategies else response.data
    assert (await answered(response, strategy=strategy)).data == expected


@pytest.mark.parametrize("error", FAILURES.values(), ids=FAILURES.keys())
@pytest.mark.parametrize("strategy", ["always", "errored", "incomplete"])
async def test_a_failure_is_answered_with_the_data_alone(error, strategy):
    response = await answered(error, strategy=strategy)
    assert (response.status, response.data, response.is_complete) == (200, {"s": 1, "a": "static"}, False)


@pytest.mark.parametrize("error", FAILURES.values(), ids=FAILURES.keys())
@pytest.mark.parametrize("strategy", ["success", "complete"])
async def test_a_failure_stays_one_where_only_success_is_meant(error, strategy):
    with pytest.raises(type(error)) as raised:
        await answered(error, strategy=strategy)
    assert raised.value is error


@pytest.mark.parametrize(("error", "errors"), [(LATE, (LATE,)), (MergeError((LATE, LATE)), (LATE, LATE))])
async def test_what_failed_is_told_with_the_answer(error, errors):
    assert (await answered(error)).errors == errors


PROBLEM = ExtensionError(Problem(Code.CALL_RAISED, "", "it raised"), instance="x", status=500)


@pytest.mark.parametrize(
    "error",
    [
        RejectedError("no"), Replied(Response(418)), PROBLEM, MergeError((LATE, PROBLEM)), KrakpyError("own"),
        KeyError("x"),
    ],
    ids=["rejected", "replied", "extension", "extension in a merge", "an extension's own", "defect"],
)  # fmt: skip
@pytest.mark.parametrize("strategy", STRATEGIES)
async def test_what_is_no_failure_of_a_backend_is_never_hidden(error, strategy):
    with pytest.raises(type(error)) as raised:
        await answered(error, strategy=strategy)
    assert raised.value is error


@pytest.mark.parametrize("status", [200, 403])
async def test_a_reply_of_a_hook_stays_as_it_is(status):
    reply = Response(status, body=b"mine")
    assert await answered(reply) is reply


async def test_another_strategy_is_always():
    assert (await answered(LATE, strategy="nonsense")).data == {"s": 1, "a": "static"}


async def test_neither_the_answer_nor_the_data_is_changed():
    given, response = {"n": {"x": 1}}, Response(data={"a": 1})
    step = static(answers(response), data=given)
    first = await step(Request())
    first.data["b"] = 2
    assert (response.data, (await step(Request())).data, given) == ({"a": 1}, {"a": 1, "n": {"x": 1}}, {"n": {"x": 1}})


@pytest.mark.parametrize("data", [{"a": 1}, None], ids=["document", "null"])
async def test_the_rest_of_an_answer_stays(data):
    response = await answered(Response(headers=Headers({"X-A": "1"}), data=data))
    assert (response.headers["x-a"], response.is_complete) == ("1", True)


async def test_a_partial_answer_keeps_its_errors():
    assert (await answered(PARTIAL)).errors == (LATE,)


async def test_whole_numbers_are_written_as_go_writes_them():
    data = {"whole": 1.0, "list": [2.0, 2.5], "large": 1e21, "true": True}
    written = (await answered(Response(data={}), data=data)).data
    assert [type(written["whole"]), *map(type, written["list"]), type(written["large"])] == [int, int, float, float]
    assert written == data
    assert written["true"] is True


def no_op():
    return endpoint(proxy=EndpointProxy(static=Written(data={"s": 1})), is_no_op=True)


async def test_a_no_op_answer_has_data_that_nobody_sees_and_its_fields_twice():
    fields = Headers((("Set-Cookie", "a"), ("Content-Length", "3"), ("Set-Cookie", "b")))
    response = await Static(no_op(), answers(Response(404, headers=fields, body=b"raw")))(Request())
    assert (response.status, response.body, response.data) == (404, b"raw", {"s": 1})
    assert response.headers.getall("set-cookie") == ["a", "b", "a", "b"]
    assert response.headers.getall("content-length") == ["3"]


async def test_a_no_op_answer_to_which_nothing_is_added_has_its_fields_once():
    settings = endpoint(proxy=EndpointProxy(static=Written(data={})), is_no_op=True)
    response = await Static(settings, answers(Response(headers=Headers({"X-A": "1"}), body=b"raw")))(Request())
    assert response.headers.getall("x-a") == ["1"]


async def stream():
    yield b"raw"


@pytest.mark.parametrize("raw", [{"body": b"raw"}, {"stream": stream()}], ids=["body", "stream"])
async def test_data_stands_in_place_of_a_raw_answer_where_a_document_is_due(raw):
    settings = endpoint(backend(encoding="no-op"), proxy=EndpointProxy(static=Written(data={"s": 1})))
    response = await Static(settings, answers(Response(headers=Headers({"Content-Length": "3"}), **raw)))(Request())
    assert (response.data, response.headers, response.body) == ({"s": 1}, {}, None)
    assert response.stream is raw.get("stream")


class Hanging(Upstream):
    """An upstream that never answers."""

    async def __call__(self, request):
        return await hangs(request)


async def hangs(_):
    await asyncio.get_running_loop().create_future()


def over(by):
    return Request(deadline=asyncio.get_running_loop().time() - by)


async def cancelled(step, request):
    """What the step answers when its task is cancelled, as the endpoint's deadline and a client that leaves do it."""
    task = asyncio.ensure_future(step(request))
    await asyncio.sleep(0)
    task.cancel()
    return await task


@pytest.mark.parametrize("strategy", ["always", "errored", "incomplete"])
async def test_a_time_that_is_over_is_a_failure_of_backends(strategy):
    response = await cancelled(static(hangs, strategy=strategy), over(by=0))
    assert (response.data, response.is_complete) == ({"s": 1, "a": "static"}, False)
    assert [type(error) for error in response.errors] == [Timeout]


@pytest.mark.parametrize(
    ("strategy", "deadline"), [("success", 0), ("always", -60), ("always", None)], ids=["success", "early", "endless"]
)
async def test_a_client_that_leaves_is_not_answered(strategy, deadline):
    request = Request() if deadline is None else over(by=deadline)
    with pytest.raises(asyncio.CancelledError):
        await cancelled(static(hangs, strategy=strategy), request)


async def test_a_gateway_answers_with_the_data_when_the_endpoints_time_is_over():
    backend = {"url_pattern": "/b", "host": ["http://b.test"]}
    proxy = {"static": {"strategy": "errored", "data": {"s": 1}}}
    written = {"endpoint": "/a", "timeout": "20ms", "backend": [backend], "extra_config": {"proxy": proxy}}
    async with gateway({"endpoints": [written]}, Hanging()) as client:
        response = await client.get("/a")
    assert (response.status, response.json(), response.headers["x-krakend-completed"]) == (200, {"s": 1}, "false")


async def test_a_failure_is_logged_without_what_clients_asked(caplog):
    error = UpstreamError("refused: http://b/x?q=secret")
    await answered(MergeError((error, LATE)))
    (record,) = caplog.records
    assert (record.levelno, record.name) == (logging.WARNING, "krakpy.endpoint")
    assert record.fields == {
        "endpoint": "GET /test", "cause": "MergeError", "errors": ["refused: http://b/x?…", "late"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "applies"),
    [(None, False), (Written(), False), (Written(data=[1]), False), (Written(data={}), True)],
    ids=["nothing", "no data", "a list", "an object"],
)
def test_it_is_absent_without_an_object(written, applies):
    assert Static.applies_to(endpoint(proxy=EndpointProxy(static=written))) is applies


def test_it_cannot_be_built_without_an_object():
    with pytest.raises(ValueError, match=r"endpoints\[0\]"):
        Static(endpoint(), answers())
