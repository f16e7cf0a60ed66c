"""An endpoint's keys: at hand where they are kept, sought where a token names another one."""
from datetime import timedelta

import pytest
from krakpy_jose.algorithms import algorithm
from krakpy_jose.config import ValidatorConfig
from krakpy_jose.keyring import MAX_MISSING, FileKeyring, ServerKeyring, keyring_of
from krakpy_jose.keys import KeySet
from krakpy_sdk import ConfigError
from krakpy_sdk.testing import endpoint_settings


class Server:
    """Has one set now and another one later, and counts how often it is asked for that."""

    Config = None

    def __init__(self, now, later):
        self.now, self.later, self.renewals = now, later, 0

    def kept(self, max_age_s):
        return self.now if max_age_s else None

    async def fresh(self, max_age_s, max_stale_s, wait_s):
        return self.now

    async def renewed(self, wait_s):
        self.renewals += 1
        return self.later

    async def warm_up(self, max_age_s, wait_s):
        self.is_warm = True


def ring(server, clock, **settings):
    config = ValidatorConfig(alg="HS256", jwk_url="https://idp.test", **{"cache": True} | settings)
    return ServerKeyring(server, config, algorithm("HS256"), 1.0, clock)


@pytest.fixture
def sets(issuer):
    return KeySet.read(issuer.jwks("RS256")), KeySet.read(issuer.jwks("HS256"))


async def test_a_known_name_needs_no_download(issuer, clock):
    server = Server(KeySet.read(issuer.jwks("HS256")), None)
    keyring = ring(server, clock)
    assert keyring.at_hand() is server.now
    assert await keyring.fetched("HS256") is server.now
    assert server.renewals == 0


async def test_an_unknown_name_is_sought(sets, clock):
    server = Server(*sets)
    assert await ring(server, clock).fetched("HS256") is server.later


async def test_without_an_answer_the_keys_at_hand_count(sets, clock):
    server = Server(sets[0], None)
    assert await ring(server, clock).fetched("nope") is server.now


async def test_without_a_cache_nothing_is_at_hand(sets, clock):
    server = Server(*sets)
    keyring = ring(server, clock, cache=False)
    assert keyring.at_hand() is None
    assert await keyring.fetched("RS256") is server.now
    assert server.renewals == 0


async def test_a_name_that_was_not_found_waits_for_its_cooldown(sets, clock):
    server = Server(*sets)
    keyring = ring(server, clock, failed_jwk_key_cooldown=timedelta(minutes=5))
    for _ in range(3):
        await keyring.fetched("nope")
    assert server.renewals == 1
    clock.now += 301
    await keyring.fetched("nope")
    assert server.renewals == 2


async def test_made_up_names_are_remembered_within_limits(sets, clock):
    keyring = ring(Server(*sets), clock, failed_jwk_key_cooldown=timedelta(minutes=5))
    for number in range(MAX_MISSING + 50):
        await keyring.fetched(str(number))
    assert len(keyring._missing) == MAX_MISSING


async def test_keys_are_warmed_up_where_they_are_kept(sets, clock):
    kept, not_kept = Server(*sets), Server(*sets)
    await ring(kept, clock).warm_up()
    await ring(not_kept, clock, cache=False).warm_up()
    assert kept.is_warm
    assert not hasattr(not_kept, "is_warm")


def test_a_file_goes_before_an_address(key_file):
    config = ValidatorConfig(alg="HS256", jwk_url="https://idp.test", jwk_local_path=key_file)
    assert isinstance(keyring_of(endpoint_settings(), config, algorithm("HS256"), 1.0), FileKeyring)


async def test_a_file_has_what_it_has(key_file):
    config = ValidatorConfig(alg="HS256", jwk_local_path=key_file)
    keyring = keyring_of(endpoint_settings(), config, algorithm("HS256"), 1.0)
    await keyring.warm_up()
    assert await keyring.fetched("nope") is keyring.at_hand()


@pytest.mark.parametrize("content", [None, b"zzz", b'{"keys":[]}'], ids=["missing", "no JSON", "empty"])
def test_a_file_without_keys_is_refused(tmp_path, content):
    path = tmp_path / "keys.json"
    if content is not None:
        path.write_bytes(content)
    config = ValidatorConfig(alg="HS256", jwk_local_path=str(path))
    with pytest.raises(ConfigError) as error:
        keyring_of(endpoint_settings(), config, algorithm("HS256"), 1.0)
    assert error.value.path == "jwk_local_path"
