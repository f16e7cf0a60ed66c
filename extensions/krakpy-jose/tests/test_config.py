"""Settings that cannot be meant are refused, with their place."""
from base64 import b64encode, urlsafe_b64encode

import pytest
from krakpy_jose.config import RevokerConfig, SignerConfig, ValidatorConfig
from krakpy_sdk import ConfigError


def validator(**settings):
    return ValidatorConfig(**{"alg": "RS256", "jwk_url": "https://idp.test/keys"} | settings)


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"alg": "XX1"}, "alg"),
        ({"alg": ""}, "alg"),
        ({"alg": "none"}, "alg"),
        ({"jwk_url": ""}, "jwk_url"),
        ({"cache": True, "jwk_local_path": "k.json"}, "cache"),
        ({"key_identify_strategy": "jku"}, "key_identify_strategy"),
        ({"cipher_suites": (49199, 5)}, "cipher_suites[1]"),
        ({"jwk_fingerprints": ("zzz",)}, "jwk_fingerprints[0]"),
        ({"jwk_fingerprints": (b64encode(b"short").decode(),)}, "jwk_fingerprints[0]"),
        ({"cache_duration": -1}, "cache_duration"),
        ({"verified_tokens": -1}, "verified_tokens"),
        ({"secret_url": "base64key://x"}, "secret_url"),
        ({"jwk_local_path": "k", "cypher_key": "***"}, "cypher_key"),
    ],
)
def test_wrong_settings_name_their_key(settings, path):
    with pytest.raises(ConfigError) as error:
        validator(**settings)
    assert error.value.path == path


@pytest.mark.parametrize("scheme", ["awskms", "azurekeyvault", "gcpkms", "hashivault"])
def test_keepers_of_secrets_in_clouds_are_refused_by_name(scheme):
    with pytest.raises(ConfigError, match=scheme):
        validator(jwk_local_path="k.json", secret_url=f"{scheme}://key")


@pytest.mark.parametrize(
    ("settings", "is_insecure"),
    [
        ({}, False),
        ({"jwk_url": "http://idp.test"}, True),
        ({"jwk_url": "http://idp.test", "disable_jwk_security": True}, False),
        ({"jwk_url": "", "jwk_local_path": "k.json"}, True),
        ({"jwk_url": "", "jwk_local_path": "k.json", "disable_jwk_security": True}, False),
        ({"jwk_url": "https://idp.test", "jwk_local_path": "k.json"}, False),
    ],
)
def test_keys_that_nothing_vouches_for_need_a_word(settings, is_insecure):
    assert validator(**settings).is_insecure is is_insecure


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
def test_fingerprints_are_base64_of_either_kind(encode):
    digest = bytes([251, 255] * 16)
    assert validator(jwk_fingerprints=(encode(digest).decode(),)).pins == {digest}


@pytest.mark.parametrize(
    ("settings", "max_age_s"),
    [({}, 0.0), ({"cache": True}, 900.0), ({"cache": True, "cache_duration": 0}, 900.0),
     ({"cache": True, "cache_duration": 60}, 60.0), ({"cache_duration": 60}, 0.0)],
)  # fmt: skip
def test_how_old_keys_may_become(settings, max_age_s):
    assert validator(**settings).max_age_s == max_age_s


@pytest.mark.parametrize(
    ("settings", "path"),
    [({"N": 0}, "N"), ({"P": 0.0}, "P"), ({"P": 1.0}, "P"), ({"TTL": 0}, "TTL"), ({"token_keys": ()}, "token_keys"),
     ({"hash_name": "md5"}, "hash_name"), ({"admin_key": "short"}, "admin_key"), ({"admin_path": "x"}, "admin_path")],
)  # fmt: skip
def test_wrong_settings_of_the_revoker_name_their_key(settings, path):
    with pytest.raises(ConfigError) as error:
        RevokerConfig(**{"N": 100, "P": 0.01, "TTL": 60, "token_keys": ("jti",)} | settings)
    assert error.value.path == path


def test_the_key_of_the_admin_path_is_not_shown():
    config = RevokerConfig(N=1, P=0.1, TTL=1, token_keys=("jti",), admin_key="canary-of-sixteen-characters")
    assert "canary" not in repr(config)


def test_a_signer_has_the_same_rules_for_keys():
    with pytest.raises(ConfigError):
        SignerConfig(alg="none", kid="a", keys_to_sign=("x",), jwk_url="https://idp.test")
