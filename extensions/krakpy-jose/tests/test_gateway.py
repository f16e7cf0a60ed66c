"""The parts of the package together in a gateway."""
import json
import subprocess
import sys

import pytest
from krakpy_sdk import Response

from krakpy.testing import Upstream, gateway

KEY = "a-key-of-more-than-sixteen-characters"
HOST = {"host": ["http://backend.test"]}


def endpoint(path, namespaces, *, url_pattern="/doc", **settings):
    backend = {"url_pattern": url_pattern, **HOST}
    return {"endpoint": path, "backend": [backend], "extra_config": namespaces, **settings}


@pytest.fixture
def keys(key_file):
    return {"alg": "RS256", "jwk_local_path": key_file, "disable_jwk_security": True}


async def test_claims_reach_the_backend_in_the_path_and_in_fields(issuer, keys):
    upstream = Upstream({"/u/ada%2Fx/o": {"a": 1}})
    own = endpoint(
        "/me", {"auth/validator": keys | {"propagate_claims": [["sub", "x-user"], ["none", "x-none"]]}},
        url_pattern="/u/{JWT.sub}/o", input_headers=["X-User", "X-None", "X-Other"],
    )  # fmt: skip
    async with gateway({"endpoints": [own]}, upstream) as client:
        token = issuer.token({"sub": "ada/x"}, alg="RS256")
        forged = {"X-User": "root", "X-None": "root", "X-Other": "1"}
        response = await client.get("/me", {"Authorization": f"Bearer {token}", **forged})
    assert response.json() == {"a": 1}
    [request] = upstream.requests
    assert request.url == "http://backend.test/u/ada%2Fx/o"
    assert [request.headers.getall(name) for name in forged] == [["ada/x"], [""], ["1"]]


async def test_a_refusal_has_nothing_to_say(keys):
    router = {"router": {"return_error_msg": True}}
    config = {"endpoints": [endpoint("/a", {"auth/validator": keys})], "extra_config": router}
    async with gateway(config, Upstream()) as client:
        response = await client.get("/a")
    assert (response.status, response.body, dict(response.headers)) == (401, b"", {"content-length": "0"})


async def test_names_of_old_configurations_are_understood(issuer, keys):
    old = {"github.com/devopsfaith/krakend-jose/validator": keys}
    async with gateway({"endpoints": [endpoint("/a", old)]}, Upstream({"/doc": {"a": 1}})) as client:
        assert (await client.get("/a")).status == 401
        assert (await client.get("/a", {"Authorization": issuer.token(alg="RS256")})).status == 200


async def test_revocations_reach_every_endpoint(issuer, keys):
    service = {
        "auth/validator": {"shared_cache_duration": 60},
        "auth/revoker": {
            "N": 1000, "P": 1e-7, "TTL": 600, "hash_name": "optimal", "port": 1, "token_keys": ["jti"],
            "admin_key": KEY,
        },
    }  # fmt: skip
    config = {"endpoints": [endpoint(path, {"auth/validator": keys}) for path in ("/a", "/b")], "extra_config": service}
    token = {"Authorization": issuer.token({"jti": "one"}, alg="RS256")}
    admin = {"Authorization": f"Bearer {KEY}"}
    async with gateway(config, Upstream({"/doc": {"a": 1}})) as client:
        assert [(await client.get(path, token)).status for path in ("/a", "/b")] == [200, 200]
        assert (await client.request("POST", "/__revoker", {}, b'{"jti":"one"}')).status == 401
        assert (await client.request("POST", "/__revoker", admin, b'{"jti":"one"}')).json() == {"revoked": 1}
        assert [(await client.get(path, token)).status for path in ("/a", "/b")] == [401, 401]


@pytest.fixture
def signing(issuer, tmp_path):
    path = tmp_path / "private.json"
    path.write_bytes(issuer.jwks("RS256", private=True))
    return {
        "alg": "RS256", "kid": "RS256", "jwk_local_path": str(path), "disable_jwk_security": True,
        "keys_to_sign": ["token"],
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ["json", "xml", "negotiate"])
async def test_a_signed_answer_is_bare_json(signing, encoding):
    own = endpoint("/login", {"auth/signer": signing}, output_encoding=encoding, cache_ttl="60s")
    async with gateway({"endpoints": [own]}, Upstream({"/doc": {"token": {"sub": "u"}, "n": 1}})) as client:
        response = await client.get("/login")
    assert sorted(response.headers) == ["content-length", "content-type"]
    document = response.json()
    assert document["n"] == 1
    assert document["token"].count(".") == 2


@pytest.mark.parametrize(
    "answers", [{"/doc": Response(401, body=b"{}")}, {"/doc": {"token": {}}, "/more": Response(500, body=b"")}],
    ids=["failure", "half an answer"],
)  # fmt: skip
async def test_what_fails_is_a_bare_400(signing, answers):
    own = endpoint("/login", {"auth/signer": signing})
    own["backend"] += [{"url_pattern": "/more", **HOST}] * (len(answers) - 1)
    async with gateway({"endpoints": [own]}, Upstream(answers)) as client:
        response = await client.get("/login")
    assert (response.status, response.body, sorted(response.headers)) == (400, b"", ["content-length"])


async def test_details_of_an_error_are_signed_with_its_status(signing):
    own = endpoint("/login", {"auth/signer": signing})
    own["backend"][0]["extra_config"] = {"backend/http": {"return_error_details": "idp"}}
    async with gateway({"endpoints": [own]}, Upstream({"/doc": Response(403, body=b"no")})) as client:
        response = await client.get("/login")
    assert response.status == 403
    assert json.loads(response.body)["error_idp"]["http_status_code"] == 403


async def test_who_signs_may_ask_for_a_token_first(issuer, keys, signing):
    own = endpoint("/renew", {"auth/validator": keys, "auth/signer": signing})
    async with gateway({"endpoints": [own]}, Upstream({"/doc": {"token": {}}})) as client:
        assert (await client.get("/renew")).status == 401
        assert (await client.get("/renew", {"Authorization": issuer.token(alg="RS256")})).status == 200


def test_every_mistake_is_told_at_its_place(tmp_path):
    mistakes = {
        "auth/validator.alg": {"auth/validator": {"alg": "XX1", "jwk_url": "https://idp.test"}},
        "auth/validator.jwk_url": {"auth/validator": {"alg": "RS256"}},
        "auth/validator.aud": {"auth/validator": {"alg": "RS256", "jwk_url": "https://a.test", "aud": ["a"]}},
        "auth/validator.jwk_local_path": {
            "auth/validator": {"alg": "RS256", "jwk_local_path": "none.json", "disable_jwk_security": True}
        },
        "auth/signer.kid": {"auth/signer": {"alg": "RS256", "jwk_url": "https://idp.test", "keys_to_sign": ["a"]}},
    }
    endpoints = [endpoint(f"/{index}", namespaces) for index, namespaces in enumerate(mistakes.values())]
    path = tmp_path / "krakend.json"
    path.write_text(json.dumps({"version": 3, "endpoints": endpoints}))
    command = [sys.executable, "-m", "krakpy", "check", "-c", str(path)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert checked.returncode == 1
    for index, place in enumerate(mistakes):
        assert f"endpoints[{index}].extra_config.{place}" in checked.stdout + checked.stderr
