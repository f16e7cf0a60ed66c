"""A backend that fails is asked again: how often, for what, and until when."""
import asyncio

import pytest
from acme_retry import Retry, RetryConfig
from krakpy_sdk import BadStatus, ConfigError, Refused, Request, Response, Timeout, Undecodable, UpstreamError
from krakpy_sdk.testing import answers, backend_settings

DOWN = Refused("no connection")
GOOD = Response(data={"offers": []})


def asked(request, *script, **settings):
    """What comes of the request, and how often the backend was asked."""
    backend = answers(*script)
    retry = Retry(backend_settings(config=RetryConfig(**settings)), backend)
    try:
        outcome = asyncio.run(retry(request))
    except UpstreamError as error:
        outcome = error
    return outcome, len(backend.requests)


def test_a_good_answer_is_given_at_once():
    assert asked(Request(), GOOD) == (GOOD, 1)


@pytest.mark.parametrize(
    "failure",
    [DOWN, Timeout("late"), Undecodable("not JSON"), BadStatus("down", backend_status=503)],
    ids=lambda failure: type(failure).__name__,
)
def test_a_failure_is_followed_by_another_attempt(failure):
    assert asked(Request(), failure, GOOD) == (GOOD, 2)


def test_there_are_as_many_attempts_as_configured():
    assert asked(Request(), DOWN, attempts=4) == (DOWN, 4)


def test_the_last_error_is_raised_when_all_fail():
    last = Timeout("the second")
    assert asked(Request(), DOWN, last) == (last, 2)


def test_a_status_below_500_is_an_answer():
    missing = BadStatus("not found", backend_status=404)
    assert asked(Request(), missing) == (missing, 1)


def test_other_methods_are_asked_once():
    assert asked(Request("POST"), DOWN) == (DOWN, 1)


def test_a_streamed_body_is_sent_once():
    async def body():
        yield b"once"

    assert asked(Request("PUT", stream=body()), DOWN, methods=("PUT",)) == (DOWN, 1)


def test_nothing_is_asked_after_the_deadline():
    assert asked(Request(deadline=0.0), DOWN) == (DOWN, 1)


def test_the_deadline_allows_attempts_until_it_has_passed():
    assert asked(Request(deadline=float("inf")), DOWN, GOOD) == (GOOD, 2)


@pytest.mark.parametrize(
    ("settings", "path"),
    [({"attempts": 0}, "attempts"), ({"attempts": 11}, "attempts"), ({"methods": ("GET", "POST")}, "methods[1]")],
    ids=["no attempt", "too many attempts", "a method that must not be repeated"],
)
def test_a_wrong_setting_is_refused_at_its_place(settings, path):
    with pytest.raises(ConfigError) as refused:
        RetryConfig(**settings)
    assert refused.value.path == path
