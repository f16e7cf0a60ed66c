"""What modifiers of the backend say of an answer is what it is kept by (KrakenD: the documented way to a `max-age`)."""
import pytest
from krakpy_http_cache import AfterMartian, CacheConfig
from krakpy_sdk.testing import answers, backend_settings


def martian(next, **fields):
    """Sets fields of every answer."""

    async def changed(request):
        response = await next(request)
        headers = response.headers
        for name, value in fields.items():
            headers = headers.set(name.replace("_", "-"), value)
        return response.replace(headers=headers)

    return changed


def around(next):
    return AfterMartian(backend_settings(config=CacheConfig()), next)


async def test_a_field_that_they_set_counts(cached, asks, says):
    backend = answers(says(1), says(2))
    proxy = around(martian(cached(backend), Cache_Control="max-age=60"))
    assert [(await proxy(asks())).body for _ in range(2)] == [b"1", b"1"]


async def test_a_field_that_they_replace_does_not(cached, asks, says):
    backend = answers(says(1, Cache_Control="max-age=60"), says(2))
    proxy = around(martian(cached(backend), Cache_Control="no-store"))
    assert [(await proxy(asks())).body for _ in range(2)] == [b"1", b"2"]


async def test_what_is_given_from_the_cache_passes_them_too(cached, asks, says):
    proxy = around(martian(cached(answers(says(1))), Cache_Control="max-age=60", X_A="1"))
    assert [(await proxy(asks())).headers.getall("X-A") for _ in range(2)] == [["1"], ["1"]]


@pytest.mark.parametrize(("extra_config", "applies"), [({"modifier/martian": {}}, True), ({}, False)], ids=str)
def test_it_is_absent_where_there_are_none(extra_config, applies):
    assert AfterMartian.applies_to(backend_settings(extra_config=extra_config)) is applies
