"""Words and numbers of a configuration stand for what OpenSSL offers, on both sides of the gateway."""
import ssl

import pytest
from krakpy_sdk import ConfigError

from krakpy.config.tls_choices import VERSIONS, curves, set_ciphers


def context():
    return ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)


def numbers(made):
    return {cipher["id"] & 0xFFFF for cipher in made.get_ciphers() if cipher["protocol"] != "TLSv1.3"}


def test_the_names_of_versions_are_krakends():
    assert list(VERSIONS) == ["SSL3.0", "TLS10", "TLS11", "TLS12", "TLS13"]


def test_suites_are_offered_by_their_number():
    made = context()
    assert set_ciphers(made, (49199, 4865, 49200), path="x")
    assert numbers(made) == {49199, 49200}


@pytest.mark.parametrize("chosen", [(), (4865, 4866)], ids=["nothing", "TLS 1.3 alone"])
def test_where_no_suite_can_be_chosen_the_librarys_choice_stays(chosen):
    made = context()
    assert not set_ciphers(made, chosen, path="x")
    assert numbers(made) == numbers(context())


def test_a_suite_that_there_is_not_is_named_with_its_place():
    with pytest.raises(ConfigError, match=r"^x\[1\]: this build of OpenSSL has no cipher suite 1$"):
        set_ciphers(context(), (49199, 1), path="x")


def test_curves_have_openssls_names():
    assert curves((23, 24, 25, 29), path="x") == ["prime256v1", "secp384r1", "secp521r1", "X25519"]


def test_a_curve_that_there_is_not_is_named_with_its_place():
    with pytest.raises(ConfigError, match=r"^x\[0\]: must be 23"):
        curves((7,), path="x")
