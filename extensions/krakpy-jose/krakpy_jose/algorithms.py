"""The algorithms that KrakenD has, and which keys are good enough for each of them.

    RS256 = algorithm("RS256")
    RS256.accepts(key)      # "" or why not
"""
from __future__ import annotations

import warnings
from functools import partial
from typing import Any

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

_FAMILIES: dict[str, type] = {"HS": OctKey, "RS": RSAKey, "PS": RSAKey, "ES": ECKey, "Ed": OKPKey}
_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "EdDSA": "Ed25519"}

NAMES = (*(f"{family}{bits}" for family in ("HS", "RS", "PS", "ES") for bits in (256, 384, 512)), "EdDSA")
"""What `alg` may be: never `none`, nothing that encrypts."""

#: the least sizes of keys: RFC 7518 §3.3 for RSA, and the size of the smallest hash for secrets
MIN_RSA_BITS = 2048
MIN_SECRET_BYTES = 32


class Algorithm:
    """One way to sign."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._key_type = _FAMILIES[name[:2]]
        with warnings.catch_warnings():
            # NOTE: RFC 9864 prefers `Ed25519` to the name `EdDSA`, which every issuer still writes
            warnings.simplefilter("ignore", SecurityWarning)
            self._model = JWSRegistry(algorithms=[name]).get_alg(name)

    def accepts(self, key: Key, *, signs: bool = False) -> str:
        """Why a key cannot be used; empty if it can.

        SECURITY: a key is for the algorithm, the use and the operations that it names, and no others.
        """
        operation = "sign" if signs else "verify"
        if not isinstance(key, self._key_type):
            return f"a {type(key).__name__} is not for {self.name}"
        if key.get("alg", self.name) != self.name:
            return f"is for {key.get('alg')!r}"
        if key.get("use", "sig") != "sig":
            return f"is for the use {key.get('use')!r}"
        operations = key.get("key_ops")
        if operations is not None and operation not in operations:
            return f"is not for the operation {operation!r}"
        if signs and not key.is_private:
            return "has no private part"
        return self._weakness(key)

    def _weakness(self, key: Key) -> str:
        if isinstance(key, OctKey) and len(key.raw_value) < MIN_SECRET_BYTES:
            return f"is shorter than {MIN_SECRET_BYTES} bytes"
        if isinstance(key, RSAKey) and key.raw_value.key_size < MIN_RSA_BITS:
            return f"is shorter than {MIN_RSA_BITS} bits"
        curve = _CURVES.get(self.name)
        if curve is not None and key.get("crv") != curve:
            return f"has another curve than {curve}"
        return ""

    def verifier(self, key: Key) -> Any:
        """A function of what is signed and its signature, which tells whether they belong together."""
        return partial(_verified, self._model.verify, key)

    def sign(self, message: bytes, key: Key) -> bytes:
        """The signature of a message."""
        signature: bytes = self._model.sign(message, key)
        return signature


def _verified(verify: Any, key: Key, message: bytes, signature: bytes) -> bool:
    try:
        return bool(verify(message, signature, key))
    except (JoseError, ValueError):
        return False  # NOTE: a signature with numbers that its curve does not have


def algorithm(name: str) -> Algorithm:
    """The algorithm of this name; ValueError if KrakenD has none."""
    if name not in NAMES:
        raise ValueError(f"unknown algorithm {name!r}: write one of {', '.join(NAMES)}")
    return Algorithm(name)
