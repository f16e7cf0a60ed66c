"""The merged document of an endpoint goes through its flatmap filter when nothing failed."""
import pytest
from krakpy_sdk import Request, Response, Timeout
from krakpy_sdk.testing import answers

from krakpy.endpoint.flatmap import Flatmap
from tests.endpoint.services import backend, endpoint, flatmap

TWO = (backend(), backend())
FILTER = flatmap(("move", "g.only", "x"), ("del", "m"))


async def filtered(response):
    return await Flatmap(endpoint(*TWO, proxy=FILTER), answers(response))(Request())


async def test_the_merged_document_is_filtered():
    assert (await filtered(Response(data={"g": {"only": 1}, "m": 2, "s": 3}))).data == {"g": None, "x": 1, "s": 3}


async def test_an_answer_that_nothing_failed_for_is_filtered_though_it_is_incomplete():
    response = await filtered(Response(data={"error_a": {}, "m": 2}, is_complete=False))
    assert (response.data, response.is_complete) == ({"error_a": {}}, False)


async def test_a_document_that_nothing_is_left_of_is_none():
    assert (await filtered(Response(data={"m": 2}))).data is None


@pytest.mark.parametrize(
    "response",
    [Response(data={"m": 1}, is_complete=False, errors=(Timeout("late"),)), Response(body=b"raw"), Response()],
    ids=["partial", "raw", "null"],
)
async def test_what_is_partial_or_no_document_stays_as_it_is(response):
    assert await filtered(response) is response


@pytest.mark.parametrize(
    ("backends", "proxy", "applies"),
    [(TWO, FILTER, True), (TWO[:1], FILTER, False), (TWO, None, False), (TWO, flatmap(("", "a")), False)],
    ids=["two backends", "one backend", "no filter", "no operation"],
)
def test_it_is_absent_without_a_filter_and_with_one_backend(backends, proxy, applies):
    assert Flatmap.applies_to(endpoint(*backends, proxy=proxy)) is applies


def test_it_cannot_be_built_without_a_filter():
    with pytest.raises(ValueError, match=r"endpoints\[0\]"):
        Flatmap(endpoint(*TWO), answers())
