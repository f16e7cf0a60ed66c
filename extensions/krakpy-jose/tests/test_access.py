"""Roles and scopes are whole words, found where the operator says."""
import pytest
from krakpy_jose.access import access
from krakpy_jose.config import ValidatorConfig

CLAIMS = {
    "roles": ["admin", "user"], "scope": "read write", "realm": {"roles": ["deep"], "n": 1}, "http://a.test/r": ["url"],
    "num": 42, "a.b": ["flat"],
}  # fmt: skip


def may_enter(claims, **settings):
    return access(ValidatorConfig(alg="HS256", jwk_url="https://idp.test", **settings))(claims)


@pytest.mark.parametrize(
    ("settings", "enters"),
    [
        ({"roles": ("admin",)}, True),
        ({"roles": ("x", "user")}, True),
        ({"roles": ("adm",)}, False),
        ({"roles": ("Admin",)}, False),
        ({"roles": ("write",), "roles_key": "scope"}, True),
        ({"roles": ("read write",), "roles_key": "scope"}, False),
        ({"roles": ("deep",), "roles_key": "realm.roles", "roles_key_is_nested": True}, True),
        ({"roles": ("deep",), "roles_key": "realm.roles"}, False),
        ({"roles": ("flat",), "roles_key": "a.b"}, True),
        ({"roles": ("flat",), "roles_key": "a.b", "roles_key_is_nested": True}, False),
        ({"roles": ("url",), "roles_key": "http://a.test/r"}, True),
        ({"roles": ("url",), "roles_key": "http://a.test/r", "roles_key_is_nested": True}, True),
        ({"roles": ("42",), "roles_key": "num"}, False),
        ({"roles": ("x",), "roles_key": "nope"}, False),
        ({"roles": ("x",), "roles_key": "num.x", "roles_key_is_nested": True}, False),
        ({"scopes": ("read", "zzz"), "scopes_key": "scope"}, True),
        ({"scopes": ("zzz",), "scopes_key": "scope"}, False),
        ({"scopes": ("read", "write"), "scopes_key": "scope", "scopes_matcher": "all"}, True),
        ({"scopes": ("read", "zzz"), "scopes_key": "scope", "scopes_matcher": "all"}, False),
        ({"scopes": ("read", "zzz"), "scopes_key": "scope", "scopes_matcher": "whatever"}, True),
        ({"scopes": ("deep",), "scopes_key": "realm.roles"}, True),
        ({"scopes": ("admin",), "scopes_key": "roles"}, True),
        ({"scopes": ("read",), "scopes_key": "nope"}, False),
        ({"roles": ("admin",), "scopes": ("zzz",), "scopes_key": "scope"}, False),
        ({"roles": ("zzz",), "scopes": ("read",), "scopes_key": "scope"}, False),
    ],
)
def test_who_may_enter(settings, enters):
    assert may_enter(CLAIMS, **settings) is enters


@pytest.mark.parametrize("settings", [{}, {"scopes": ("a",)}, {"scopes_key": "scope"}, {"roles_key": "x"}])
def test_without_names_and_a_key_everybody_enters(settings):
    assert access(ValidatorConfig(alg="HS256", jwk_url="https://idp.test", **settings)) is None


@pytest.mark.parametrize("key", ["roles", "scope"])
@pytest.mark.parametrize(
    "value",
    [
        1, True, None, {}, {"admin": True}, [1], [["admin"]], [{"admin": 1}], [None], "adminx", "xadmin", "ad min",
        "", [],
    ],
    ids=str,
)  # fmt: skip
def test_e9_what_is_no_word_grants_nothing(key, value):
    """E9: never a crash, never a part of a word."""
    names = {"roles": ("admin",)} if key == "roles" else {"scopes": ("admin",), "scopes_key": "scope"}
    assert may_enter({key: value}, **names) is False


@pytest.mark.parametrize(("value", "role"), [([1], "1"), ([True], "True"), ([None], "None"), ([["a"]], "['a']")])
def test_e9_no_value_is_taken_for_its_text(value, role):
    assert may_enter({"roles": value}, roles=(role,)) is False


def test_e9_a_good_word_beside_others_counts():
    assert may_enter({"roles": [1, "admin"]}, roles=("admin",))
