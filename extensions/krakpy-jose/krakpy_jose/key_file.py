"""Keys in a file (`jwk_local_path`), which may be encrypted (`secret_url`, `cypher_key`).

    keys = read_file(config)
"""
from __future__ import annotations

from base64 import b64decode, urlsafe_b64decode
from hashlib import md5
from importlib import import_module
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from krakpy_sdk import ConfigError

from krakpy_jose.config import KeyConfig
from krakpy_jose.keys import KeySet

_NONCE_BYTES = 12


def read_file(config: KeyConfig) -> KeySet:
    """The keys of the file; ConfigError with what is wrong with it."""
    path = config.jwk_local_path
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", path="jwk_local_path") from None
    if config.secret_url:
        content = _decrypted(content, _data_key(config))
    try:
        return KeySet.read(content)
    except ValueError as error:
        raise ConfigError(f"{path} {error}", path="jwk_local_path") from None


def _data_key(config: KeyConfig) -> bytes:
    """The key of the file: `cypher_key`, opened with that of `base64key://` (gocloud.dev: NaCl's secretbox)."""
    try:
        secret = import_module("nacl.secret")
    except ImportError:
        remedy = "pip install 'krakpy-jose[sealed]'"
        raise ConfigError(f"needs PyNaCl: {remedy}", path="secret_url") from None
    try:
        own = urlsafe_b64decode(config.secret_url.removeprefix("base64key://"))
        opened: bytes = secret.SecretBox(own).decrypt(b64decode(config.cypher_key))
    except Exception as error:  # noqa: BLE001  PyNaCl has its own errors, which cannot be named without it
        raise ConfigError(f"cannot be opened with secret_url ({type(error).__name__})", path="cypher_key") from None
    return opened


def _decrypted(content: bytes, data_key: bytes) -> bytes:
    # NOTE: KrakenD makes the key of AES-256 of the hexadecimal MD5 of the data key
    key = md5(data_key, usedforsecurity=False).hexdigest().encode()
    try:
        return AESGCM(key).decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], None)
    except (InvalidTag, ValueError):
        raise ConfigError("cannot be decrypted with cypher_key", path="jwk_local_path") from None
