"""A token is in the header field, or else in the cookie."""
import pytest
from krakpy_jose.sources import Sources
from krakpy_jose.tokens import TokenError
from krakpy_sdk import Headers


def token(*fields, is_strict=False, header="Authorization", cookie="access_token"):
    return Sources(header=header, cookie=cookie, is_strict=is_strict)(Headers(fields))


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("Bearer a.b.c", "a.b.c"), ("bearer a.b.c", "a.b.c"), ("BEARER a.b.c", "a.b.c"), ("Bearer  a.b.c ", "a.b.c"),
        ("a.b.c", "a.b.c"), ("Basic dTpw", "Basic dTpw"), ("Bearer\ta.b.c", "Bearer\ta.b.c"),
        ("Bearer a, Bearer b", "a, Bearer b"), ("Bearer", "Bearer"),
    ],
)  # fmt: skip
def test_the_text_of_a_field(field, text):
    assert token(("Authorization", field)) == text


def test_another_field():
    assert token(("X-Token", "a.b.c"), ("Authorization", "x"), header="X-Token") == "a.b.c"


@pytest.mark.parametrize(
    "line", ["tk=a.b.c", "x=1; tk=a.b.c", "x=1;tk=a.b.c;y=2", 'tk="a.b.c"', "tk=a.b.c; tk=x.y.z"]
)
def test_the_cookie_where_there_is_no_field(line):
    assert token(("Cookie", line), cookie="tk") == "a.b.c"
    assert token(("Authorization", ""), ("Cookie", line), cookie="tk") == "a.b.c"
    assert token(("Cookie", "a=1"), ("Cookie", line), cookie="tk") == "a.b.c"


def test_a_field_goes_before_the_cookie_even_if_it_is_wrong():
    assert token(("Authorization", "Bearer x"), ("Cookie", "access_token=a.b.c")) == "x"


@pytest.mark.parametrize(
    "fields",
    [(), (("Authorization", ""),), (("Authorization", "Bearer "),), (("Cookie", "tk"),), (("Cookie", "TK=a.b.c"),),
     (("Cookie", "xtk=a.b.c"),), (("Cookie", "access_token="),)],
)  # fmt: skip
def test_no_token_is_refused(fields):
    with pytest.raises(TokenError, match="missing"):
        token(*fields, cookie="tk")


@pytest.mark.parametrize(
    "fields",
    [
        (("Authorization", "Bearer a.b.c"), ("Authorization", "Bearer a.b.c")),
        (("Authorization", "Bearer a.b.c"), ("Authorization", "Bearer x.y.z")),
        (("Authorization", "Bearer a.b.c"), ("Cookie", "access_token=x.y.z")),
        (("Cookie", "access_token=a.b.c; access_token=x.y.z"),),
        (("Cookie", "access_token=a.b.c"), ("Cookie", "access_token=x.y.z")),
    ],
    ids=["the same field twice", "two fields", "field and cookie", "two cookies", "two lines of cookies"],
)
def test_e11_several_tokens_are_refused_where_sources_are_strict(fields):
    """E11: with `strict_sources`; without it KrakenD's order."""
    assert token(*fields) == "a.b.c"
    with pytest.raises(TokenError, match="several places"):
        token(*fields, is_strict=True)


def test_e11_one_token_in_two_places_is_no_ambiguity():
    fields = (("Authorization", "Bearer a.b.c"), ("Cookie", "access_token=a.b.c"))
    assert token(*fields, is_strict=True) == "a.b.c"
