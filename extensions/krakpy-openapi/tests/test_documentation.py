"""What a configuration says about itself is checked, and costs a request nothing."""
from __future__ import annotations

import json

import pytest
from krakpy_openapi import Endpoint, Service
from krakpy_sdk import Request, Response
from krakpy_sdk.testing import endpoint_settings, server_settings


@pytest.fixture
def check(krakpy, tmp_path):
    def checked(said, service=None):
        path = tmp_path / "krakend.json"
        backend = {"host": ["http://b.test"], "url_pattern": "/"}
        extra = {"documentation/openapi": said}
        endpoint = {"endpoint": "/a", "backend": [backend], "extra_config": extra}
        whole = {"version": 3, "endpoints": [endpoint], "extra_config": {"documentation/openapi": service or {}}}
        path.write_text(json.dumps(whole))
        return krakpy("check", "-c", path)

    return checked


def test_keys_of_the_enterprise_edition_are_known(check):
    said = {
        "description": "d", "summary": "s", "tags": ["t"], "audience": ["a"], "operation_id": "o", "example": {"a": 1},
        "query_definition": [{"name": "q", "hide": False}], "request_definition": [{"example_schema": {"$ref": "#/x"}}],
        "response_definition": {"default": {"description": "d"}}, "disable_default_response_definitions": True,
    }
    service = {"base_path": "/v1", "contact_email": "a@b.test", "cookie_name": "C", "jwt_key": "J"}
    assert check(said, service).exit_code == 0


def test_a_misspelt_key_is_an_error(check):
    result = check({"sumary": "s"})
    assert result.exit_code == 1
    assert "summary" in result.stderr


def test_neither_is_in_the_chain_of_a_request():
    assert not Service.applies_to(server_settings())
    assert not Endpoint.applies_to(endpoint_settings())


async def test_who_builds_them_all_the_same_gets_what_is_behind_them():
    async def answer(request):
        return Response(status=204)

    async def app(scope, receive, send):
        await send(scope)

    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {}

    assert (await Endpoint(endpoint_settings(), answer)(Request(method="GET", path="/"))).status == 204
    await Service(server_settings(), app)({"type": "http"}, receive, send)
    assert sent == [{"type": "http"}]
