"""The listener shows what `tls` says: versions, certificates by name, and what it demands of clients."""
import ssl
from typing import Any

import pytest
import trustme
from krakpy_sdk import ConfigError

from krakpy.config.model import KeyPair, Tls
from krakpy.server.tls import server_context, shown


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def pair(authority, tmp_path_factory):
    """A certificate in files, for these names."""
    folder = tmp_path_factory.mktemp("tls")

    def make(*names: str) -> KeyPair:
        issued = authority.issue_cert(*names)
        key, certificate = folder / f"{names[0]}.key", folder / f"{names[0]}.pem"
        issued.private_key_pem.write_to_path(key)
        certificate.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
        return KeyPair(public_key=str(certificate), private_key=str(key))

    return make


@pytest.fixture
def trust(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def shaken(server: ssl.SSLContext, client: ssl.SSLContext, name: str | None) -> Any:
    """The client's end after the handshake; SSLError where there is none."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = server.wrap_bio(to_server, to_client, server_side=True)
    theirs = client.wrap_bio(to_client, to_server, server_hostname=name)
    for end in (theirs, ours, theirs, ours):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
    theirs.write(b"x")
    assert ours.read() == b"x"
    return theirs


def test_by_default_it_is_tls_1_3_and_http_1_1(pair, trust):
    trust.set_alpn_protocols(["h2", "http/1.1"])
    shown = shaken(server_context(Tls(keys=(pair("a.test"),))), trust, "a.test")
    assert (shown.version(), shown.selected_alpn_protocol()) == ("TLSv1.3", "http/1.1")


def test_an_older_version_is_accepted_where_the_operator_says_so(pair, trust):
    trust.maximum_version = ssl.TLSVersion.TLSv1_2
    keys = (pair("a.test"),)
    assert shaken(server_context(Tls(keys=keys, min_version="TLS12")), trust, "a.test").version() == "TLSv1.2"
    with pytest.raises(ssl.SSLError):
        shaken(server_context(Tls(keys=keys)), trust, "a.test")


@pytest.mark.parametrize(
    ("name", "subject"),
    [("a.test", "a.test"), ("b.test", "b.test"), ("B.TEST", "b.test"), ("x.c.test", "*.c.test")],
)
def test_the_certificate_is_that_of_the_name_that_the_client_asks_for(pair, trust, name, subject):
    keys = (pair("a.test"), pair("b.test", "d.test"), pair("*.c.test"))
    found = shaken(server_context(Tls(keys=keys)), trust, name).getpeercert()
    assert ("DNS", subject) in found["subjectAltName"]


def test_a_name_that_no_certificate_has_gets_the_first(pair, trust):
    trust.check_hostname = False
    context = server_context(Tls(keys=(pair("a.test"), pair("b.test"))))
    for name in ("other.test", None):
        assert ("DNS", "a.test") in shaken(context, trust, name).getpeercert()["subjectAltName"]


def test_the_older_spelling_names_one_pair(pair, trust):
    own = pair("a.test")
    tls = Tls(public_key=own.public_key, private_key=own.private_key)
    assert shaken(server_context(tls), trust, "a.test")
    assert shown(tls) == {"certfile": own.public_key, "keyfile": own.private_key}
    assert shown(None) == {}


def test_mutual_tls_demands_a_certificate_that_an_authority_has_signed(pair, trust, authority, tmp_path):
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    keys, known = (pair("a.test"),), str(tmp_path / "ca.pem")
    context = server_context(Tls(keys=keys, enable_mtls=True, ca_certs=(known,), disable_system_ca_pool=True))
    with pytest.raises(ssl.SSLError):
        shaken(context, trust, "a.test")
    authority.issue_cert("client").configure_cert(trust)
    assert shaken(context, trust, "a.test")


def test_mutual_tls_knows_the_systems_authorities_too(pair):
    context = server_context(Tls(keys=(pair("a.test"),), enable_mtls=True))
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_cipher_suites_are_those_with_these_numbers(pair, trust):
    trust.maximum_version = ssl.TLSVersion.TLSv1_2
    keys, numbers = (pair("a.test"),), (0x1301, 0xC02C)
    tls = Tls(keys=keys, min_version="TLS12", cipher_suites=numbers, prefer_server_cipher_suites=True)
    assert shaken(server_context(tls), trust, "a.test").cipher()[0] == "ECDHE-ECDSA-AES256-GCM-SHA384"


def test_a_curve_is_the_one_with_this_number(pair, trust):
    assert shaken(server_context(Tls(keys=(pair("a.test"),), curve_preferences=(24,))), trust, "a.test")


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"keys": ()}, "tls.keys"),
        ({"keys": (KeyPair(public_key="/nowhere", private_key="/nowhere"),)}, "tls.keys[0]"),
        ({"public_key": "/nowhere"}, "tls.public_key"),
        ({"min_version": "TLS13", "max_version": "TLS12"}, "tls.max_version"),
        ({"cipher_suites": (1,)}, "tls.cipher_suites[0]"),
        ({"curve_preferences": (23, 1)}, "tls.curve_preferences[1]"),
        ({"enable_mtls": True, "ca_certs": ("/nowhere",)}, "tls.ca_certs[0]"),
    ],
    ids=str,
)
def test_what_cannot_be_shown_is_named_by_its_place(pair, settings, path):
    tls: Any = Tls(**{"keys": () if "public_key" in settings else (pair("a.test"),), **settings})
    with pytest.raises(ConfigError) as raised:
        server_context(tls)
    assert raised.value.path == path
