"""A backend sees the header fields that it lists."""
import pytest
from krakpy_sdk import Headers, Request
from krakpy_sdk.testing import answers, backend_settings

from krakpy.backend.filter_headers import FilterHeaders

SENT = (("X-One", "1"), ("x-two", "2"), ("X-ONE", "3"), ("User-Agent", "krakpy"), ("X-Forwarded-For", "::1"))


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (["x-one"], (("X-One", "1"), ("X-ONE", "3"))),
        (["X-TWO", "User-Agent"], (("x-two", "2"), ("User-Agent", "krakpy"))),
        (["*"], ()),
        ([""], ()),
    ],
    ids=["repeats in order", "any case", "star is a name", "empty name lets nothing through"],
)
async def test_only_listed_fields_pass(names, kept):
    backend = answers()
    await FilterHeaders(backend_settings(input_headers=names), backend)(Request(headers=Headers(SENT)))
    assert backend.requests[0].headers.pairs == kept


@pytest.mark.parametrize(("names", "applies"), [((), False), (("X-A",), True)])
def test_it_is_absent_without_a_list(names, applies):
    assert FilterHeaders.applies_to(backend_settings(input_headers=names)) is applies
