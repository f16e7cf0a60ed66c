"""Every algorithm verifies its own signatures with keys that are good enough, and no others."""
import pytest
from joserfc.jwk import ECKey, JWKRegistry, OctKey, OKPKey
from krakpy_jose.algorithms import NAMES, Algorithm, algorithm


@pytest.mark.parametrize("name", NAMES)
def test_an_algorithm_verifies_what_it_signs(issuer, name):
    own, key = algorithm(name), issuer.keys[name]
    signature = own.sign(b"text", key)
    verify = own.verifier(JWKRegistry.import_key(issuer.jwk(name)))
    assert verify(b"text", signature)
    assert not verify(b"texT", signature)
    assert not verify(b"text", signature[:-1])
    assert not verify(b"text", signature + b"\0")
    assert not verify(b"text", bytes(len(signature)))
    assert not verify(b"text", b"")


@pytest.mark.parametrize("name", ["none", "NONE", "None", "", "HS1", "RS1", "hs256", "A128KW", "ES256K", "Ed448"])
def test_other_algorithms_are_refused(name):
    with pytest.raises(ValueError, match="unknown algorithm"):
        algorithm(name)


def test_a_der_signature_is_no_signature(issuer):
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.hashes import SHA256

    key = issuer.keys["ES256"]
    der = key.raw_value.sign(b"text", ECDSA(SHA256()))
    assert not algorithm("ES256").verifier(key)(b"text", der)


def test_e10_a_key_is_for_one_algorithm(issuer):
    """E10: RS256's key does not verify PS256 or ES256."""
    key = JWKRegistry.import_key(issuer.jwk("RS256"))
    assert algorithm("RS256").accepts(key) == ""
    for name in NAMES:
        assert name == "RS256" or algorithm(name).accepts(key)


def test_a_key_without_alg_is_for_its_family(issuer):
    key = JWKRegistry.import_key(issuer.jwk("RS256", alg=None))
    assert [name for name in NAMES if not algorithm(name).accepts(key)] == [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
    ]


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("HS256", {"k": "c2hvcnQ"}),
        ("HS512", {"k": "c2hvcnQ"}),
        ("RS256", {"use": "enc"}),
        ("RS256", {"key_ops": ["encrypt"]}),
        ("HS256", {"key_ops": ["sign"]}),
        ("HS256", {"key_ops": []}),
    ],
    ids=["short secret", "short secret for more", "use enc", "key_ops encrypt", "key_ops sign", "no key_ops"],
)
def test_e10_weak_keys_and_keys_for_something_else_are_refused(issuer, name, members):
    """E10: HS keys under 32 bytes, and what `use` and `key_ops` do not allow (E7)."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        key = JWKRegistry.import_key(issuer.jwk(name, **members))
    assert Algorithm(name).accepts(key)


def test_e10_short_rsa_keys_are_refused():
    """E10: RSA under 2048 bits."""
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from joserfc.jwk import RSAKey

    short = RSAKey(generate_private_key(65537, 1024), None)
    assert "2048" in algorithm("RS256").accepts(short)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ES256", ECKey.generate_key("P-384")),
        ("ES512", ECKey.generate_key("P-256")),
        ("EdDSA", OKPKey.generate_key("Ed448")),
        ("EdDSA", OKPKey.generate_key("X25519")),
        ("EdDSA", ECKey.generate_key("P-256")),
        ("ES256", OctKey.import_key(b"x" * 64)),
    ],
    ids=["P-384", "P-256", "Ed448", "X25519", "no OKP", "secret"],
)
def test_a_key_of_another_curve_is_refused(name, key):
    assert algorithm(name).accepts(key)


def test_only_private_keys_sign(issuer):
    public = JWKRegistry.import_key(issuer.jwk("RS256"))
    private = JWKRegistry.import_key(issuer.jwk("RS256", private=True))
    assert "private" in algorithm("RS256").accepts(public, signs=True)
    assert algorithm("RS256").accepts(private, signs=True) == ""
