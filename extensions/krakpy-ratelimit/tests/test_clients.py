"""Clients are told apart by what the strategy looks at."""
import pytest
from krakpy_ratelimit.clients import client_of
from krakpy_sdk import Headers, Request


def asks(ip="10.0.0.1", params=(), **fields):
    headers = Headers({name.replace("_", "-"): value for name, value in fields.items()})
    return Request(client_ip=ip, params=dict(params), headers=headers)


def test_by_address():
    assert client_of("ip", "")(asks("10.0.0.9", x_forwarded_for="1.1.1.1")) == "10.0.0.9"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1.1.1.1", "1.1.1.1"),
        ("1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (" 1.1.1.1:8080 ,x", "1.1.1.1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("nobody", "10.0.0.1"),
        ("", "10.0.0.1"),
        ("300.1.1.1", "10.0.0.1"),
    ],
)
def test_by_the_first_address_of_a_field_else_the_peers(value, expected):
    assert client_of("ip", "X-Client")(asks(x_client=value)) == expected


def test_by_the_value_of_a_field_in_any_case():
    of = client_of("header", "X-Client")
    assert of(asks(x_client="a")) == of(asks(X_CLIENT="a")) != of(asks(x_client="b"))


def test_by_a_parameter_of_the_path():
    of = client_of("param", "who")
    assert of(asks(params={"who": "a"})) == of(asks("10.0.0.9", {"who": "a"})) != of(asks(params={"who": "b"}))


@pytest.mark.parametrize("strategy", ["header", "param"])
def test_who_does_not_tell_has_no_name(strategy):
    assert client_of(strategy, "who")(asks(who="", params={"who": ""})) == ""
    assert client_of(strategy, "who")(asks()) == ""


def test_what_a_client_sends_is_never_kept_as_it_is():
    """It may be a token, and it may be long."""
    name = client_of("header", "Authorization")(asks(Authorization="Bearer " + "secret" * 1000))
    assert "secret" not in name
    assert len(name) < 50


@pytest.mark.parametrize("strategy", ["IP", "Header", "pArAm"])
def test_the_word_is_read_in_any_case(strategy):
    assert client_of(strategy, "x") is not None


@pytest.mark.parametrize("strategy", ["", "moon", "ips"])
def test_another_word_is_none(strategy):
    assert client_of(strategy, "x") is None
