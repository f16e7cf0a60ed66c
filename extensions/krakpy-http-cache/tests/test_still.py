"""The gateway may repeat what it made of an answer from the cache, as long as it is still the one."""
import pytest
from krakpy_sdk.testing import answers

FRESH = {"Cache_Control": "max-age=60"}


@pytest.fixture
def store(memory):
    """Others have to be awaited, and have nothing at hand."""
    return memory


async def given(cached, asks, says, request=None, fields=FRESH, **config):
    """A cache that has answered twice, and what it says of that."""
    cache = cached(answers(says(1, **fields)), **config)
    await cache(request or asks())
    assert cache.given is None
    await cache(request or asks())
    return cache, cache.given


async def test_an_answer_that_is_for_everybody_is_still_given_while_it_is_fresh(cached, asks, says, clock):
    cache, found = await given(cached, asks, says)
    clock.now += 59
    assert cache.still(found)
    clock.now += 1
    assert not cache.still(found)


async def test_another_answer_in_its_place_is_not_the_one(cached, asks, says):
    cache, found = await given(cached, asks, says)
    await cached(answers(says(2, **FRESH)))(asks(Cache_Control="no-cache"))
    assert not cache.still(found)


async def test_what_is_forgotten_is_not_given(cached, asks, says):
    cache, found = await given(cached, asks, says)
    await cache(asks(method="DELETE"))
    assert not cache.still(found)


@pytest.mark.parametrize(
    ("fields", "asked", "config"),
    [
        ({**FRESH, "Vary": "X-Lang"}, {}, {}),
        (FRESH, {"Cache_Control": "max-age=9"}, {}),
        (FRESH, {}, {"add_age": True}),
        (FRESH, {}, {"max_items": 9, "max_size": 9_000}),
    ],
    ids=["varies", "asks for more", "tells its age", "counts its uses"],
)
async def test_what_is_not_for_everybody_alike_is_not_told(cached, asks, says, fields, asked, config):
    assert (await given(cached, asks, says, asks(**asked), fields, **config))[1] is None
