"""What authors test with: settings of every seat, and a scripted `next`."""
import asyncio
import inspect

import pytest
from krakpy_sdk import BackendSettings, ClientSettings, EndpointSettings, Refused, Request, Response, RouterSettings
from krakpy_sdk.seats import ServerSettings
from krakpy_sdk.testing import answers, backend_settings, endpoint_settings, server_settings


def names_of(protocol):
    return {name for name, value in inspect.getmembers(protocol) if isinstance(value, property)}


@pytest.mark.parametrize(
    ("settings", "protocol"),
    [
        (server_settings(), ServerSettings),
        (endpoint_settings(), EndpointSettings),
        (endpoint_settings(), RouterSettings),
        (backend_settings(), BackendSettings),
        (backend_settings(), ClientSettings),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_settings_have_everything_that_their_seat_promises(settings, protocol):
    assert {name for name in names_of(protocol) if not hasattr(settings, name)} == set()


@pytest.mark.parametrize("settings", [server_settings, endpoint_settings, backend_settings])
def test_keywords_change_settings(settings):
    assert (settings(timeout_s=9.0).timeout_s, settings().timeout_s) == (9.0, 2.0)


def test_a_keyword_that_no_settings_have_is_refused():
    with pytest.raises(TypeError, match="timeout"):
        backend_settings(timeout=9.0)


def test_settings_cannot_be_assigned():
    with pytest.raises(AttributeError):
        setattr(backend_settings(), "method", "PUT")  # noqa: B010  type checkers refuse the assignment already


def test_a_backend_has_a_host_to_begin_with():
    assert backend_settings().discover() == ("http://backend.test",)


async def test_answers_are_given_in_turn_and_the_last_one_again():
    first, last = Response(201), Response(202)
    backend = answers(first, last)
    assert [await backend(Request()) for _ in range(3)] == [first, last, last]


async def test_an_exception_is_raised():
    with pytest.raises(Refused, match="down"):
        await answers(Refused("down"))(Request())


async def test_a_future_is_awaited():
    answer = asyncio.get_running_loop().create_future()
    call = asyncio.ensure_future(answers(answer)(Request()))
    answer.set_result(Response(204))
    assert (await call).status == 204


async def test_what_was_asked_is_remembered():
    backend = answers()
    await backend(Request("PUT", "/a"))
    assert [(request.method, request.path) for request in backend.requests] == [("PUT", "/a")]


async def test_without_a_script_the_answer_is_an_empty_document():
    assert (await answers()(Request())).data == {}
