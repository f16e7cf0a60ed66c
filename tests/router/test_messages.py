"""falcon's messages, as far as the gateway uses them."""
import pytest

from krakpy.router.messages import GatewayRequest, GatewayResponse, Opening
from tests.router.client import Client

TYPE = (b"content-type", b"text/plain")
LENGTH = (b"content-length", b"9")


async def test_falcon_is_opened_without_asking_the_client():
    client = Client("POST", "/", [], b"x")
    assert (await Opening(client.receive)())["type"] == "http.request"
    assert client.receives == 0


def test_a_request_knows_method_path_and_where_its_body_is():
    client = Client("POST", "/a%20b?c=d")
    req = GatewayRequest(client.scope, Opening(client.receive))
    assert (req.method, req.path, req.receive) == ("POST", "/a b", client.receive)


def test_an_answer_is_a_failure_until_it_is_taken():
    assert GatewayResponse().status_code == 500


@pytest.mark.parametrize(
    ("status", "body", "raw"),
    [
        (200, None, [TYPE, LENGTH]),
        (200, b"x", [TYPE]),
        (204, b"", [TYPE]),
        (304, b"", []),
    ],
    ids=["stream", "body", "no-content", "not-modified"],
)
async def test_the_fields_about_a_body_are_the_upstreams_where_they_are_true(status, body, raw):
    resp = GatewayResponse()
    resp.take(status, (TYPE, LENGTH), body)
    assert (resp.status_code, await resp.render_body(), resp._asgi_headers()) == (status, body, raw)


def test_falcon_adds_the_length_of_a_body():
    resp = GatewayResponse()
    resp.take(200, (TYPE,), b"x")
    resp._headers["content-length"] = "1"
    assert resp._asgi_headers("application/json") == [TYPE, (b"content-length", b"1")]


def test_an_answer_without_fields_has_none():
    resp = GatewayResponse()
    resp.take(200, (), b"")
    assert resp._asgi_headers("application/json") == []
