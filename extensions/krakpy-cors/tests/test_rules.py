"""What is allowed is told to browsers, and nothing else is (Fetch §3.2)."""
import pytest
from krakpy_cors.config import CorsConfig
from krakpy_cors.rules import Rules
from krakpy_sdk import ConfigError

ORIGIN = b"https://a.test"


def rules(**config):
    return Rules(CorsConfig(**config))


def preflight(own, method=b"GET", headers=None, origin=ORIGIN):
    fields = {b"origin": [origin], b"access-control-request-method": [method]}
    if headers is not None:
        fields[b"access-control-request-headers"] = [headers]
    return dict(own.preflight(fields))


@pytest.mark.parametrize(
    ("origins", "origin", "allowed"),
    [
        (("*",), b"https://any.test", b"*"),
        ((), b"https://any.test", b"*"),
        (("https://b.test", "*"), b"https://any.test", b"*"),
        (("https://a.test",), ORIGIN, ORIGIN),
        (("HTTPS://A.test",), b"https://a.TEST", b"https://a.TEST"),
        (("https://a.test",), b"https://a.test.evil.test", None),
        (("https://a.test",), b"null", None),
        (("https://*.b.test",), b"https://x.y.b.test", b"https://x.y.b.test"),
        (("https://*.b.test",), b"https://b.test", None),
        (("http://ab*ba.test",), b"http://aba.test", None),
    ],
)
def test_an_origin_is_told_that_it_may_read(origins, origin, allowed):
    fields = dict(rules(allow_origins=origins).answered("GET", origin))
    assert (fields[b"vary"], fields.get(b"access-control-allow-origin")) == (b"Origin", allowed)


@pytest.mark.parametrize(("method", "is_told"), [("GET", True), ("HEAD", True), ("POST", True), ("PUT", False)])
def test_a_method_that_is_not_listed_is_not_told(method, is_told):
    assert (b"access-control-allow-origin" in dict(rules().answered(method, ORIGIN))) is is_told


def test_options_is_always_allowed():
    assert b"access-control-allow-origin" in dict(rules(allow_methods=("PUT",)).answered("OPTIONS", ORIGIN))


def test_a_request_without_origin_gets_vary_alone():
    assert rules().answered("GET", None) == ((b"vary", b"Origin"),)


def test_exposed_headers_stand_in_their_usual_form():
    fields = dict(rules(expose_headers=("x-out", "content-length")).answered("GET", ORIGIN))
    assert fields[b"access-control-expose-headers"] == b"X-Out, Content-Length"


def test_a_preflight_is_answered_with_what_it_asks_for():
    own = rules(allow_origins=("https://a.test",), allow_headers=("X-One",), max_age="90m", allow_credentials=True)
    assert preflight(own, b"POST", b"x-one") == {
        b"vary": b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        b"access-control-allow-origin": ORIGIN,
        b"access-control-allow-methods": b"POST",
        b"access-control-allow-headers": b"x-one",
        b"access-control-allow-credentials": b"true",
        b"access-control-max-age": b"5400",
    }


@pytest.mark.parametrize(
    ("asked", "is_granted"),
    [
        (b"a-x,b-x", True),
        (b"a-x, b-x", True),
        (b"a-x", True),
        (b"", True),
        (b",,a-x", True),
        (b"b-x,a-x", False),
        (b"a-x,a-x", False),
        (b"A-X", False),
        (b"a-x,  b-x", False),
        (b"c-x", False),
        (b"," * 17, False),
    ],
)
def test_headers_are_granted_as_browsers_send_them(asked, is_granted):
    own = rules(allow_headers=("B-X", "a-x"))
    assert (b"access-control-allow-methods" in preflight(own, headers=asked)) is is_granted


def test_any_header_is_granted_by_a_star():
    assert preflight(rules(), headers=b"Whatever, x")[b"access-control-allow-headers"] == b"Whatever, x"


@pytest.mark.parametrize(
    ("changes", "origin"),
    [({"allow_origins": ("https://b.test",)}, ORIGIN), ({"allow_methods": ("PUT",)}, ORIGIN), ({}, b"")],
    ids=["origin", "method", "no origin"],
)
def test_a_preflight_that_is_not_granted_gets_vary_alone(changes, origin):
    assert list(preflight(rules(**changes), origin=origin)) == [b"vary"]


@pytest.mark.parametrize("is_allowed", [True, False])
def test_private_networks_are_opened_where_that_is_allowed(is_allowed):
    own = rules(allow_private_network=is_allowed)
    fields = own.preflight({
        b"origin": [ORIGIN],
        b"access-control-request-method": [b"GET"],
        b"access-control-request-private-network": [b"true"],
    })
    assert ((b"access-control-allow-private-network", b"true") in fields) is is_allowed


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({"allow_credentials": True}, "allow_credentials"),
        ({"allow_credentials": True, "allow_origins": ("https://a.test", "*")}, "allow_credentials"),
        ({"allow_origins": ("https://*.*.test",)}, "allow_origins[0]"),
        ({"allow_methods": ("GET", "P T")}, "allow_methods[1]"),
        ({"expose_headers": ("a\r\nb",)}, "expose_headers[0]"),
        ({"max_age": "12"}, "max_age"),
        ({"max_age": "soon"}, "max_age"),
        ({"options_success_status": 404}, "options_success_status"),
    ],
)
def test_what_is_unsafe_or_makes_no_sense_is_refused_at_its_place(config, place):
    with pytest.raises(ConfigError) as raised:
        CorsConfig(**config)
    assert raised.value.path == place
