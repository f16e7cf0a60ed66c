"""TLS towards backends, made once from `client_tls`."""
from __future__ import annotations

import ssl

from krakpy_sdk import ConfigError

from krakpy.client.options import ClientTls
from krakpy.config.tls_choices import VERSIONS, curves, set_ciphers

#: without a word KrakenD's default
_VERSIONS = {"": VERSIONS["TLS13"], **VERSIONS}


def client_context(tls: ClientTls | None) -> ssl.SSLContext:
    """What verifies backends; ConfigError where a file cannot be read or a version does not exist.

    Without settings: the system's authorities and TLS 1.2 or later (Go's default). With settings both versions default
    to TLS 1.3, as KrakenD's do.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["http/1.1"])
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls is None or not tls.disable_system_ca_pool:
        context.load_default_certs()
    if tls is not None:
        _set_versions(context, tls)
        _set_ciphers(context, tls)
        _set_curves(context, tls)
        _load_files(context, tls)
        if tls.allow_insecure_connections:
            # SECURITY: the operator's explicit word (KrakenD: `allow_insecure_connections`)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
    return context


def _set_versions(context: ssl.SSLContext, tls: ClientTls) -> None:
    for name in ("min_version", "max_version"):
        if getattr(tls, name) not in _VERSIONS:
            raise ConfigError(f"must be one of {', '.join(filter(None, _VERSIONS))}", path=f"client_tls.{name}")
    context.minimum_version = _VERSIONS[tls.min_version]
    context.maximum_version = _VERSIONS[tls.max_version]


def _set_ciphers(context: ssl.SSLContext, tls: ClientTls) -> None:
    """Offers these suites for TLS 1.2 and before."""
    has_chosen = set_ciphers(context, tls.cipher_suites, path="client_tls.cipher_suites")
    if tls.cipher_suites and not has_chosen and context.minimum_version < ssl.TLSVersion.TLSv1_3:
        raise ConfigError(
            "has suites of TLS 1.3 alone, which are always on: add suites of TLS 1.2, or set min_version to TLS13",
            path="client_tls.cipher_suites",
        )


def _set_curves(context: ssl.SSLContext, tls: ClientTls) -> None:
    """Offers one curve alone; Python's `ssl` has no way to offer a list of them."""
    names = curves(tls.curve_preferences, path="client_tls.curve_preferences")
    if len(names) > 1:
        raise ConfigError(
            "Python's ssl can offer one curve alone, or all that OpenSSL thinks safe: name one, or remove the key",
            path="client_tls.curve_preferences",
        )
    for name in names:
        context.set_ecdh_curve(name)


def _load_files(context: ssl.SSLContext, tls: ClientTls) -> None:
    for index, path in enumerate(tls.ca_certs):
        try:
            context.load_verify_locations(path)
        except OSError as error:
            raise ConfigError(f"cannot be loaded: {error}", path=f"client_tls.ca_certs[{index}]") from error
    for index, pair in enumerate(tls.client_certs):
        try:
            context.load_cert_chain(pair.certificate, pair.private_key)
        except OSError as error:
            raise ConfigError(f"cannot be loaded: {error}", path=f"client_tls.client_certs[{index}]") from error
