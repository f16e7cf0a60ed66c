"""What a backend configures is done to its document."""
import pytest
from krakpy_sdk import Headers, Request, Response
from krakpy_sdk.testing import answers

from krakpy.backend.formatting import Formatting
from tests.backend.services import backend, flatmap


async def formatted(response, **settings):
    return await Formatting(backend(**settings), answers(response))(Request())


async def test_the_document_is_reshaped():
    response = await formatted(Response(data={"a": 1, "b": 2}), allow=("a",), group="g")
    assert response.data == {"g": {"a": 1}}


async def test_the_rest_of_the_answer_stays():
    response = await formatted(Response(headers=Headers({"X-A": "1"}), data={}), group="g")
    assert (response.status, response.headers["x-a"], response.is_complete) == (200, "1", True)


async def test_an_incomplete_answer_is_not_formatted():
    response = Response(data={"error_api": {"http_status_code": 404}}, is_complete=False)
    assert await formatted(response, group="g", allow=("zz",)) is response


@pytest.mark.parametrize(
    ("settings", "applies"),
    [
        ({}, False),
        ({"target": "a"}, True),
        ({"allow": ("a",)}, True),
        ({"deny": ("a",)}, True),
        ({"mapping": {"a": "b"}}, True),
        ({"group": "g"}, True),
        ({"group": "g", "is_no_op": True}, False),
        (flatmap(("del", "a")), True),
        (flatmap(("", "a")), False),
        ({**flatmap(("del", "a")), "is_no_op": True}, False),
    ],
    ids=[
        "nothing", "target", "allow", "deny", "mapping", "group", "no-op", "flatmap", "no operation", "no-op flatmap",
    ],
)  # fmt: skip
def test_it_is_absent_where_nothing_is_configured(settings, applies):
    assert Formatting.applies_to(backend(**settings)) is applies
