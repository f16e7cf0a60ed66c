"""Files of keys may be encrypted as KrakenD encrypts them."""
import os
from base64 import b64encode, urlsafe_b64encode
from hashlib import md5

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from krakpy_jose.config import ValidatorConfig
from krakpy_jose.key_file import read_file
from krakpy_sdk import ConfigError

nacl = pytest.importorskip("nacl.secret")

OWN, DATA_KEY = os.urandom(32), b"a data key"


def config(path, own=OWN, data_key=DATA_KEY):
    sealed = nacl.SecretBox(OWN).encrypt(data_key)
    return ValidatorConfig(
        alg="HS256",
        jwk_local_path=str(path),
        secret_url=f"base64key://{urlsafe_b64encode(own).decode()}",
        cypher_key=b64encode(bytes(sealed)).decode(),
    )


@pytest.fixture
def encrypted(issuer, tmp_path):
    key, nonce = md5(DATA_KEY, usedforsecurity=False).hexdigest().encode(), os.urandom(12)
    path = tmp_path / "keys.enc"
    path.write_bytes(nonce + AESGCM(key).encrypt(nonce, issuer.jwks("HS256"), None))
    return path


def test_an_encrypted_file_is_opened(encrypted):
    assert [key.get("kid") for key in read_file(config(encrypted)).keys] == ["HS256"]


def test_a_wrong_key_of_the_operator_is_refused(encrypted):
    with pytest.raises(ConfigError) as error:
        read_file(config(encrypted, own=os.urandom(32)))
    assert error.value.path == "cypher_key"


def test_a_wrong_data_key_is_refused(encrypted):
    with pytest.raises(ConfigError) as error:
        read_file(config(encrypted, data_key=b"another"))
    assert error.value.path == "jwk_local_path"
