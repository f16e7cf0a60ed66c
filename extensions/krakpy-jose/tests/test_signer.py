"""Objects of an answer are signed as KrakenD signs them."""
import json

import pytest
from krakpy_jose.config import SignerConfig
from krakpy_jose.signer import Signer, SignerGate
from krakpy_jose.tokens import parsed
from krakpy_sdk import ConfigError, Headers, RejectedError, Request, Response, Timeout, UpstreamError
from krakpy_sdk.testing import answers, drivers, endpoint_settings


@pytest.fixture
def private_file(issuer, tmp_path):
    path = tmp_path / "private.json"
    path.write_bytes(issuer.jwks(private=True))
    return str(path)


@pytest.fixture
def config(private_file):
    def make(**settings):
        own = {"alg": "HS256", "jwk_local_path": private_file, "disable_jwk_security": True, "keys_to_sign": ("token",)}
        whole = own | settings
        return SignerConfig(**{"kid": whole["alg"]} | whole)

    return make


async def signed(config, data, **parts):
    signer = Signer(endpoint_settings(config=config), answers(Response(data=data, **parts)))
    return await signer(Request())


async def test_an_object_becomes_a_token(config):
    response = await signed(config(), {"token": {"sub": "u", "exp": 2, "<": 1.5}, "other": {"sub": "u"}})
    document = json.loads(response.body)
    header, payload, _ = document["token"].split(".")
    from krakpy_jose.tokens import decoded

    assert decoded(header) == b'{"alg":"HS256","kid":"HS256","typ":"JWT"}'
    assert decoded(payload) == b'{"\\u003c":1.5,"exp":2,"sub":"u"}'
    assert document["other"] == {"sub": "u"}
    assert response.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("alg", ["HS256", "HS512", "RS256", "PS384", "ES256", "ES512", "EdDSA"])
async def test_the_signature_is_good(config, issuer, alg):
    from krakpy_jose.algorithms import algorithm

    response = await signed(config(alg=alg), {"token": {"sub": "u"}})
    token = parsed(json.loads(response.body)["token"])
    assert algorithm(alg).verifier(issuer.keys[alg])(token.signed, token.signature)


async def test_the_json_serialisation(config):
    response = await signed(config(full=True, typ="at+jwt"), {"token": {"a": 1}})
    full = json.loads(json.loads(response.body)["token"])
    assert list(full) == ["payload", "protected", "signature"]
    assert parsed(".".join((full["protected"], full["payload"], full["signature"]))).header["typ"] == "at+jwt"


@pytest.mark.parametrize("data", [{"token": "already"}, {"token": [1]}, {"token": None}, {"other": {}}, {}], ids=str)
async def test_what_is_no_object_stays(config, data):
    assert json.loads((await signed(config(), data)).body) == data


async def test_numbers_keep_their_text(config):
    class Number(float):
        text = "1.10"

    assert b'"n":1.10' in (await signed(config(), {"n": Number(1.1)})).body


async def test_only_the_first_value_of_a_field_passes(config):
    headers = Headers([("X-A", "1"), ("x-a", "2"), ("Content-Type", "text/x")])
    response = await signed(config(), {"a": 1}, headers=headers)
    assert response.headers.getall("x-a") == ["1"]
    assert response.headers.getall("content-type") == ["application/json; charset=utf-8"]


async def test_details_of_an_error_have_its_status(config):
    response = await signed(config(), {"error_login": {"http_status_code": 401}}, is_complete=False)
    assert response.status == 401


async def test_a_reply_of_an_extension_is_not_touched(config):
    reply = Response(418, body=b"teapot")
    assert await Signer(endpoint_settings(config=config()), answers(reply))(Request()) is reply


def test_nothing_can_be_signed_of_what_is_not_decoded(config):
    with pytest.raises(ConfigError, match="no-op"):
        Signer(endpoint_settings(config=config(), is_no_op=True), answers())


async def answered(config, *outcomes, settings=None):
    """What the client sees: both parts around what the endpoint answers, and what the handler makes of it."""
    own = settings or endpoint_settings(config=config)
    signer = Signer(own, answers(*outcomes))

    async def handler(request):
        try:
            response = await signer(request)
        except UpstreamError:
            return Response(500, headers=Headers({"X-Krakend": "Version 1"}), body=b"why")
        own = [("X-Krakend", "Version 1"), ("X-Krakend-Completed", "false"), ("Cache-Control", "public, max-age=60")]
        return response.replace(headers=Headers([*own, *response.headers.pairs]))

    return await SignerGate(own, handler)(Request())


async def test_the_answer_has_no_fields_of_the_gateways(config):
    response = await answered(config(), Response(data={"token": {"a": 1}}, headers=Headers({"X-A": "1"})))
    assert response.status == 200
    assert dict(response.headers) == {"x-a": "1", "content-type": "application/json; charset=utf-8"}


@pytest.mark.parametrize(
    "outcome",
    [UpstreamError("down"), Timeout("late"), RejectedError("no", status=422),
     Response(data={"token": {"a": 1}}, is_complete=False, errors=(UpstreamError("half"),))],
    ids=["upstream", "timeout", "rejected", "partial"],
)  # fmt: skip
async def test_whatever_fails_is_a_bare_400(config, outcome):
    response = await answered(config(), outcome)
    assert (response.status, response.body, dict(response.headers)) == (400, b"", {})


async def test_a_handler_that_ran_out_of_time_is_a_bare_400(config):
    late = Response(500, headers=Headers({"X-Krakend": "Version 1"}), body=b"context deadline exceeded")
    response = await SignerGate(endpoint_settings(config=config()), answers(late))(Request())
    assert (response.status, response.body, dict(response.headers)) == (400, b"", {})


@pytest.mark.parametrize("status", [429, 503, 500])
async def test_who_refuses_in_between_is_heard(config, status):
    refusal = Response(status, body=b"slow down")
    assert await SignerGate(endpoint_settings(config=config()), answers(refusal))(Request()) is refusal


@pytest.mark.parametrize(
    "settings",
    [{"kid": "zz"}, {"disable_jwk_security": False}, {"jwk_local_path": "/nowhere/keys.json"}],
    ids=["unknown kid", "insecure", "no file"],
)
async def test_without_a_key_nobody_enters(config, settings, caplog):
    settings = endpoint_settings(config=config(**settings), place="endpoints[2]")
    gate = SignerGate(settings, answers())
    await gate.setup()
    response = await gate(Request())
    assert (response.status, response.body) == (401, b"")
    assert "endpoints[2]" in caplog.text


async def test_a_public_key_does_not_sign(config, key_file):
    gate = SignerGate(endpoint_settings(config=config(alg="RS256", jwk_local_path=key_file)), answers())
    assert (await gate(Request())).status == 401


async def test_a_key_of_an_address_is_found_when_it_is_there(config, issuer):
    from krakpy_jose.keys import KeySet

    class Server:
        Config = None
        keys = None

        def __init__(self, config): ...
        def kept(self, max_age_s):
            return None

        async def fresh(self, max_age_s, max_stale_s, wait_s):
            return Server.keys

        async def warm_up(self, max_age_s, wait_s): ...

    own = config(jwk_local_path="", jwk_url="https://idp.test")
    settings = endpoint_settings(config=own, driver=drivers({"jwks": {"http": Server}}))
    gate = SignerGate(settings, answers(Response(204)))
    await gate.setup()
    assert (await gate(Request())).status == 401
    Server.keys = KeySet.read(issuer.jwks(private=True))
    assert (await gate(Request())).status == 204
