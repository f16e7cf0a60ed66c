"""What is raised says what went wrong, where, and what the client sees."""
import pytest
from krakpy_sdk import (
    BadStatus,
    ConfigError,
    KrakpyError,
    MergeError,
    Refused,
    RejectedError,
    Timeout,
    Undecodable,
    UpstreamError,
)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ConfigError("must be a country", path="block[0]"), "block[0]: must be a country"),
        (ConfigError("must not be empty"), "must not be empty"),
    ],
    ids=["with its place", "as a whole"],
)
def test_a_config_error_names_its_place(error, text):
    assert str(error) == text


@pytest.mark.parametrize("kind", [Timeout, Refused, Undecodable, BadStatus, MergeError])
def test_what_a_backend_does_wrong_is_an_upstream_error(kind):
    assert issubclass(kind, UpstreamError)


@pytest.mark.parametrize("kind", [ConfigError, RejectedError, UpstreamError])
def test_every_error_has_the_same_root(kind):
    assert issubclass(kind, KrakpyError)


def test_an_upstream_error_is_a_500_for_the_client():
    assert Refused("no connection").status == 500


@pytest.mark.parametrize(("given", "status"), [({}, 400), ({"status": 401}, 401)], ids=["by default", "as given"])
def test_a_rejection_carries_the_status_that_the_client_sees(given, status):
    assert RejectedError("no token", **given).status == status


def test_a_rejection_carries_headers():
    assert RejectedError("no", status=429, headers={"Retry-After": "1"}).headers == {"Retry-After": "1"}


def test_a_bad_status_carries_the_status_of_the_backend():
    assert BadStatus("down", backend_status=503).backend_status == 503


def test_a_bad_status_is_a_500_for_the_client():
    error = BadStatus("down", backend_status=503)
    assert (error.status, error.body, error.content_type, error.is_passed) == (500, b"", "", False)


def test_a_bad_status_that_is_passed_on_has_the_status_body_and_type_of_the_backend():
    error = BadStatus("down", backend_status=503, body=b"later", content_type="text/plain", is_passed=True)
    assert (error.status, error.body, error.content_type, str(error)) == (503, b"later", "text/plain", "down")


def test_a_merge_error_holds_and_tells_each_error():
    errors = (Timeout("first"), Refused("second"))
    merged = MergeError(errors)
    assert (merged.errors, str(merged)) == (errors, "first\nsecond")
