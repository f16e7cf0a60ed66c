"""A set of keys gives what can be used of it, under the names that tokens have for the keys."""
import json

import pytest
from krakpy_jose.algorithms import algorithm
from krakpy_jose.keys import KeySet, key_id
from krakpy_jose.tokens import TokenError


def a_set(*entries):
    return json.dumps({"keys": entries}).encode()


@pytest.mark.parametrize(
    "document",
    [
        b"", b"zzz", b"[]", b"{}", b'{"keys":{}}', b'{"keys":[]}', b'{"keys":[1]}', b'{"keys":[{"kty":"x"}]}',
        b"[" * 5000, b"\xff", b'{"keys":[{"kty":"oct"}]}', b'{"keys":[{"kty":"oct","k":"AA","kid":1}]}',
        b'{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}',
    ],
    ids=[
        "nothing", "no JSON", "list", "no keys", "keys an object", "empty", "number", "unknown type", "deep",
        "no UTF-8", "secret without a value", "kid a number", "point not on the curve",
    ],
)  # fmt: skip
def test_what_is_no_set_of_keys_is_refused(document):
    with pytest.raises(ValueError, match=r"is|has"):
        KeySet.read(document)


def test_a_set_has_a_limit(issuer):
    with pytest.raises(ValueError, match="more than 1000"):
        KeySet.read(a_set(*[issuer.jwk("HS256")] * 1001))


def test_keys_that_cannot_be_read_are_left_out_and_told(issuer):
    keys = KeySet.read(a_set({"kty": "new"}, issuer.jwk("HS256"), "text", {"kty": "oct", "k": "AA", "use": 1}))
    assert list(keys.verifiers("kid", algorithm("HS256"))) == ["HS256"]
    assert [reason.split()[0] for reason in keys.left_out] == ["keys[0]", "keys[2]", "keys[3]"]


def test_only_keys_for_the_algorithm_verify(issuer):
    keys = KeySet.read(issuer.jwks())
    assert list(keys.verifiers("kid", algorithm("ES384"))) == ["ES384"]


def test_the_first_of_two_keys_with_one_name_counts(issuer):
    other = issuer.jwk("HS256", k=issuer.base64(b"another-secret-that-is-long-enough-too"))
    keys = KeySet.read(a_set(issuer.jwk("ES256", kid="HS256"), issuer.jwk("HS256"), other))
    token = issuer.token()
    signed, _, signature = token.rpartition(".")
    from krakpy_jose.tokens import decoded

    assert keys.verifiers("kid", algorithm("HS256"))["HS256"](signed.encode(), decoded(signature))


@pytest.mark.parametrize(
    ("strategy", "name"), [("kid", "a"), ("x5t", "b"), ("x5t#S256", "c"), ("kid_x5t", "ab")]
)
def test_the_strategy_says_what_names_a_key(issuer, strategy, name):
    keys = KeySet.read(a_set(issuer.jwk("HS256", kid="a", x5t="b", **{"x5t#S256": "c"})))
    assert list(keys.verifiers(strategy, algorithm("HS256"))) == [name]
    assert key_id({"kid": "a", "x5t": "b", "x5t#S256": "c"}, strategy) == name


@pytest.mark.parametrize("strategy", ["x5t", "x5t#S256", "kid_x5t"])
def test_a_token_without_thumbprint_names_its_kid(strategy):
    assert key_id({"kid": "a"}, strategy) == "a"


@pytest.mark.parametrize(
    "header",
    [{"kid": 1}, {"kid": ["a"]}, {"kid": {"a": 1}}, {"kid": None}, {"kid": True}, {"kid": "a" * 2000}],
    ids=["number", "list", "object", "null", "bool", "long"],
)
@pytest.mark.parametrize("strategy", ["kid", "x5t", "kid_x5t"])
def test_e8_a_name_is_a_short_text(header, strategy):
    """E8: `kid` is looked up in a dictionary, and is never anything but a text."""
    with pytest.raises(TokenError):
        key_id(header, strategy)


def test_a_signing_key_has_the_name_and_a_private_part(issuer):
    keys = KeySet.read(a_set(issuer.jwk("RS256", private=True), issuer.jwk("ES256")))
    assert keys.signing_key("RS256", algorithm("RS256")).is_private
    with pytest.raises(LookupError, match="not in the set"):
        keys.signing_key("zz", algorithm("RS256"))
    with pytest.raises(LookupError, match="no private part"):
        keys.signing_key("ES256", algorithm("ES256"))
