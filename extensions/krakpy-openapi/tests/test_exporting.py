"""What clients can ask for is written, with what the configuration says of it."""
from __future__ import annotations

import pytest
from krakpy_openapi.documentation import NAMESPACE
from krakpy_openapi.exporting import exported


def configuration(*, said=None, service=None, **endpoint):
    extra = endpoint.pop("extra_config", {}) | ({NAMESPACE: said} if said else {})
    one = {"endpoint": "/a", "extra_config": extra} | endpoint
    return {"version": 3, "name": "N", "endpoints": [one], "extra_config": {NAMESPACE: service} if service else {}}


def operation(**options):
    [methods] = exported(configuration(**options)).document["paths"].values()
    [found] = methods.values()
    return found


def test_a_configuration_without_documentation_is_a_whole_document():
    assert exported(configuration(method="DELETE")).document == {
        "openapi": "3.0.3",
        "info": {"title": "N", "version": "1.0.0"},
        "paths": {"/a": {"delete": {"responses": {
            "200": {"description": "The answer", "content": {"application/json": {"schema": {"type": "object"}}}},
            "500": {"description": "No backend gave an answer"},
        }}}},
    }


def test_what_is_let_through_is_a_parameter():
    found = operation(endpoint="/a/{id}", input_query_strings=["q", "*"], input_headers=["X-A", "Authorization", "*"])
    assert [(one["in"], one["name"], one.get("required", False)) for one in found["parameters"]] == [
        ("path", "id", True), ("query", "q", False), ("header", "X-A", False),
    ]


def test_definitions_add_to_parameters_and_may_hide_them():
    said = {"query_definition": [{"name": "q", "type": "integer", "required": True}, {"name": "h", "hide": True}]}
    found = operation(input_query_strings=["q", "h"], said=said)
    assert found["parameters"] == [{"name": "q", "in": "query", "required": True, "schema": {"type": "integer"}}]


def test_keys_of_security_schemes_are_no_parameters():
    schemes = {"k": {"type": "apiKey", "in": "query", "name": "key"}}
    assert "parameters" not in operation(input_query_strings=["key"], service={"custom_security_schemes": schemes})


def test_a_validator_asks_for_a_token():
    document = exported(configuration(extra_config={"auth/validator": {"alg": "RS256"}})).document
    found = document["paths"]["/a"]["get"]
    assert found["security"] == [{"KrakenD-JWT": []}]
    assert {"401", "403"} <= found["responses"].keys()
    assert document["components"]["securitySchemes"] == {
        "KrakenD-JWT": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }


def test_limits_are_answers():
    limits = {"qos/ratelimit/router": {"max_rate": 1, "client_max_rate": 1}}
    assert {"429", "503"} <= operation(extra_config=limits)["responses"].keys()


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("json-collection", {"application/json": {"schema": {"type": "array", "items": {}}}}),
        ("string", {"text/plain": {"schema": {"type": "string"}}}),
        ("xml", {"application/xml": {"schema": {"type": "object"}}}),
        ("no-op", None),
    ],
)
def test_the_answer_has_the_type_of_its_encoding(encoding, content):
    assert operation(output_encoding=encoding)["responses"]["200"].get("content") == content


def test_a_schema_that_guards_the_body_is_the_bodys():
    found = operation(method="POST", extra_config={"validation/json-schema": {"type": "object"}})
    assert found["requestBody"]["content"] == {"application/json": {"schema": {"type": "object"}}}


@pytest.mark.parametrize(
    ("definition", "content"),
    [
        ({"ref": "T"}, {"application/json": {"schema": {"$ref": "#/components/schemas/T"}}}),
        ({"example_schema": {"type": "object"}}, {"application/json": {"schema": {"type": "object"}}}),
        ({"content_type": "text/csv"}, {"text/csv": {}}),
        ({"content_type": "a/b", "schema": {}, "example": 1}, {"a/b": {"schema": {}, "example": 1}}),
    ],
    ids=["ref", "example_schema", "type", "schema"],
)
def test_a_body_is_told_in_any_of_four_ways(definition, content):
    said = {"request_definition": [definition], "response_definition": {"202": definition}}
    found = operation(method="PUT", said=said)
    assert found["requestBody"]["content"] == found["responses"]["202"]["content"] == content


def test_an_audience_has_its_own_endpoints():
    configured = configuration(said={"audience": ["public"]})
    assert exported(configured, audience="public").document["paths"]
    assert not exported(configured, audience="inner").document["paths"]


def test_what_openapi_cannot_hold_is_told():
    assert exported(configuration(endpoint="/a/*")).left_out == ["GET /a/*: OpenAPI has no paths with an open end"]


def test_the_service_is_described():
    service = {
        "version": "2", "description": "D", "host": "api.test", "base_path": "/v1", "schemes": ["http", "https"],
        "contact_name": "A", "license_name": "MIT", "terms_of_service": "https://t.test",
        "tag_definition": [{"name": "t"}],
    }
    document = exported(configuration(service=service)).document
    assert document["info"] == {
        "title": "N", "description": "D", "termsOfService": "https://t.test", "contact": {"name": "A"},
        "license": {"name": "MIT"}, "version": "2",
    }
    assert document["servers"] == [{"url": "http://api.test/v1"}, {"url": "https://api.test/v1"}]
    assert document["tags"] == [{"name": "t"}]
