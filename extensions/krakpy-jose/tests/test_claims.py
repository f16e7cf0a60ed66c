"""The registered claims have the right types, and hold at this moment."""
import pytest
from krakpy_jose.claims import Registered
from krakpy_jose.config import ValidatorConfig
from krakpy_jose.tokens import TokenError

NOW = 1_700_000_000


def check(claims, **settings):
    config = ValidatorConfig(alg="HS256", jwk_url="https://idp.test", **settings)
    Registered(config, now=lambda: NOW).check(claims)


@pytest.mark.parametrize(
    ("claims", "settings"),
    [
        ({}, {}),
        ({"exp": NOW + 1}, {}),
        ({"exp": NOW - 1}, {}),
        ({"exp": NOW + 0.5, "nbf": NOW, "iat": NOW}, {}),
        ({"nbf": NOW + 1, "iat": NOW + 1}, {}),
        ({"exp": 10**400}, {}),
        ({"iss": "idp"}, {"issuer": "idp"}),
        ({"iss": None, "sub": None, "aud": None}, {}),
        ({"aud": "a"}, {"audience": ("a",)}),
        ({"aud": ["a", "b", "c"]}, {"audience": ("b", "a")}),
        ({"exp": NOW + 3600}, {"require_exp": True}),
    ],
    ids=[
        "none", "exp ahead", "exp within leeway", "decimal", "clock ahead within leeway", "exp of 400 digits", "issuer",
        "nulls", "audience", "all audiences", "exp required",
    ],
)
def test_good_claims_pass(claims, settings):
    check(claims, **settings)


@pytest.mark.parametrize(
    ("claims", "settings"),
    [
        ({"exp": NOW - 2}, {}),
        ({"exp": 0}, {}),
        ({"exp": -1}, {}),
        ({"nbf": NOW + 2}, {}),
        ({"iat": NOW + 2}, {}),
        ({"iss": "idp "}, {"issuer": "idp"}),
        ({"iss": "IDP"}, {"issuer": "idp"}),
        ({"iss": ["idp"]}, {"issuer": "idp"}),
        ({}, {"issuer": "idp"}),
        ({"iss": 0}, {}),
        ({"sub": 1}, {}),
        ({"jti": []}, {}),
        ({}, {"audience": ("a",)}),
        ({"aud": []}, {"audience": ("a",)}),
        ({"aud": "ab"}, {"audience": ("a",)}),
        ({"aud": ["a"]}, {"audience": ("a", "b")}),
    ],
    ids=[
        "expired", "exp 0", "exp negative", "not yet", "from the future", "issuer with a space", "issuer in other case",
        "issuer in a list", "no issuer", "issuer a number", "sub a number", "jti a list", "no audience",
        "empty audience", "audience that begins so", "half the audience",
    ],
)
def test_bad_claims_are_refused(claims, settings):
    with pytest.raises(TokenError):
        check(claims, **settings)


def test_e1_tokens_that_never_expire_are_refused_where_exp_is_required():
    """E1: with `require_exp`."""
    check({"sub": "a"})
    with pytest.raises(TokenError, match="never expires"):
        check({"sub": "a"}, require_exp=True)


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize(
    "value", ["4102444800", "soon", True, False, None, [], {}, [4102444800]],
    ids=["digits", "text", "true", "false", "null", "list", "object", "list of one"],
)  # fmt: skip
def test_e2_times_are_numbers(name, value):
    """E2: no text, no bool, nothing that is not finite (which no JSON can say here)."""
    with pytest.raises(TokenError, match="is no time"):
        check({name: value})


@pytest.mark.parametrize("exp", [NOW + 3602, 10**400, 1e300], ids=["a little", "400 digits", "large"])
def test_e3_tokens_that_expire_far_ahead_are_refused_where_that_is_limited(exp):
    """E3: with `max_expiry`; never a crash."""
    from datetime import timedelta

    check({"exp": exp})
    check({"exp": NOW + 3600}, max_expiry=timedelta(hours=1))
    with pytest.raises(TokenError, match="too far ahead"):
        check({"exp": exp}, max_expiry=timedelta(hours=1))


def test_a_limit_on_expiry_also_means_those_that_never_expire():
    from datetime import timedelta

    with pytest.raises(TokenError, match="never expires"):
        check({}, max_expiry=timedelta(hours=1))


@pytest.mark.parametrize(
    "audience", [5, True, {"shop": 1}, [5], ["shop", 5], [["shop"]], [None]],
    ids=["number", "bool", "object", "list of numbers", "mixed list", "nested list", "list of null"],
)  # fmt: skip
def test_e9_an_audience_is_a_text_or_a_list_of_texts(audience):
    """E9: whether or not one is asked for."""
    for settings in ({}, {"audience": ("shop",)}):
        with pytest.raises(TokenError, match="aud"):
            check({"aud": audience}, **settings)


@pytest.mark.parametrize(("leeway_s", "effect_s"), [(0, 1), (0.2, 1), (1.6, 2), (3600, 3600)])
def test_leeway_is_in_whole_seconds_and_never_less_than_one(leeway_s, effect_s):
    from datetime import timedelta

    check({"exp": NOW - effect_s}, leeway=timedelta(seconds=leeway_s))
    with pytest.raises(TokenError):
        check({"exp": NOW - effect_s - 1}, leeway=timedelta(seconds=leeway_s))
