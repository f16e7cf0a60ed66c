"""TLS settings mean what KrakenD's mean, and files that cannot be loaded are found at once."""
import ssl

import pytest
from krakpy_sdk import ConfigError

from krakpy.client.tls import client_context
from krakpy.config.model import ClientCertificate, ClientTls


def versions(context):
    return context.minimum_version, context.maximum_version


def test_without_settings_tls_1_2_is_enough():
    context = client_context(None)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3)),
        ({"min_version": "TLS12"}, (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)),
        ({"min_version": "TLS12", "max_version": "TLS12"}, (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2)),
    ],
)
def test_with_settings_versions_default_to_tls_1_3(settings, expected):
    assert versions(client_context(ClientTls(**settings))) == expected


def test_insecure_connections_verify_nothing():
    context = client_context(ClientTls(allow_insecure_connections=True))
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_NONE, False)


def test_the_systems_authorities_can_be_left_out():
    assert client_context(ClientTls(disable_system_ca_pool=True)).cert_store_stats()["x509_ca"] == 0


def test_cipher_suites_are_chosen_by_their_number():
    context = client_context(ClientTls(min_version="TLS12", max_version="TLS12", cipher_suites=(49199,)))
    chosen = {cipher["name"] for cipher in context.get_ciphers() if cipher["protocol"] != "TLSv1.3"}
    assert chosen == {"ECDHE-RSA-AES128-GCM-SHA256"}


#: those that Go takes and OpenSSL 3 has: 47, 53 and 60 … without forward secrecy, the others with it
GO_SUITES = (47, 53, 60, 156, 157, 49161, 49162, 49171, 49172, 49187, 49191, 49195, 49196, 49199, 49200, 52392, 52393)


def test_gos_numbers_stand_for_suites_of_openssl():
    context = client_context(ClientTls(min_version="TLS12", cipher_suites=GO_SUITES))
    assert len([cipher for cipher in context.get_ciphers() if cipher["protocol"] != "TLSv1.3"]) == len(GO_SUITES)


def test_the_suites_of_tls_1_3_may_be_named_and_are_always_on():
    context = client_context(ClientTls(cipher_suites=(4865, 4866, 4867)))
    assert {4865, 4866, 4867} <= {cipher["id"] & 0xFFFF for cipher in context.get_ciphers()}


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"ca_certs": ("/nowhere/ca.pem",)}, r"client_tls\.ca_certs\[0\]: cannot be loaded"),
        (
            {"client_certs": (ClientCertificate(certificate="/nowhere/a.pem", private_key="/nowhere/a.key"),)},
            r"client_tls\.client_certs\[0\]: cannot be loaded",
        ),
        ({"min_version": "TLS14"}, r"client_tls\.min_version: must be one of"),
        ({"max_version": "1.3"}, r"client_tls\.max_version: must be one of"),
        ({"curve_preferences": (23, 26)}, r"client_tls\.curve_preferences\[1\]: must be 23"),
        ({"curve_preferences": (23, 24)}, r"client_tls\.curve_preferences: Python's ssl can offer one curve alone"),
        ({"min_version": "TLS12", "cipher_suites": (4865,)}, r"client_tls\.cipher_suites: has suites of TLS 1\.3"),
        ({"cipher_suites": (49199, 1)}, r"client_tls\.cipher_suites\[1\]: this build of OpenSSL has no cipher suite 1"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_place(settings, place):
    with pytest.raises(ConfigError, match=place):
        client_context(ClientTls(**settings))
