"""The rows of the fault table about tokens, by id: 401 or 403, the backend is not reached, and nothing breaks."""
import pytest

TRICKS = {
    "alg none": lambda i: i.sign({"alg": "none", "kid": "HS256"}, {}, "HS256"),
    "alg None": lambda i: i.sign({"alg": "None", "kid": "HS256"}, {}, "HS256"),
    "alg NONE": lambda i: i.sign({"alg": "NONE", "kid": "HS256"}, {}, "HS256"),
    "alg nOnE": lambda i: i.sign({"alg": "nOnE", "kid": "HS256"}, {}, "HS256"),
    "alg none with a space": lambda i: i.sign({"alg": "none ", "kid": "HS256"}, {}, "HS256"),
    "alg missing": lambda i: i.sign({"kid": "HS256"}, {}, "HS256"),
    "alg number": lambda i: i.sign({"alg": 256, "kid": "HS256"}, {}, "HS256"),
    "alg list": lambda i: i.sign({"alg": ["HS256"], "kid": "HS256"}, {}, "HS256"),
    "alg null": lambda i: i.sign({"alg": None, "kid": "HS256"}, {}, "HS256"),
    "alg in other case": lambda i: i.sign({"alg": "hs256", "kid": "HS256"}, {}, "HS256"),
    "alg of another key": lambda i: i.token(alg="RS256"),
    "alg of a larger hash": lambda i: i.token(alg="HS512"),
    "alg lies": lambda i: i.sign({"alg": "HS256", "kid": "HS256"}, {}, "HS512"),
    "kid of another algorithm": lambda i: i.token(kid="HS512"),
    "no signature": lambda i: i.token().rpartition(".")[0] + ".",
    "other signature": lambda i: i.token().rpartition(".")[0] + "." + i.token({"a": 1}).rpartition(".")[2],
    "empty key": lambda i: i.mac(i.token().rpartition(".")[0], b""),
    "name of the key as key": lambda i: i.mac(i.token().rpartition(".")[0], b"HS256"),
    "payload changed": lambda i: i.token().replace(i.token().split(".")[1], i.base64('{"sub":"eve"}')),
    "embedded key": lambda i: i.sign({"alg": "HS256", "jwk": {"kty": "oct", "k": "AA"}}, {}, "HS256"),
    "jku": lambda i: i.sign({"alg": "HS256", "jku": "http://127.0.0.1:11/", "kid": "evil"}, {}, "HS256"),
    "x5u": lambda i: i.sign({"alg": "HS256", "x5u": "http://127.0.0.1:11/", "kid": "evil"}, {}, "HS256"),
    "crit": lambda i: i.token(crit=["x"], x=1),
    "b64": lambda i: i.token(b64=False, crit=["b64"]),
    "no kid": lambda i: i.sign({"alg": "HS256"}, {}, "HS256"),
}


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
async def test_tricks_with_the_header_do_not_help(guard, issuer, trick):
    door = guard()
    assert await door.status(trick(issuer)) == 401
    assert not door.requests


async def test_a_public_key_is_no_secret(guard, issuer):
    """The oldest trick: HS256, with the public key as the secret."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    door = guard("RS256")
    public = issuer.keys["RS256"].raw_value.public_key()
    signed = ".".join(map(issuer.base64, ('{"alg":"HS256","kid":"RS256"}', '{"sub":"eve"}')))
    for pem in (
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    ):
        assert await door.status(issuer.mac(signed, pem)) == 401
    assert not door.requests


CLAIMS = {
    "E1": ('{"sub":"ada"}', {"require_exp": True}),
    "E2 text": ('{"exp":"4102444800"}', {}),
    "E2 bool": ('{"exp":true}', {}),
    "E2 NaN": ('{"exp":NaN}', {}),
    "E2 infinity": ('{"exp":Infinity}', {}),
    "E2 1e999": ('{"exp":1e999}', {}),
    "E3": ('{"exp":1' + "0" * 400 + "}", {"max_expiry": 3600}),
    "E3 5000 digits": ('{"exp":1' + "0" * 5000 + "}", {}),
    "E4": ('{"exp":1,"exp":4102444800}', {}),
    "E4 aud": ('{"aud":"x","aud":"shop"}', {"audience": ("shop",)}),
    "E5": ('{"x":"' + "a" * 2_000_000 + '"}', {}),
    "E6": ('{"x":' + "[" * 3000 + "]" * 3000 + "}", {}),
    "E6 objects": ('{"x":' * 1000 + "1" + "}" * 1000, {}),
    "E9 aud": ('{"aud":{"shop":1}}', {"audience": ("shop",)}),
}


@pytest.mark.parametrize(("payload", "settings"), CLAIMS.values(), ids=CLAIMS)
async def test_claims_that_are_no_claims_are_refused(guard, issuer, payload, settings):
    """E1–E6, E9: 401, and never a crash."""
    from datetime import timedelta

    if "max_expiry" in settings:
        settings = {"max_expiry": timedelta(seconds=settings["max_expiry"])}
    door = guard(**settings)
    token = issuer.sign({"alg": "HS256", "kid": "HS256"}, payload, "HS256")
    assert await door.status(token) == 401
    assert not door.requests


async def test_e1_and_e3_are_krakends_way_unless_they_are_asked_for(guard, issuer):
    door = guard()
    assert await door.status(issuer.token({"sub": "ada"})) == 200
    assert await door.status(issuer.token({"exp": 10**400})) == 200


@pytest.mark.parametrize(
    "kid",
    ["../../etc/passwd", "' OR 1=1 --", "HS256\0", "HS256 ", "ＨＳ256", "hs256", "", "x" * 4000, ["HS256"], {"a": 1}, 0,
     None, True],
    ids=["path", "SQL", "zero byte", "space", "unicode twin", "other case", "empty", "long", "list", "object", "number",
         "null", "bool"],
)  # fmt: skip
async def test_e8_a_name_of_a_key_is_looked_up_and_nothing_else(guard, issuer, kid):
    door = guard()
    assert await door.status(issuer.token(kid=kid)) == 401
    assert not door.requests


@pytest.mark.parametrize("roles", [[1], {}, {"admin": True}, [["admin"]], 5, True, None, "administrator", []], ids=str)
async def test_e9_roles_that_are_no_words_are_403(guard, issuer, roles):
    door = guard(roles=("admin",))
    assert await door.status(issuer.token({"roles": roles})) == 403
    assert not door.requests


async def test_e11_strict_sources_refuse_two_tokens(guard, issuer):
    door = guard(strict_sources=True)
    token = issuer.token()
    assert await door.status(token, ("Authorization", f"Bearer {token}")) == 401
    assert await door.status(token, ("Cookie", "access_token=x")) == 401
    assert not door.requests
    assert await door.status(token) == 200


async def test_e11_otherwise_the_field_goes_before_the_cookie(guard, issuer):
    door = guard()
    cookie = ("Cookie", f"access_token={issuer.token()}")
    assert await door.status(None, cookie) == 200
    assert await door.status("x", cookie) == 401
