"""Which servers keys are taken from: certificates, cipher suites, and public keys that are pinned.

    context = client_context(ca_file="", cipher_suites=())
    check = pinned(config.pins)
"""
from __future__ import annotations

import ssl
from collections.abc import Iterable, Sequence
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate
from krakpy_sdk import ConfigError

from krakpy_jose.ciphers import CIPHERS, DEFAULT
from krakpy_jose.fetching import CheckPeer, FetchError


def client_context(*, ca_file: str, cipher_suites: Sequence[int]) -> ssl.SSLContext:
    """A context that verifies certificates and names; ConfigError for a file that holds no certificates."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # NOTE: the suites of TLS 1.3 are always on
    suites = [suite for suite in cipher_suites if suite in CIPHERS] or DEFAULT
    context.set_ciphers(":".join(CIPHERS[suite] for suite in suites))
    if ca_file:
        try:
            context.load_verify_locations(Path(ca_file))
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"{ca_file} cannot be read: {error}", path="jwk_local_ca") from None
    return context


def pinned(pins: Iterable[bytes]) -> CheckPeer | None:
    """What refuses a server none of whose public keys is pinned; None without pins.

    Any certificate of its chain may have the key (KrakenD: the same); before Python 3.13 only its own.
    """
    wanted = tuple(pins)
    if not wanted:
        return None

    def check(connection: ssl.SSLObject) -> None:
        digests = [_digest(certificate) for certificate in _chain(connection)]
        if not any(compare_digest(digest, pin) for digest in digests for pin in wanted):
            raise FetchError("the server has no public key that is pinned (jwk_fingerprints)")

    return check


def _chain(connection: ssl.SSLObject) -> list[bytes]:
    own = connection.getpeercert(binary_form=True)
    whole = getattr(connection, "get_verified_chain", list)
    return [certificate for certificate in (own, *whole()) if certificate]


def _digest(certificate: bytes) -> bytes:
    key = load_der_x509_certificate(certificate).public_key()
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
