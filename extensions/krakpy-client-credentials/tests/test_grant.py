"""Tokens are asked for as Go's oauth2 does, and taken only if they are tokens."""
from base64 import b64decode
from urllib.parse import parse_qsl

import pytest
from krakpy_client_credentials.config import Config
from krakpy_client_credentials.grant import Denied, Grant, granted
from krakpy_sdk import ConfigError


def config(**settings):
    own = {"client_id": "gw", "client_secret": "s3cret", "token_url": "https://idp.test/token"}
    return Config(**own | settings)


def test_the_secret_goes_into_the_header_field():
    request = Grant(config(scopes="read,write")).request(is_basic=True)
    assert (request.method, request.url) == ("POST", "https://idp.test/token")
    assert b64decode(request.headers["authorization"].removeprefix("Basic ")) == b"gw:s3cret"
    assert request.body == b"grant_type=client_credentials&scope=read+write"
    assert request.headers["content-length"] == str(len(request.body))


def test_or_into_the_body():
    request = Grant(config()).request(is_basic=False)
    assert "authorization" not in request.headers
    assert request.body == b"client_id=gw&client_secret=s3cret&grant_type=client_credentials&scope="


def test_what_is_no_letter_is_escaped_before_it_is_encoded():
    request = Grant(config(client_id="a:b", client_secret="c d&é")).request(is_basic=True)
    assert b64decode(request.headers["authorization"].removeprefix("Basic ")) == b"a%3Ab:c+d%26%C3%A9"


def test_an_empty_secret_is_left_out_of_the_body():
    assert b"client_secret" not in Grant(config(client_secret="")).request(is_basic=False).body


def test_further_parameters_may_repeat_and_may_name_another_grant():
    params = {"audience": ("x", "y"), "grant_type": ("custom",)}
    body = Grant(config(endpoint_params=params)).request(is_basic=True).body
    assert parse_qsl(body.decode(), keep_blank_values=True) == [
        ("audience", "x"), ("audience", "y"), ("grant_type", "custom"), ("scope", ""),
    ]  # fmt: skip


JSON = "application/json"


@pytest.mark.parametrize(
    ("kind", "body", "authorization"),
    [
        (JSON, b'{"access_token":"t"}', "Bearer t"),
        (JSON, b'{"access_token":"t","token_type":"bearer"}', "Bearer t"),
        (JSON, b'{"access_token":"t","token_type":"MAC"}', "MAC t"),
        (JSON, b'{"access_token":"t","token_type":"Custom"}', "Custom t"),
        (JSON, b'{"access_token":"t","error":""}', "Bearer t"),
        ("", b'{"access_token":"t"}', "Bearer t"),
        ("application/x-www-form-urlencoded", b"access_token=t&token_type=bearer", "Bearer t"),
        ("text/plain; charset=utf-8", b"access_token=t", "Bearer t"),
    ],
)
def test_a_token_in_an_answer(kind, body, authorization):
    assert granted(200, kind, body, now=0.0).authorization == authorization


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, b'{"error":"invalid_client"}', 'oauth2: "invalid_client"'),
        (200, b'{"error":"invalid_scope","access_token":"t"}', 'oauth2: "invalid_scope"'),
        (500, b"<html>", "oauth2: cannot fetch token: 500"),
        (302, b'{"access_token":"t"}', "oauth2: cannot fetch token: 302"),
        (200, b"{}", "oauth2: server response missing access_token"),
        (200, b"[]", "oauth2: server response missing access_token"),
        (200, b"[" * 5000, "oauth2: server response missing access_token"),
        (200, b'{"access_token":""}', "oauth2: server response missing access_token"),
        (200, b'{"access_token":5}', "oauth2: server response missing access_token"),
        (200, b'{"access_token":"a\\r\\nX: 1"}', "oauth2: the token cannot be sent"),
        (200, b'{"access_token":"t","token_type":"a\\nb"}', "oauth2: the token cannot be sent"),
        (200, b'{"access_token":"t","expires_in":"soon"}', "oauth2: cannot parse expires_in"),
        (400, b'{"error":"your secret is s3cret"}', "oauth2: cannot fetch token: 400"),
        (400, b'{"error":["x"]}', "oauth2: cannot fetch token: 400"),
    ],
)
def test_an_answer_without_a_token_says_why_and_no_secrets(status, body, words):
    with pytest.raises(Denied) as error:
        granted(status, JSON, body, now=0.0)
    assert str(error.value) == words


@pytest.mark.parametrize(
    ("expires_in", "expires_at", "stale_at"),
    [
        (b"3600", 3590.0, 3540.0), (b"110", 100.0, 90.0), (b"11", 1.0, 0.9), (b'"3600"', 3590.0, 3540.0),
        (b"5", -5.0, -5.0), (b"0", float("inf"), float("inf")), (b"null", float("inf"), float("inf")),
        (b"-1", float("inf"), float("inf")),
    ],
)  # fmt: skip
def test_a_token_ends_ten_seconds_before_it_says_and_is_renewed_before_that(expires_in, expires_at, stale_at):
    token = granted(200, JSON, b'{"access_token":"t","expires_in":' + expires_in + b"}", now=0.0)
    assert (token.expires_at, token.stale_at) == pytest.approx((expires_at, stale_at))


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"token_url": "idp.test/token"}, "token_url"),
        ({"token_url": ""}, "token_url"),
        ({"token_url": "ftp://idp.test"}, "token_url"),
        ({"endpoint_params": {"scope": ("a",)}}, "endpoint_params.scope"),
    ],
)
def test_wrong_settings_name_their_key(settings, path):
    with pytest.raises(ConfigError) as error:
        config(**settings)
    assert error.value.path == path


def test_the_secret_is_not_shown():
    assert "canary" not in repr(config(client_secret="canary"))
