"""Clients see an endpoint; the backend sees one operation of GraphQL, whatever the client sends."""
import json

import pytest
from krakpy_sdk import ConfigError, Headers, RejectedError, Request, Response, UpstreamError
from krakpy_sdk.testing import answers, backend_settings, endpoint_settings

from krakpy.backend.graphql import GraphQL, GraphQLSettings
from krakpy.config.decoding import decode_settings
from krakpy.endpoint.parallel import Parallel

URL = "http://a.test/g"


def graphql(upstream, **config):
    settings = GraphQLSettings(**{"type": "query", "query": "{ a }", **config})
    return GraphQL(backend_settings(config=settings), upstream)


async def asked(request=None, **config):
    """What the backend is asked."""
    upstream = answers()
    await graphql(upstream, **config)(request or Request(url=URL))
    [sent] = upstream.requests
    return sent


async def pieces(*parts):
    for part in parts:
        yield part


async def test_a_query_is_posted_as_a_document():
    sent = await asked(variables={"id": "{id}"}, request=Request("GET", url=URL, params={"id": "4"}))
    assert (sent.method, sent.url) == ("POST", URL)
    assert json.loads(sent.body) == {"query": "{ a }", "variables": {"id": "4"}}


async def test_the_document_is_announced_in_place_of_the_clients_body():
    fields = {"content-type": "text/plain", "Content-Length": "999", "Content-Encoding": "gzip", "X-A": "1"}
    sent = await asked(Request("POST", url=URL, headers=Headers(fields), stream=pieces(b"ignored")))
    assert sent.headers.pairs == (("X-A", "1"), ("Content-Type", "application/json"), ("Content-Length", "17"))
    assert (len(sent.body), sent.stream) == (17, None)


async def test_a_query_by_get_is_in_the_address():
    sent = await asked(Request("POST", url=URL, body=b"x"), method="get", variables={"n": 1})
    assert (sent.method, sent.url) == ("GET", f"{URL}?query=%7B+a+%7D&variables=%7B%22n%22%3A1%7D")
    assert (sent.body, sent.stream, sent.headers["Content-Type"]) == (None, None, "application/json")


@pytest.mark.parametrize("body", [{"body": b'{"a":2}'}, {"stream": pieces(b'{"a"', b":2}")}], ids=["read", "streamed"])
async def test_a_mutation_takes_the_members_of_the_clients_body(body):
    sent = await asked(Request("POST", url=URL, **body), type="mutation", variables={"a": 1, "b": "{x}"})
    assert json.loads(sent.body)["variables"] == {"a": 2, "b": "{x}"}
    assert sent.stream is None


async def test_a_mutation_may_be_sent_by_get():
    sent = await asked(Request("POST", url=URL, body=b'{"a":2}'), type="Mutation", method="GET")
    assert sent.url == f"{URL}?query=%7B+a+%7D&variables=%7B%22a%22%3A2%7D"


@pytest.mark.parametrize("body", [None, b"", b"[1]", b"zzz"])
async def test_a_mutation_without_an_object_is_not_sent(body):
    upstream = answers()
    with pytest.raises(UpstreamError) as raised:
        await graphql(upstream, type="mutation")(Request("POST", url=URL, body=body))
    assert (raised.value.status, upstream.requests) == (500, [])


async def test_a_mutation_keeps_no_more_than_ten_megabytes():
    request = Request("POST", url=URL, stream=pieces(*[b"x" * 1_048_576] * 11))
    with pytest.raises(RejectedError) as raised:
        await graphql(answers(), type="mutation")(request)
    assert raised.value.status == 413


async def test_backends_of_one_request_never_share_what_they_are_sent():
    """KrakenD: two GraphQL backends write to one map of headers, and the process may die."""
    short, long = answers(), answers()
    backends = [graphql(short, query="{ a }"), graphql(long, query="{ aaaa }")]
    request = Request("POST", url=URL, headers=Headers({"X-A": "1"}))
    await Parallel(None).merge(endpoint_settings(), backends)(request)
    assert [u.requests[0].headers.getall("Content-Length") for u in (short, long)] == [["17"], ["20"]]
    assert request.headers.pairs == (("X-A", "1"),)


async def test_the_answer_is_given_as_it_is():
    answer = Response(data={"errors": [{"message": "no"}]})
    assert await graphql(answers(answer))(Request(url=URL)) is answer


