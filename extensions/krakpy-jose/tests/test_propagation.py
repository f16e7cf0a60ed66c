"""Claims reach backends as KrakenD writes them, and what clients send in their place never does."""
import pytest
from krakpy_jose.propagation import Propagation, text_of
from krakpy_jose.tokens import TokenError
from krakpy_sdk import Headers, Request

CLAIMS = {
    "sub": "ada", "num": 42, "big": 1234567890123, "dec": 1.5, "whole": 3.0, "flag": True, "list": ["a", "b"],
    "nil": None,
    "obj": {"k": "<v>", "a": 1}, "realm": {"roles": ["x", "y"]}, "http://a.test/c": "cu", "mixed": ["a", 1, True, None],
    "empty": [], "name": "Zoë", "a.b": "flat",
}  # fmt: skip


def fields(pairs, claims=CLAIMS, headers=(), **options):
    propagate = Propagation(pairs, keeps_arrays=options.get("keeps_arrays", False), patterns=())
    return propagate(Request(headers=Headers(headers)), claims).headers


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("sub", "ada"), ("num", "42"), ("big", "1234567890123"), ("dec", "1.500000"), ("whole", "3"), ("flag", "true"),
        ("list", "a,b"), ("nil", "null"), ("obj", '{"a":1,"k":"\\u003cv\\u003e"}'), ("realm.roles", "x,y"),
        ("http://a.test/c", "cu"), ("mixed", "a,1,true,<nil>"), ("empty", ""), ("missing", ""), ("realm.nope", ""),
        ("sub.x", ""), ("a.b", ""), ("name", "Zo\xc3\xab"),
    ],
)  # fmt: skip
def test_a_claim_as_a_field(claim, text):
    assert fields([(claim, "X-Claim")]).getall("x-claim") == [text]


def test_a_list_may_be_kept_in_several_fields():
    assert fields([("list", "X-List")], keeps_arrays=True).getall("x-list") == ["a", "b"]
    assert fields([("sub", "X-Sub")], keeps_arrays=True).getall("x-sub") == ["ada"]
    assert fields([("empty", "X-List")], keeps_arrays=True).getall("x-list") == [""]


@pytest.mark.parametrize("claims", [CLAIMS, {}], ids=["with the claim", "without it"])
def test_what_a_client_sends_under_the_name_never_survives(claims):
    forged = [("x-user", "root"), ("X-USER", "root"), ("Other", "1"), ("X-User", "admin")]
    headers = fields([("sub", "X-User")], claims, forged)
    assert "root" not in headers.getall("x-user")
    assert len(headers.getall("x-user")) == 1
    assert headers["other"] == "1"


def test_the_last_pair_of_a_name_counts():
    assert fields([("sub", "X-A"), ("num", "x-a")]).getall("x-a") == ["42"]


@pytest.mark.parametrize("text", ["a\r\nX-Admin: 1", "a\nb", "\0", "\x7f", "\ud800"])
def test_a_claim_cannot_end_a_line(text):
    with pytest.raises(TokenError, match="no header field"):
        fields([("sub", "X-User")], {"sub": text})


def test_claims_in_patterns_become_parameters():
    propagate = Propagation(
        (), keeps_arrays=True, patterns=("/u/{id}/{JWT.sub}?l={JWT.list}", "/{JWT.http://a.test/c}/{JWT.nope}/{JWT.realm}"),
    )
    params = propagate(Request(params={"Id": "7"}), CLAIMS).params
    assert dict(params) == {
        "Id": "7", "JWT.sub": "ada", "JWT.list": "a,b", "JWT.http://a.test/c": "cu", "JWT.realm": '{"roles":["x","y"]}',
    }


def test_the_claims_are_there_for_middlewares_inside():
    request = Propagation((), keeps_arrays=False, patterns=())(Request(), CLAIMS)
    assert request.params.claims is CLAIMS


@pytest.mark.parametrize(("value", "text"), [(2.0000001, "2"), (2.1, "2.100000"), (-0.5, "-0.500000"), (1e3, "1000")])
def test_numbers_that_are_nearly_whole_count_as_whole(value, text):
    assert text_of(value) == text
