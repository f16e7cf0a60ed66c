"""A backend behind a gateway is asked with a token."""
import json
import subprocess
import sys

from krakpy_sdk import Response

from krakpy.testing import Upstream, gateway

OWN = {"client_id": "gw", "client_secret": "canary", "token_url": "http://idp.test/token"}


def config(**settings):
    backend = {
        "url_pattern": "/doc", "host": ["http://backend.test"],
        "extra_config": {"github.com/devopsfaith/krakend-oauth2-clientcredentials": OWN | settings},
    }  # fmt: skip
    return {
        "endpoints": [{"endpoint": "/a", "input_headers": ["*"], "backend": [backend]}],
        "extra_config": {"router": {"return_error_msg": True}},
    }


async def test_the_backend_sees_the_token_and_not_what_the_client_sent():
    upstream = Upstream({"/token": {"access_token": "t", "expires_in": 60}, "/doc": {"a": 1}})
    async with gateway(config(), upstream) as client:
        for _ in range(2):
            assert (await client.get("/a", {"Authorization": "Basic x"})).json() == {"a": 1}
    asked = [(request.method, request.url, request.headers.getall("authorization")) for request in upstream.requests]
    assert asked == [
        ("POST", "http://idp.test/token", ["Basic Z3c6Y2FuYXJ5"]),
        ("GET", "http://backend.test/doc", ["Bearer t"]),
        ("GET", "http://backend.test/doc", ["Bearer t"]),
    ]


async def test_without_a_token_the_client_sees_500_and_no_secret():
    upstream = Upstream({"/token": Response(401, body=b'{"error":"invalid_client"}'), "/doc": {"a": 1}})
    async with gateway(config(), upstream) as client:
        response = await client.get("/a")
    assert (response.status, response.body) == (500, b'Get "http://backend.test/doc": oauth2: "invalid_client"')
    assert {request.method for request in upstream.requests} == {"POST"}


async def test_disabled_means_as_if_it_were_not_there():
    upstream = Upstream({"/doc": {"a": 1}})
    async with gateway(config(is_disabled=True), upstream) as client:
        assert (await client.get("/a")).status == 200
    assert "authorization" not in upstream.requests[0].headers


def test_every_mistake_is_told_at_its_place(tmp_path):
    mistakes = {"client_id": {"client_id": 5}, "token_url": {"token_url": "x"}, "scope": {"scope": "a"}}
    backends = [config(**settings)["endpoints"][0]["backend"][0] for settings in mistakes.values()]
    path = tmp_path / "krakend.json"
    path.write_text(json.dumps({"version": 3, "endpoints": [{"endpoint": "/a", "backend": backends}]}))
    command = [sys.executable, "-m", "krakpy", "check", "-c", str(path)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    told = checked.stdout + checked.stderr
    assert checked.returncode == 1
    assert "canary" not in told
    for index, key in enumerate(mistakes):
        assert f"endpoints[0].backend[{index}].extra_config.auth/client-credentials.{key}" in told
