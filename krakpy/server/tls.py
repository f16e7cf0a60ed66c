"""TLS towards clients, made once from `tls`.

    context = server_context(settings.listener.tls)
"""
from __future__ import annotations

import ssl

from krakpy_sdk import ConfigError

from krakpy.config.model import KeyPair, Tls
from krakpy.config.tls_choices import VERSIONS, curves, set_ciphers


def server_context(tls: Tls) -> ssl.SSLContext:
    """What the listener shows; ConfigError where a file cannot be read or this OpenSSL has no such thing.

    Several certificates are chosen from by the name that the client asks for; the first one is for all others.
    """
    pairs = _pairs(tls)
    if not pairs:
        raise ConfigError("needs the certificate and the key of at least one pair", path="tls.keys")
    contexts = [_context(tls, pair, index) for index, pair in enumerate(pairs)]
    first = contexts[0]
    if len(contexts) > 1:
        first.sni_callback = _Chooser(pairs, contexts)
    return first


def shown(tls: Tls | None) -> dict[str, object]:
    """The settings of gunicorn that tell it that it serves TLS."""
    pairs = _pairs(tls) if tls is not None else ()
    return {"certfile": pairs[0].public_key, "keyfile": pairs[0].private_key} if pairs else {}


def _pairs(tls: Tls) -> tuple[KeyPair, ...]:
    if tls.keys or not tls.public_key:
        return tls.keys
    return (KeyPair(public_key=tls.public_key, private_key=tls.private_key),)


def _context(tls: Tls, pair: KeyPair, index: int) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    context.minimum_version = VERSIONS[tls.min_version]
    context.maximum_version = VERSIONS[tls.max_version]
    if context.maximum_version < context.minimum_version:
        raise ConfigError("is older than min_version", path="tls.max_version")
    # SECURITY: a client must not make the server's keys work for nothing
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    if tls.prefer_server_cipher_suites:
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    set_ciphers(context, tls.cipher_suites, path="tls.cipher_suites")
    names = curves(tls.curve_preferences, path="tls.curve_preferences")
    if len(names) == 1:
        # NOTE: one curve alone, or all that OpenSSL thinks safe: Python's `ssl` has no way to offer some
        context.set_ecdh_curve(names[0])
    try:
        context.load_cert_chain(pair.public_key, pair.private_key)
    except (OSError, ssl.SSLError) as error:
        place = f"tls.keys[{index}]" if tls.keys else "tls.public_key"
        raise ConfigError(f"cannot be loaded: {error}", path=place) from error
    if tls.enable_mtls:
        _demand(context, tls)
    return context


def _demand(context: ssl.SSLContext, tls: Tls) -> None:
    """Have every client show a certificate that somebody trusted has signed."""
    context.verify_mode = ssl.CERT_REQUIRED
    if not tls.disable_system_ca_pool:
        context.load_default_certs(ssl.Purpose.CLIENT_AUTH)
    for index, path in enumerate(tls.ca_certs):
        try:
            context.load_verify_locations(path)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"cannot be loaded: {error}", path=f"tls.ca_certs[{index}]") from error


class _Chooser:
    """Chooses the certificate whose names hold the one that a client asks for."""

    def __init__(self, pairs: tuple[KeyPair, ...], contexts: list[ssl.SSLContext]) -> None:
        self._contexts: dict[str, ssl.SSLContext] = {}
        for pair, context in zip(pairs, contexts, strict=True):
            for name in _names(pair.public_key):
                self._contexts.setdefault(name, context)

    def __call__(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        name = (name or "").lower()
        wanted = self._contexts.get(name) or self._contexts.get(f"*.{name.partition('.')[2]}")
        if wanted is not None:
            connection.context = wanted


def _names(path: str) -> list[str]:
    """The names that a certificate is for, in lower case."""
    # NOTE: the one door of the standard library to what a certificate says
    found = ssl._ssl._test_decode_cert(path)  # type: ignore[attr-defined]
    names = [value.lower() for kind, value in found.get("subjectAltName", ()) if kind == "DNS"]
    return names or [value.lower() for part in found.get("subject", ()) for key, value in part if key == "commonName"]
