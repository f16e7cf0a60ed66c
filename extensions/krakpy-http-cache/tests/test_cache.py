"""What is kept, with whom it is shared, and what forgets it."""
import asyncio

import pytest
from krakpy_sdk import Refused
from krakpy_sdk.testing import answers

FRESH = {"Cache_Control": "max-age=60"}


async def bodies(cache, *requests):
    return [(await cache(request)).body for request in requests]


async def test_every_url_is_its_own(cached, asks, says):
    cache = cached(answers(says(1, **FRESH), says(2, **FRESH)))
    assert await bodies(cache, asks("http://a.test/?x=1"), asks("http://a.test/?x=2"), asks("http://a.test/?x=1")) == [
        b"1", b"2", b"1",
    ]  # fmt: skip


async def test_a_head_is_not_a_get(cached, asks, says):
    cache = cached(answers(says("", **FRESH), says(2, **FRESH)))
    assert await bodies(cache, asks(method="HEAD"), asks(), asks(method="HEAD")) == [b"", b"2", b""]


CONDITIONS = [{"Range": "bytes=0-1"}, {"If_None_Match": '"a"'}, {"If_Modified_Since": "x"}, {"If_Match": "*"}]


@pytest.mark.parametrize("fields", CONDITIONS, ids=str)
async def test_a_request_with_conditions_of_its_own_passes(cached, asks, says, fields):
    cache = cached(answers(says(1, **FRESH), says(2, **FRESH), says(3)))
    assert await bodies(cache, asks(), asks(**fields), asks()) == [b"1", b"2", b"1"]


async def test_a_get_with_a_body_passes(cached, asks, says):
    cache = cached(answers(says(1, **FRESH), says(2, **FRESH)))
    assert await bodies(cache, asks(body=b"x"), asks(body=b"y")) == [b"1", b"2"]


@pytest.mark.parametrize(
    ("method", "status", "forgets"),
    [("POST", 201, True), ("DELETE", 204, True), ("POST", 500, False), ("OPTIONS", 200, False)],
)
async def test_an_unsafe_request_that_succeeds_forgets_the_url(cached, asks, says, method, status, forgets):
    cache = cached(answers(says(1, **FRESH), says("", status=status), says(3)))
    await cache(asks())
    await cache(asks(method=method))
    assert await bodies(cache, asks()) == [b"3" if forgets else b"1"]


@pytest.mark.parametrize("shared", [False, True])
async def test_backends_share_where_both_want_it(cached, asks, says, shared):
    one = cached(answers(says(1, **FRESH)), shared=shared)
    other = cached(answers(says(2, **FRESH)), "endpoints[1].backend[0]", shared=True)
    assert await bodies(one, asks()) + await bodies(other, asks()) == [b"1", b"1" if shared else b"2"]


async def test_workers_share(cached, asks, says):
    one, other = cached(answers(says(1, **FRESH))), cached(answers(says(2)))
    assert await bodies(one, asks()) + await bodies(other, asks()) == [b"1", b"1"]


@pytest.mark.parametrize(
    ("status", "is_no_op", "is_kept"),
    [(200, False, True), (201, False, True), (404, False, False), (500, False, False), (404, True, True),
     (301, True, True), (206, True, False)],
)  # fmt: skip
async def test_what_is_an_answer_is_kept(cached, asks, says, status, is_no_op, is_kept):
    """KrakenD: what is read."""
    cache = cached(answers(says(1, status=status, **FRESH), says(2)), is_no_op=is_no_op)
    assert await bodies(cache, asks(), asks()) == [b"1", b"1" if is_kept else b"2"]


async def pieces(*parts, error=None):
    for part in parts:
        yield part
    if error:
        raise error


async def read(response):
    return b"".join([piece async for piece in response.stream])


async def test_a_body_on_its_way_is_kept_when_all_of_it_has_passed(cached, asks, says):
    came = says(1, **FRESH).replace(body=None, stream=pieces(b"a", b"b"))
    cache = cached(answers(came, says(2)), is_no_op=True)
    passing = await cache(asks())
    assert await bodies(cache, asks("http://a.test/other")) == [b"2"]
    assert await read(passing) == b"ab"
    assert await bodies(cache, asks()) == [b"ab"]


async def test_a_body_that_breaks_off_is_not_kept(cached, asks, says):
    came = says(1, **FRESH).replace(body=None, stream=pieces(b"a", error=Refused("x")))
    cache = cached(answers(came, says(2)), is_no_op=True)
    with pytest.raises(Refused):
        await read(await cache(asks()))
    assert await bodies(cache, asks()) == [b"2"]


