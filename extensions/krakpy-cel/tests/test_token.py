"""Conditions on tokens: asked inside of the validator, and answered 401."""
import base64
import hashlib
import hmac
import json
import logging

import pytest
from krakpy_cel import CheckEndpoint, CheckToken
from krakpy_cel.token import VALIDATOR
from krakpy_sdk import Request
from krakpy_sdk.testing import answers, endpoint_settings

from krakpy.testing import Upstream, gateway


class Params(dict):
    """What the validator makes of a path's parameters."""

    def __init__(self, claims):
        super().__init__()
        self.claims = claims


def settings(*texts, validates=True):
    config = [{"check_expr": text} for text in texts]
    return endpoint_settings(place="endpoints[0]", config=config, extra_config={VALIDATOR: {}} if validates else {})


@pytest.mark.parametrize(
    ("texts", "claims", "status"),
    [
        (["size(JWT.roles) > 1"], {"roles": ["a", "b"]}, 200),
        (["size(JWT.roles) > 1"], {"roles": ["a"]}, 401),
        (["size(JWT.roles) > 1"], {}, 401),
        (["JWT.sub == 'ann'", "JWT.level > 2.0"], {"sub": "ann", "level": 3}, 200),
        (["JWT.sub == 'ann'", "JWT.level > 2.0"], {"sub": "ann", "level": 1}, 401),
        (["JWT.sub == 'ann' && req_method == 'GET'"], {"sub": "ann"}, 401),
        (["req_method == 'PUT'", "JWT.sub == 'ann'"], {"sub": "ann"}, 200),
    ],
)
async def test_the_claims_of_a_token_meet_every_condition_or_it_is_refused(texts, claims, status):
    inner = answers()
    answer = await CheckToken(settings(*texts), inner)(Request(params=Params(claims)))
    assert (answer.status, len(inner.requests)) == (status, int(status == 200))
    assert status == 200 or (answer.body, dict(answer.headers)) == (b"", {})


async def test_a_request_of_which_no_claims_are_known_is_refused():
    assert (await CheckToken(settings("JWT.sub != 'x'"), answers())(Request())).status == 401


@pytest.mark.parametrize(
    ("texts", "validates", "is_there"),
    [(["JWT.sub == 'x'"], True, True), (["req_method == 'x'"], True, False), (["JWT.sub == 'x'"], False, False)],
    ids=["a condition on tokens", "none", "no validator"],
)
def test_it_stands_where_tokens_are_validated_and_somebody_asks(texts, validates, is_there):
    assert CheckToken.applies_to(settings(*texts, validates=validates)) is is_there


@pytest.mark.parametrize(("validates", "lines"), [(False, 1), (True, 0)])
def test_a_condition_that_nobody_has_to_meet_is_told(validates, lines, caplog):
    with caplog.at_level(logging.WARNING):
        CheckEndpoint(settings("JWT.sub == 'x'", validates=validates), answers())
    assert [record.name for record in caplog.records] == ["krakpy.extension.cel"] * lines


SECRET = b"0123456789abcdef0123456789abcdef"


def encoded(text):
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def token(**claims):
    header = {"alg": "HS256", "kid": "k"}
    signed = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims).encode())}"
    return f"{signed}.{encoded(hmac.digest(SECRET, signed.encode(), hashlib.sha256))}"


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"roles": ["buyer"], "level": 3}, 200),
        ({"roles": ["buyer"], "level": 1}, 401),
        ({"roles": ["buyer"]}, 401),
        ({"roles": ["viewer"], "level": 1}, 403),
    ],
    ids=["both", "not the condition", "no such claim", "neither"],
)
async def test_conditions_are_asked_inside_of_the_validator(claims, status, tmp_path):
    pytest.importorskip("krakpy_jose")
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [{"kty": "oct", "kid": "k", "alg": "HS256", "k": encoded(SECRET)}]}))
    validator = {"alg": "HS256", "jwk_local_path": str(keys), "disable_jwk_security": True, "roles": ["buyer"]}
    extra = {VALIDATOR: validator, "validation/cel": [{"check_expr": "JWT.level > 2.0"}]}
    backend = {"host": ["http://b.test"], "url_pattern": "/u"}
    config = {"endpoints": [{"endpoint": "/e", "backend": [backend], "extra_config": extra}]}
    upstream = Upstream({"/u": {"a": 1}})
    async with gateway(config, upstream) as client:
        answer = await client.get("/e", {"authorization": f"Bearer {token(**claims)}"})
    assert (answer.status, len(upstream.requests)) == (status, int(status == 200))
