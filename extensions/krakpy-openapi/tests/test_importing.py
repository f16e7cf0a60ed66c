"""An operation becomes an endpoint that lets through what the operation needs, and no more."""
from __future__ import annotations

from typing import Any

import pytest
from krakpy_openapi.documentation import NAMESPACE
from krakpy_openapi.importing import Wishes, configuration
from krakpy_sdk import LoadError

SERVERS = [{"url": "https://api.test/v1/"}]


def document(operation=None, path="/a", method="get", **more):
    answer = {"200": {"description": "", "content": {"application/json": {"schema": {"type": "object"}}}}}
    whole = {"responses": answer} | (operation or {})
    head = {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "servers": SERVERS}
    return head | {"paths": {path: {method: whole}}} | more


def endpoint(*arguments, **options):
    [found] = configuration(document(*arguments, **options), Wishes()).document["endpoints"]
    return found


def test_an_operation_is_an_endpoint_before_the_first_server():
    found = endpoint(path="/a/{id}", method="post")
    assert (found["endpoint"], found["method"]) == ("/a/{id}", "POST")
    assert found["backend"] == [{"host": ["https://api.test"], "url_pattern": "/v1/a/{id}", "encoding": "json"}]


@pytest.mark.parametrize(
    ("parameters", "query", "headers"),
    [
        ([{"name": "q", "in": "query"}, {"name": "X-A", "in": "header"}], ["q"], ["X-A"]),
        ([{"name": "s", "in": "cookie"}], None, ["Cookie"]),
        ([{"name": "Accept", "in": "header"}], None, None),
        ([], None, None),
    ],
    ids=["both", "cookie", "own", "none"],
)
def test_what_the_operation_names_is_let_through(parameters, query, headers):
    found = endpoint({"parameters": parameters})
    assert (found.get("input_query_strings"), found.get("input_headers")) == (query, headers)


def test_a_body_goes_on_with_its_type():
    assert endpoint({"requestBody": {"content": {"text/csv": {}}}}, method="put")["input_headers"] == ["Content-Type"]


@pytest.mark.parametrize(
    ("scheme", "query", "headers"),
    [
        ({"type": "http", "scheme": "bearer"}, None, ["Authorization"]),
        ({"type": "apiKey", "in": "header", "name": "X-Key"}, None, ["X-Key"]),
        ({"type": "apiKey", "in": "query", "name": "key"}, ["key"], None),
        ({"type": "apiKey", "in": "cookie", "name": "key"}, None, ["Cookie"]),
    ],
    ids=["bearer", "header", "query", "cookie"],
)
def test_what_proves_who_asks_is_let_through(scheme, query, headers):
    asked = {"security": [{"s": []}], "components": {"securitySchemes": {"s": scheme}}}
    found = endpoint(**asked)
    assert (found.get("input_query_strings"), found.get("input_headers")) == (query, headers)
    assert "input_headers" not in endpoint({"security": []}, **asked)


@pytest.mark.parametrize(
    ("content", "output", "backend"),
    [
        ({"application/json": {"schema": {"type": "object"}}}, "json", {"encoding": "json"}),
        ({"application/json": {"schema": {"type": "array"}}}, "json-collection", {"is_collection": True}),
        ({"application/json": {"schema": {"type": "string"}}}, "no-op", {"encoding": "no-op"}),
        ({"application/pdf": {}}, "no-op", {"encoding": "no-op"}),
        ({}, "no-op", {"encoding": "no-op"}),
    ],
    ids=["object", "array", "text", "pdf", "nothing"],
)
def test_json_is_decoded_and_everything_else_passed_on(content, output, backend):
    found = endpoint({"responses": {"201": {"description": "", "content": content}}})
    assert found["output_encoding"] == output
    assert {key: found["backend"][0][key] for key in backend} == backend


def test_parameters_at_one_place_have_one_name():
    paths: dict[str, Any] = {"/a/{x.y}": {"get": {}}, "/a/{id}/b/{id2}": {"get": {}}, "/c/{id}": {"get": {}}}
    found = configuration(document() | {"paths": paths}, Wishes()).document["endpoints"]
    assert [entry["endpoint"] for entry in found] == ["/a/{x_y}", "/a/{x_y}/b/{id2}", "/c/{id}"]


def test_what_gateways_do_not_serve_is_told(shop):
    assert configuration(shop, Wishes()).left_out == [
        "HEAD /orders: gateways do not serve it",
        "/files/{name}.txt: a parameter has to be a whole segment",
    ]


def test_wishes_go_before_the_document():
    wishes = Wishes(hosts=("http://b:81/x", "http://c:82"), prefix="/gw/", is_bare=True)
    made = configuration(document(), wishes).document
    [found] = made["endpoints"]
    assert (found["endpoint"], found["backend"][0]["url_pattern"]) == ("/gw/a", "/x/a")
    assert found["backend"][0]["host"] == ["http://b:81", "http://c:82"]
    assert "extra_config" not in made | found


def test_the_words_of_the_document_are_kept():
    found = endpoint({"summary": "S", "operationId": "o", "tags": ["t"], "deprecated": True})
    said = found["extra_config"][NAMESPACE]
    assert (said["summary"], said["operation_id"], said["tags"], said["deprecated"]) == ("S", "o", ["t"], True)


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        ({"openapi": "2.0"}, "openapi"),
        ({"openapi": None}, "openapi"),
        ({"servers": []}, "servers"),
        ({"servers": [{"url": "/v1"}]}, "servers"),
        ({"servers": [{"url": "ftp://x"}]}, "servers"),
        ({"paths": []}, "paths"),
        ({"paths": {"/a": 1}}, "paths./a"),
        ({"paths": {"/a": {"get": 1}}}, "paths./a.get"),
        ({"paths": {"/a": {"get": {"parameters": {}}}}}, "paths./a.get.parameters"),
        ({"paths": {"/a": {"get": {"parameters": [{"name": "x"}]}}}}, "paths./a.get.parameters[0]"),
        ({"paths": {"/a": {"get": {"parameters": [{"$ref": "#/nowhere"}]}}}}, "paths./a.get.parameters[0]"),
        ({"paths": {"/a": {"get": {"parameters": [{"$ref": "other.yaml#/x"}]}}}}, "paths./a.get.parameters[0]"),
        ({"paths": {"/a": {"get": {"responses": {"200": 1}}}}}, "paths./a.get.responses.200"),
        ({"paths": {"/a": {"get": {"responses": {"200": {"content": []}}}}}}, "paths./a.get.responses.200.content"),
        ({"security": ["x"]}, "security[0]"),
        ({"components": {"schemas": []}}, "components.schemas"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_document_that_is_none_is_an_error_with_its_place(broken, place):
    with pytest.raises(LoadError) as raised:
        configuration(document() | broken, Wishes())
    assert raised.value.place == place


def test_a_reference_to_another_document_is_told_as_one():
    with pytest.raises(LoadError, match=r"other\.yaml#/x is in another document"):
        endpoint({"parameters": [{"$ref": "other.yaml#/x"}]})


def test_references_in_a_circle_are_an_error():
    components = {"parameters": {"a": {"$ref": "#/components/parameters/a"}}}
    with pytest.raises(LoadError, match="circle"):
        endpoint({"parameters": [{"$ref": "#/components/parameters/a"}]}, components=components)