@pytest.mark.parametrize("type", ["query", "QUERY", "Mutation"])
def test_the_type_is_read_in_any_case(type):
    assert problems(type=type, query="{ a }") == []


async def test_an_operation_may_stand_in_a_file(tmp_path):
    path = tmp_path / "q.graphql"
    path.write_text("query F { ü }")
    sent = await asked(query="ignored", query_path=str(path), operation_name="F")
    assert json.loads(sent.body) == {"query": "query F { ü }", "operationName": "F"}


async def test_the_file_is_read_once(tmp_path):
    path = tmp_path / "q.graphql"
    path.write_text("{ a }")
    upstream = answers()
    proxy = graphql(upstream, query_path=str(path))
    path.unlink()
    await proxy(Request(url=URL))
    assert json.loads(upstream.requests[0].body or b"") == {"query": "{ a }"}


NO_OPERATION = {
    "another type": {"type": "subscription"},
    "no file": {"query_path": "/nowhere/q.graphql"},
    "a folder": {"query_path": "/"},
    "no file for a mutation": {"type": "mutation", "query_path": "/nowhere/q.graphql"},
}


@pytest.mark.parametrize("config", NO_OPERATION.values(), ids=NO_OPERATION)
def test_without_an_operation_there_is_a_warning(config):
    [problem] = decode_settings(GraphQLSettings, {"type": "query", "query": "q", **config}, "here")[1]
    assert (problem.severity, problem.place) == ("warning", f"here.{list(config)[-1]}")


@pytest.mark.parametrize("config", NO_OPERATION.values(), ids=NO_OPERATION)
async def test_without_an_operation_nothing_of_the_clients_becomes_one(config):
    fields = {"Content-Type": "application/json", "X-A": "1"}
    url = f"{URL}?query=mine&a=1&extensions=e&%71uery=mine"
    sent = await asked(Request("GET", url=url, headers=Headers(fields), stream=pieces(b'{"query":"mine"}')), **config)
    assert (sent.method, sent.url, sent.body, sent.stream) == ("GET", f"{URL}?a=1", None, None)
    assert sent.headers.pairs == (("X-A", "1"),)


@pytest.mark.parametrize("config", NO_OPERATION.values(), ids=NO_OPERATION)
def test_without_an_operation_a_backend_that_takes_bodies_is_refused(config):
    settings = backend_settings(config=GraphQLSettings(**{"type": "query", "query": "q", **config}), method="POST")
    with pytest.raises(ConfigError) as refused:
        GraphQL(settings, answers())
    assert refused.value.path == list(config)[-1]


async def test_another_method_is_taken_for_post():
    [problem] = decode_settings(GraphQLSettings, {"type": "query", "query": "q", "method": "PUT"}, "here")[1]
    assert (problem.severity, problem.place) == ("warning", "here.method")
    assert (await asked(method="PUT")).method == "POST"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"\xff", "no UTF-8"), (b" \n", "is empty")],
    ids=["binary", "empty"],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path, content, reason):
    path = tmp_path / "q.graphql"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=reason) as refused:
        graphql(answers(), query_path=str(path))
    assert refused.value.path == "query_path"


def problems(**config):
    return [problem.place for problem in decode_settings(GraphQLSettings, config, "here")[1]]


WRONG = {
    "no type": ({"query": "q"}, "here.type"),
    "no operation": ({"type": "query"}, "here.query"),
    "unknown key": ({"type": "query", "query": "q", "querypath": "x"}, "here.querypath"),
    "variables that are no object": ({"type": "query", "query": "q", "variables": [1]}, "here.variables"),
    "an empty variable": ({"type": "query", "query": "q", "variables": {"v": ""}}, "here.variables.v"),
    "an empty placeholder": ({"type": "mutation", "query": "q", "variables": {"v": "{}"}}, "here.variables.v"),
}


@pytest.mark.parametrize(("config", "place"), WRONG.values(), ids=WRONG)
def test_wrong_settings_are_an_error_with_their_place(config, place):
    assert problems(**config) == [place]


def test_the_name_of_the_operation_is_written_as_in_graphql():
    settings, _ = decode_settings(GraphQLSettings, {"type": "query", "query": "q", "operationName": "Q"}, "")
    assert settings == GraphQLSettings(type="query", query="q", operation_name="Q")
