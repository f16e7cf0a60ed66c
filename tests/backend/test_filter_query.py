"""A backend sees the query parameters that it lists."""
import pytest
from krakpy_sdk import Query, Request
from krakpy_sdk.testing import answers, backend_settings

from krakpy.backend.filter_query import FilterQuery


async def passed(names, query):
    backend = answers()
    await FilterQuery(backend_settings(input_query_strings=names), backend)(Request(query=Query.parse(query)))
    return backend.requests[0].query.encode()


@pytest.mark.parametrize(
    ("names", "query", "kept"),
    [
        (["a"], "a=1&b=2", "a=1"),
        (["b", "a"], "b=2&a=3&b=1&c=4", "a=3&b=2&b=1"),
        (["a"], "A=1", ""),
        (["*"], "a=1&b=2", ""),
        ([""], "a=1", ""),
        (["a"], "", ""),
    ],
    ids=["listed only", "repeats in order", "case-sensitive", "star is a name", "empty name lets none through", "none"],
)
async def test_only_listed_parameters_pass(names, query, kept):
    assert await passed(names, query) == kept


@pytest.mark.parametrize(("names", "applies"), [((), False), (("a",), True), (("",), True)])
def test_it_is_absent_without_a_list(names, applies):
    assert FilterQuery.applies_to(backend_settings(input_query_strings=names)) is applies
