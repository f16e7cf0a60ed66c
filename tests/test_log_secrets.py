"""What looks like a secret is never written."""
import pytest

from krakpy.log_secrets import is_secret, without_secrets, without_secrets_in_text

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "name",
    ["authorization", "Authorization", "Proxy-Authorization", "cookie", "Set-Cookie", "password", "db_passwd", "secret",
     "client_secret", "token", "access_token", "x-csrf-token", "key", "api_key", "X-API-Key", "apikey", "private-key",
     "credentials"],
)  # fmt: skip
def test_names_of_secrets_are_known(name):
    assert is_secret(name)


@pytest.mark.parametrize("name", ["path", "method", "keys", "monkey", "keyboard", "status", "client", "extension"])
def test_names_of_other_things_are_not_secret(name):
    assert not is_secret(name)


def test_secrets_are_hidden_however_deep_they_lie():
    fields = {"id": 1, "headers": {"Cookie": "a=b", "accept": "x"}, "list": [{"token": "t"}, ("u", None, True)]}
    assert without_secrets(fields) == {
        "id": 1, "headers": {"Cookie": "***", "accept": "x"}, "list": [{"token": "***"}, ["u", None, True]],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("", ""),
        ("GET /a?b=c", "GET /a?b=c"),
        ("redis://ann:s3cret@host:1/0 down", "redis://***@host:1/0 down"),
        ("http://host/a@b", "http://host/a@b"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("sent 'basic dTpw'", "sent 'basic ***'"),
        (f"bad token {JWT}!", "bad token ***!"),
    ],
)
def test_credentials_inside_of_text_are_hidden(text, clean):
    assert without_secrets_in_text(text) == clean


def test_objects_are_searched_as_the_text_that_would_be_written():
    assert without_secrets({"error": ValueError("http://u:p@h")}) == {"error": "http://***@h"}