async def test_what_is_too_large_passes_and_is_not_kept(cached, asks, says):
    large = says(1, **FRESH).replace(body=None, stream=pieces(b"a" * 600, b"b" * 600))
    cache = cached(answers(says("x" * 1_200, **FRESH), large, says(3)), is_no_op=True, max_entry_size=1_000)
    assert len((await cache(asks())).body) == 1_200
    assert await read(await cache(asks())) == b"a" * 600 + b"b" * 600
    assert await bodies(cache, asks()) == [b"3"]


def url(number):
    return f"http://a.test/{number}"


async def test_the_least_recently_used_go_first(cached, asks, says):
    backend = answers(*[says(number, **FRESH) for number in range(10)])
    cache = cached(backend, max_items=2, max_size=100_000)
    await bodies(cache, asks(url("a")), asks(url("b")), asks(url("a")), asks(url("c")))
    assert len(backend.requests) == 3
    await bodies(cache, asks(url("a")), asks(url("c")))
    assert len(backend.requests) == 3
    await bodies(cache, asks(url("b")))
    assert len(backend.requests) == 4


async def test_bytes_are_bounded_too(cached, asks, says):
    backend = answers(says("x" * 1_000, **FRESH))
    cache = cached(backend, max_items=100, max_size=3_500)
    for number in (1, 2, 3, 4, 4, 3, 2):
        await cache(asks(url(number)))
    assert len(backend.requests) == 4
    await cache(asks(url(1)))
    assert len(backend.requests) == 5


async def test_a_cap_alone_is_none(cached, asks, says):
    backend = answers(says(1, **FRESH))
    cache = cached(backend, max_items=1)
    await bodies(cache, asks(url(1)), asks(url(2)), asks(url(1)))
    assert len(backend.requests) == 2


async def test_what_is_forgotten_makes_room(cached, asks, says):
    backend = answers(says(1, **FRESH), says("", status=204), says(2, **FRESH))
    cache = cached(backend, max_items=1, max_size=10_000)
    await bodies(cache, asks(), asks(method="DELETE"), asks(), asks())
    assert len(backend.requests) == 3


async def test_of_many_that_ask_at_the_same_time_one_asks_the_backend(cached, asks, says):
    came = asyncio.get_running_loop().create_future()
    backend = answers(came)
    cache = cached(backend)
    asking = [asyncio.ensure_future(cache(asks())) for _ in range(50)]
    await settle()
    assert len(backend.requests) == 1
    came.set_result(says(1, **FRESH))
    assert {(await answer).body for answer in asking} == {b"1"}
    assert len(backend.requests) == 1


async def test_after_a_failure_the_next_one_asks(cached, asks, says):
    loop = asyncio.get_running_loop()
    first, second = loop.create_future(), loop.create_future()
    backend = answers(first, second)
    cache = cached(backend)
    asking = [asyncio.ensure_future(cache(asks())) for _ in range(10)]
    await settle()
    first.set_exception(Refused("x"))
    await settle()
    assert len(backend.requests) == 2
    second.set_result(says(1, **FRESH))
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    assert sorted(getattr(outcome, "body", b"failed") for outcome in outcomes) == [b"1"] * 9 + [b"failed"]


async def test_who_leaves_takes_nobody_with_him(cached, asks, says):
    loop = asyncio.get_running_loop()
    second = loop.create_future()
    cache = cached(answers(loop.create_future(), second))
    asking = [asyncio.ensure_future(cache(asks())) for _ in range(3)]
    await settle()
    asking[0].cancel()
    await settle()
    second.set_result(says(1, **FRESH))
    assert [(await answer).body for answer in asking[1:]] == [b"1", b"1"]


async def test_answers_that_nobody_can_share_are_not_waited_for_twice(cached, asks, says):
    loop = asyncio.get_running_loop()
    backend = answers(says(1), *[loop.create_future() for _ in range(5)])
    cache = cached(backend)
    await cache(asks())
    asking = [asyncio.ensure_future(cache(asks())) for _ in range(5)]
    await settle()
    assert len(backend.requests) == 6
    for answer in asking:
        answer.cancel()
    await asyncio.gather(*asking, return_exceptions=True)


async def settle():
    for _ in range(20):
        await asyncio.sleep(0)


async def test_what_another_version_has_written_is_not_read(cached, asks, says, store):
    cache = cached(answers(says(1, **FRESH), says(2)), shared=True)
    await cache(asks())
    put = store.put("cache/shared/all/http://a.test/x", b"\xff nonsense", 60.0)
    if put is not None:
        await put
    assert await bodies(cache, asks()) == [b"2"]
