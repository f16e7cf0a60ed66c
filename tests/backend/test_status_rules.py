"""Only 200 and 201 are a success; what becomes of other answers is configured."""
import pytest
from krakpy_sdk import BadStatus, Headers, Request, Response
from krakpy_sdk.testing import answers

from krakpy.backend.status_rules import StatusRules
from tests.backend.services import backend, http

FAILURES = [202, 203, 204, 206, 300, 304, 307, 400, 404, 500, 503]


def ruled(status, body=b"x", headers=(("Content-Type", "text/plain"),), **settings):
    upstream = answers(Response(status, body=body, headers=Headers(headers)))
    return StatusRules(backend(**settings), upstream)(Request(url="http://127.0.0.1:8081/unknown?u=7"))


async def failure(*args, **settings):
    with pytest.raises(BadStatus) as raised:
        await ruled(*args, **settings)
    return raised.value


CODE = http(return_error_code=True)
DETAILS = http(return_error_details="api")


@pytest.mark.parametrize("rules", [{}, CODE, DETAILS], ids=["default", "code", "details"])
@pytest.mark.parametrize("status", [200, 201])
async def test_success_passes_as_it_is(status, rules):
    response = await ruled(status, **rules)
    assert (response.status, response.body, response.data) == (status, b"x", None)


@pytest.mark.parametrize("status", FAILURES)
async def test_any_other_status_is_a_failure_that_the_client_sees_as_500(status):
    error = await failure(status)
    assert (error.backend_status, error.is_passed, error.status) == (status, False, 500)


@pytest.mark.parametrize("rules", [{}, CODE], ids=["default", "code"])
async def test_the_message_shows_status_pattern_and_address(rules):
    error = await failure(404, method="POST", url_pattern="/unknown?u={id_user}&t={JWT.sub}", **rules)
    assert str(error) == (
        "invalid status code 404 [POST /unknown?u={{.Id_user}}&t={{.JWT.sub}}]: http://127.0.0.1:8081/unknown?u=7"
    )


@pytest.mark.parametrize("status", FAILURES)
async def test_a_code_passes_status_body_and_type_on(status):
    error = await failure(status, **CODE)
    assert (error.status, error.body, error.content_type, error.is_passed) == (status, b"x", "text/plain", True)


async def test_a_code_passes_on_that_there_is_neither_body_nor_type():
    error = await failure(503, None, (), **CODE)
    assert (error.status, error.body, error.content_type) == (503, b"", "")


@pytest.mark.parametrize("status", FAILURES)
async def test_details_are_an_incomplete_answer_of_their_own(status):
    response = await ruled(status, **DETAILS)
    details = {"http_status_code": status, "http_body": "x", "http_body_encoding": "text/plain"}
    assert (response.data, response.is_complete, response.errors) == ({"error_api": details}, False, ())
    assert (response.status, response.body, response.headers) == (200, None, {})


async def test_details_have_the_order_of_krakends():
    details = (await ruled(404, **DETAILS)).data["error_api"]
    assert list(details) == ["http_status_code", "http_body", "http_body_encoding"]


@pytest.mark.parametrize("body", [b"", None])
async def test_details_leave_out_what_is_not_there(body):
    assert (await ruled(503, body, (), **DETAILS)).data == {"error_api": {"http_status_code": 503}}


async def test_details_keep_bytes_that_are_no_text():
    assert (await ruled(500, b"\xff!", **DETAILS)).data["error_api"]["http_body"] == "\udcff!"


async def test_details_beat_a_code():
    response = await ruled(404, **http(return_error_details="api", return_error_code=True))
    assert response.data["error_api"]["http_status_code"] == 404


async def test_an_empty_name_for_details_switches_the_code_off_too():
    assert not (await failure(404, **http(return_error_details="", return_error_code=True))).is_passed


@pytest.mark.parametrize(("is_no_op", "applies"), [(False, True), (True, False)])
def test_it_is_absent_for_no_op(is_no_op, applies):
    assert StatusRules.applies_to(backend(is_no_op=is_no_op)) is applies
