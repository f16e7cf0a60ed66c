"""Messages, results and errors come back from plain JSON as they were, and nothing comes back that could not be."""
import json

import pytest
from krakpy_sdk import (
    BadStatus,
    ContractError,
    Headers,
    MergeError,
    Patch,
    Query,
    RejectedError,
    Reply,
    Request,
    Response,
    Timeout,
    UpstreamError,
)
from krakpy_sdk.wire import (
    error_fields,
    error_of,
    request_fields,
    request_of,
    response_fields,
    response_of,
    result_fields,
    result_of,
)

REQUESTS = [
    Request(),
    Request(
        "POST", "/é", params={"id": "7"}, query=Query.parse("a=1&a=2&b=%ff"), headers=Headers([("X", "é"), ("X", "")]),
        body=b"\x00\xff", url="http://b/", client_ip="::1", endpoint="/{id}", deadline=1.5,
    ),
    Request(body=b""),
]  # fmt: skip
RESPONSES = [
    Response(),
    Response(503, headers=Headers({"X": "1"}), body=b"x", is_complete=False, errors=(Timeout("slow"), KeyError("a"))),
    Response(data={"a": [1, 2**70, 1.5, None, {"é": True}]}),
]
RESULTS = [
    None,
    Patch(),
    Patch().set_header("A", "1").add_header("A", "2").remove_header("B").set_query("q", "1").remove_query("p"),
    Patch().set_method("put").set_path("/x").set_status(201).set_data("a.b", [1, None]).remove_data("c"),
    Patch().set_body(b"one").set_header("A", "1").set_body(b"").set_body(b"\x00\xff"),
    Reply(204),
    Reply(403, headers={"X": "1"}, json={"error": "no"}),
]
ERRORS = [
    RejectedError("no", status=401, headers={"A": "1"}), UpstreamError("down"), Timeout("slow"),
    BadStatus("no", backend_status=418, body=b"\xff", content_type="x/y", is_passed=True),
    MergeError((Timeout("a"), UpstreamError("b"))),
]  # fmt: skip


def sent(value):
    """A value as the other end gets it."""
    return json.loads(json.dumps(value))


def told(message):
    return {
        name: list(getattr(message, name).pairs) if name in ("headers", "query") else getattr(message, name)
        for name in dir(message)
        if not name.startswith("_") and not callable(getattr(message, name)) and name != "errors"
    }


@pytest.mark.parametrize("request_", REQUESTS, ids=repr)
def test_a_request_comes_back_as_it_was(request_):
    assert told(request_of(sent(request_fields(request_)), request_.body or b"")) == told(request_)


@pytest.mark.parametrize("response", RESPONSES, ids=repr)
def test_a_response_comes_back_as_it_was_with_what_failed(response):
    back = response_of(sent(response_fields(response)), response.body or b"")
    assert told(back) == told(response)
    assert [str(error) for error in back.errors] == [str(error) for error in response.errors]


@pytest.mark.parametrize("result", RESULTS, ids=repr)
def test_a_result_comes_back_as_it_was(result):
    fields, body = result_fields(result)
    assert result_of(sent(fields), body) == result


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_an_error_of_the_contract_comes_back_as_it_was(error):
    back = error_of(sent(error_fields(error)))
    own = {name: value for name, value in vars(error).items() if name != "errors"}
    assert (type(back), str(back)) == (type(error), str(error))
    assert {name: value for name, value in vars(back).items() if name != "errors"} == own


@pytest.mark.parametrize(
    "fields",
    [
        ["patch"], ["patch", 5], ["patch", [[]]], ["patch", [["__init__"]]], ["patch", [["set_header", "A"]]],
        ["patch", [["set_header", "A", "a\r\nb"]]], ["patch", [["set_status", 99]]], ["patch", [["set_data", 5, 1]]],
        ["patch", [["set_body", "a", "b"]]], ["reply"], ["reply", "200", []], ["reply", 200, [["A"]]],
        ["surprise", 1, 2],
    ],
    ids=str,
)  # fmt: skip
def test_what_no_hook_may_return_is_a_breach_whoever_wrote_it(fields):
    with pytest.raises(ContractError):
        result_of(fields, b"")


@pytest.mark.parametrize(
    "fields", [[], ["SystemExit", "", {}], ["Timeout", "", {"x": 1}], ["BadStatus", "", {}]], ids=str
)
def test_what_is_no_error_of_the_contract_is_a_breach(fields):
    with pytest.raises(ContractError):
        error_of(fields)
