"""Nobody enters an endpoint without a good token, whether its keys are at hand or have to be awaited."""
import asyncio
import json
import logging

import pytest
from krakpy_jose.generations import Generations
from krakpy_jose.keys import KeySet
from krakpy_sdk.testing import backend_settings, drivers


@pytest.mark.parametrize(
    "alg",
    [
        "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512",
        "EdDSA",
    ],
)  # fmt: skip
async def test_a_good_token_of_every_algorithm_enters(guard, issuer, alg):
    door = guard(alg)
    assert await door.status(issuer.token(alg=alg)) == 200
    assert len(door.requests) == 1


async def test_no_token_no_entry(guard):
    door = guard()
    assert await door.status() == 401
    assert not door.requests


async def test_a_role_opens_the_door(guard, issuer):
    door = guard(roles=("admin",), scopes=("read",), scopes_key="scope")
    assert await door.status(issuer.token({"roles": ["admin"], "scope": "read write"})) == 200
    assert await door.status(issuer.token({"roles": ["admin"], "scope": "write"})) == 403


async def test_time_counts_at_every_request(guard, issuer, clock):
    """A token that was verified once is not good for ever."""
    door = guard()
    token = issuer.token({"exp": clock.now + 10})
    assert await door.status(token) == 200
    assert await door.status(token) == 200
    clock.now += 12
    assert await door.status(token) == 401


async def test_a_verified_token_is_only_remembered_as_a_whole(guard, issuer):
    door = guard()
    token = issuer.token()
    assert await door.status(token) == 200
    for other in (token[:-1], token + "A", token[:-1] + ("A" if token[-1] != "A" else "E"), token.upper()):
        assert await door.status(other) == 401


async def test_verified_tokens_are_remembered_within_a_limit(guard, issuer):
    door = guard(verified_tokens=10)
    for number in range(25):
        await door.status(issuer.token({"n": number}))
    known = door.validator._keyring.at_hand().known("kid", door.validator._algorithm)
    assert len(known) == 10


async def test_nothing_is_remembered_where_nothing_should_be(guard, issuer):
    door = guard(verified_tokens=0)
    assert await door.status(issuer.token()) == 200
    assert not door.validator._keyring.at_hand().known("kid", door.validator._algorithm)


async def test_one_endpoint_does_not_vouch_for_another(guard, issuer):
    """What is remembered is the signature alone: issuer, audience and roles are looked at for each."""
    open_to_all, strict = guard(), guard(issuer="idp", audience=("shop",))
    strict.validator._keyring = open_to_all.validator._keyring
    token = issuer.token()
    assert await open_to_all.status(token) == 200
    assert await strict.status(token) == 401
    assert not strict.requests


async def test_claims_reach_the_backend_and_forgeries_do_not(guard, issuer):
    door = guard(propagate_claims=(("sub", "X-User"), ("a", "b", "c")))
    await door.ask(issuer.token({"sub": "ada"}), ("X-User", "root"), ("x-user", "admin"))
    assert door.requests[0].headers.getall("x-user") == ["ada"]


async def test_a_claim_that_no_header_holds_is_refused(guard, issuer):
    door = guard(propagate_claims=(("sub", "X-User"),))
    assert await door.status(issuer.token({"sub": "a\r\nX-Admin: 1"})) == 401
    assert not door.requests


async def test_claims_fill_patterns(guard, issuer):
    door = guard(settings={"backends": (backend_settings(url_pattern="/u/{JWT.sub}"),)})
    await door.ask(issuer.token({"sub": "ada"}))
    assert door.requests[0].params["JWT.sub"] == "ada"
    assert door.requests[0].params.claims == {"sub": "ada"}


async def test_without_trust_in_the_keys_nobody_enters(guard, issuer, caplog):
    door = guard(disable_jwk_security=False, settings={"place": "endpoints[3]"})
    await door.validator.setup()
    assert await door.status(issuer.token()) == 401
    assert not door.requests
    assert "endpoints[3]" in caplog.text


@pytest.mark.parametrize(("is_loud", "level"), [(True, logging.ERROR), (False, logging.DEBUG)])
async def test_the_operator_may_read_why_and_never_the_token(guard, issuer, caplog, is_loud, level):
    caplog.set_level(logging.DEBUG)
    door = guard(operation_debug=is_loud)
    token = issuer.token({"exp": 1})
    await door.status(token)
    assert [(record.levelno, record.message) for record in caplog.records] == [(level, "the token has expired")]
    assert token not in caplog.text


async def test_a_token_that_is_revoked_is_refused_although_it_was_good(guard, issuer, tmp_path):
    raw = {"N": 100, "P": 0.001, "TTL": 60, "token_keys": ["jti"]}
    found = drivers({"revocations": {"bloom": Generations}})
    door = guard(settings={"service": {"auth/revoker": raw}, "driver": found, "folder": str(tmp_path)})
    await door.validator.setup()
    token = issuer.token({"jti": "a"})
    assert await door.status(token) == 200
    door.validator._is_revoked.revoke("jti-a")
    assert await door.status(token) == 401
    assert await door.status(issuer.token({"jti": "b"})) == 200


class Server:
    """Keys that have to be awaited."""

    Config = None

    def __init__(self, config):
        self.config = config
        self.keys = None
        self.is_warm = False

    def kept(self, max_age_s):
        return None

    async def fresh(self, max_age_s, max_stale_s, wait_s):
        await asyncio.sleep(0)
        return self.keys

    async def renewed(self, wait_s):
        return None

    async def warm_up(self, max_age_s, wait_s):
        self.is_warm = True


@pytest.fixture
def awaiting(guard):
    """Makes doors whose keys are not here yet, with their server."""
    made = []

    class Noted(Server):
        def __init__(self, config):
            super().__init__(config)
            made.append(self)

    def make(**config):
        found = drivers({"jwks": {"http": Noted}})
        own = {"jwk_local_path": "", "jwk_url": "https://idp.test", "cache": True}
        return guard(settings={"driver": found, "folder": "/keys"}, **own, **config), made[-1]

    return make


async def test_keys_are_awaited(awaiting, issuer):
    door, server = awaiting()
    server.keys = KeySet.read(issuer.jwks())
    assert await door.status(issuer.token()) == 200
    assert await door.status(issuer.token({"exp": 1})) == 401
    assert await door.status(issuer.token(kid="nope")) == 401
    assert len(door.requests) == 1


async def test_o13_without_keys_it_is_401(awaiting, issuer):
    door, _ = awaiting()
    assert await door.status(issuer.token()) == 401
    assert not door.requests


async def test_no_keys_are_asked_for_a_token_that_is_none(awaiting):
    door, server = awaiting()
    server.fresh = None
    for text in (None, "x", "a.b.c", ""):
        assert await door.status(text) == 401


async def test_keys_are_warmed_up_at_the_start(awaiting):
    door, server = awaiting()
    await door.validator.setup()
    assert server.is_warm


def test_the_server_of_keys_is_told_what_to_trust(awaiting):
    _, server = awaiting(jwk_fingerprints=("A" * 43 + "=",), cipher_suites=(49199,), jwk_local_ca="/ca.pem")
    assert json.loads(json.dumps(server.config)) == {
        "url": "https://idp.test", "ca_file": "/ca.pem", "pins": ["00" * 32], "cipher_suites": [49199],
        "folder": "/keys",
    }  # fmt: skip
