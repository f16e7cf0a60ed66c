"""Only 200 and 201 are a success."""
import pytest
from krakpy_sdk import BadStatus, Request, Response
from krakpy_sdk.testing import answers, backend_settings

from krakpy.backend.status_rules import StatusRules


def ruled(status, **settings):
    return StatusRules(backend_settings(**settings), answers(Response(status, body=b"x")))(
        Request(url="http://127.0.0.1:8081/unknown?u=7")
    )


@pytest.mark.parametrize("status", [200, 201])
async def test_success_passes_as_it_is(status):
    response = await ruled(status)
    assert (response.status, response.body) == (status, b"x")


@pytest.mark.parametrize("status", [202, 203, 204, 206, 300, 304, 307, 400, 404, 500, 503])
async def test_any_other_status_is_a_failure(status):
    with pytest.raises(BadStatus) as failure:
        await ruled(status)
    assert failure.value.backend_status == status


async def test_the_message_shows_status_pattern_and_address():
    with pytest.raises(BadStatus) as failure:
        await ruled(404, method="POST", url_pattern="/unknown?u={id_user}&t={JWT.sub}")
    assert str(failure.value) == (
        "invalid status code 404 [POST /unknown?u={{.Id_user}}&t={{.JWT.sub}}]: http://127.0.0.1:8081/unknown?u=7"
    )


@pytest.mark.parametrize(("is_no_op", "applies"), [(False, True), (True, False)])
def test_it_is_absent_for_no_op(is_no_op, applies):
    assert StatusRules.applies_to(backend_settings(is_no_op=is_no_op)) is applies
