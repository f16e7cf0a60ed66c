"""Thousands of ways to enter without a good token, against a gateway with a backend that counts its visits (E12)."""
import itertools
import json
from dataclasses import dataclass, field

from krakpy.testing import Upstream, gateway

HEADERS = (
    {"alg": "none"}, {"alg": "None"}, {"alg": "NONE"}, {"alg": "nOnE"}, {"alg": ""}, {"alg": None}, {"alg": 0}, {},
    {"alg": ["RS256"]}, {"alg": "HS256"}, {"alg": "HS512"}, {"alg": "ES256"}, {"alg": "PS256"}, {"alg": "RS512"},
    {"alg": "rs256"},
    {"alg": "RS256 "}, {"alg": "RS256"}, {"alg": "RS256", "crit": ["exp"]}, {"alg": "RS256", "b64": False},
    {"alg": "RS256", "jwk": {"kty": "oct", "k": "AA"}}, {"alg": "RS256", "jku": "http://127.0.0.1:11/"},
    {"alg": "RS256", "x5c": ["AA"]}, {"alg": "RS256", "zip": "DEF"}, {"alg": "RS256", "enc": "A256GCM"},
)  # fmt: skip
KIDS = (
    "RS256", "HS256", None, "", "../../dev/null", "' UNION SELECT 'AA", 1, ["RS256"], {"a": 1}, "RS256\u0000",
    "ＲＳ256", "x" * 1500,
)  # fmt: skip
PAYLOADS = (
    {"sub": "eve", "exp": 4102444800}, {}, [], "eve", None, {"exp": "soon"}, {"exp": True}, {"aud": {"shop": 1}},
)
TARGETS = (
    "/secret", "/secret/", "//secret", "/./secret", "/x/../secret", "/%73ecret", "/secret%2f", "/secret%00",
    "/secret;a=1", "/SECRET", "/secret?access_token=a.b.c", "/secret%3f", "/secret%23", "/secret/.", "/secret/..;/",
    "/secret%20",
    "/secret%09", "/open/../secret", "/open/..%2fsecret", "/open/%2e%2e/secret", "/open%2f..%2fsecret",
)  # fmt: skip
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "get", "Get", "GET ", "CONNECT", "X")
FIELDS = (
    {}, {"X-HTTP-Method-Override": "GET"}, {"X-Original-URL": "/open"}, {"X-Rewrite-URL": "/open"}, {"X-User": "root"},
    {"Upgrade": "websocket"}, {"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"},
    {"X-Auth-Token": "a.b.c"},
    {"Proxy-Authorization": "Bearer a.b.c"}, {"Connection": "authorization"}, {"Cookie": "access_token="},
    {"Cookie": "access_token=a.b.c"}, {"Authorization": "Basic dTpw"}, {"Authorization": "Bearer"},
    {"Authorization": "Bearer "}, {"Authorization": "Bearer null"}, {"Authorization": "Digest x"},
    {"Authorization": ".."},
    {"Authorization": "a.b.c.d.e"},
)  # fmt: skip


@dataclass
class Attempt:
    """A request that must not reach the backend."""

    method: str = "GET"
    target: str = "/secret"
    fields: dict = field(default_factory=dict)


def tokens(issuer):
    """Every header, name of a key and payload, with every kind of signature that is not the issuer's."""
    public = json.dumps(issuer.jwk("RS256"))
    for header, kid, payload in itertools.product(HEADERS, KIDS, PAYLOADS):
        own = header if kid is None else {**header, "kid": kid}
        signed = f"{issuer.base64(json.dumps(own))}.{issuer.base64(json.dumps(payload))}"
        yield f"{signed}."
        yield f"{signed}.AA"
        yield issuer.mac(signed, b"")
        yield issuer.mac(signed, public.encode())


def expired(issuer):
    """Tokens that the issuer has signed and that are not good (any more), at other places too."""
    late = 4102444799
    for payload in ({"exp": 1}, {"exp": late + 1, "nbf": late}, {"aud": "x"}, {"exp": str(late)}, {"iat": late}):
        yield issuer.token(payload, alg="RS256")
    good = issuer.token({"aud": "shop"}, alg="RS256")
    yield from (good[:-1], good + "A", good.replace(".", ".."), good.swapcase(), good[::-1], good + "." + good)
    for alg in ("RS384", "RS512", "PS256", "ES256", "HS256", "EdDSA"):
        yield issuer.token({"aud": "shop"}, alg=alg)
        yield issuer.token({"aud": "shop"}, alg=alg, kid="RS256")


def attempts(issuer):
    """Everything, and everything together with routes that only look like another one."""
    for token in (*expired(issuer), *tokens(issuer)):
        yield Attempt(fields={"Authorization": f"Bearer {token}"})
    for method, target, fields in itertools.product(METHODS, TARGETS, FIELDS):
        yield Attempt(method, target, fields)
    for token in expired(issuer):
        yield Attempt(fields={"Cookie": f"access_token={token}"})
        yield Attempt(fields={"Authorization": token})
        yield Attempt(target=f"/secret?token={token}")


def config(key_file):
    validator = {
        "alg": "RS256", "jwk_local_path": key_file, "disable_jwk_security": True, "audience": ["shop"],
        "propagate_claims": [["sub", "X-User"]],
    }  # fmt: skip
    host = {"host": ["http://backend.test"]}
    return {
        "endpoints": [
            {
                "endpoint": "/secret",
                "input_headers": ["*"],
                "backend": [{"url_pattern": "/secret", **host}],
                "extra_config": {"auth/validator": validator},
            },
            {"endpoint": "/open", "backend": [{"url_pattern": "/open", **host}]},
        ]
    }


async def visits(key_file, issuer, tries):
    """How often the backend was reached by these attempts, what was answered, and that a good token still enters."""
    upstream = Upstream({"/secret": {"secret": 1}, "/open": {"open": 1}})
    statuses = set()
    async with gateway(config(key_file), upstream) as client:
        for attempt in tries:
            response = await client.request(attempt.method, attempt.target, attempt.fields)
            statuses.add(response.status)
        reached = sum(request.url.endswith("/secret") for request in upstream.requests)
        good = {"Authorization": f"Bearer {issuer.token({'aud': 'shop', 'sub': 'ada'}, alg='RS256')}", "X-User": "root"}
        assert (await client.get("/secret", good)).status == 200
        assert upstream.requests[-1].headers.getall("x-user") == ["ada"]
    return reached, statuses


async def test_e12_none_of_thousands_of_attempts_reaches_the_backend(issuer, key_file):
    """E12, with every header, key name, payload and signature of the other rows."""
    everything = list(attempts(issuer))
    reached, statuses = await visits(key_file, issuer, everything)
    assert len(everything) >= 14_000
    assert reached == 0
    assert statuses <= {301, 307, 400, 401, 404, 405}
