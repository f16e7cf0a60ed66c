"""What is not fresh any more is asked about, and stands in where the backend fails."""
import pytest
from krakpy_sdk import Refused, Response
from krakpy_sdk.testing import answers

CHANGED = "Sun, 06 Nov 1994 08:00:00 GMT"


async def test_the_backend_is_asked_whether_it_has_changed(cached, asks, says):
    backend = answers(says(1, ETag='"v1"', Last_Modified=CHANGED), Response(304), says(2, ETag='"v2"'))
    cache = cached(backend)
    bodies = [(await cache(asks())).body for _ in range(3)]
    assert bodies == [b"1", b"1", b"2"]
    assert [request.headers.get("If-None-Match") for request in backend.requests] == [None, '"v1"', '"v1"']
    assert backend.requests[1].headers["If-Modified-Since"] == CHANGED


async def test_what_has_not_changed_is_fresh_again_with_the_newer_fields(cached, asks, says, clock):
    confirmed = says(9, status=304, Cache_Control="max-age=60", X_A="new", Content_Length="0")
    backend = answers(says(1, ETag='"v1"', X_A="old", X_B="b", Content_Length="1"), confirmed)
    cache = cached(backend)
    answered = [await cache(asks()) for _ in range(3)][2]
    assert (answered.status, answered.body, len(backend.requests)) == (200, b"1", 2)
    assert answered.headers == {
        "ETag": '"v1"', "X-B": "b", "Content-Length": "1", "Cache-Control": "max-age=60", "X-A": "new",
    }  # fmt: skip


async def test_another_variant_is_not_asked_about(cached, asks, says):
    backend = answers(says(1, ETag='"v1"', Vary="X-Lang"), says(2))
    cache = cached(backend)
    await cache(asks(X_Lang="de"))
    await cache(asks(X_Lang="en"))
    assert "If-None-Match" not in backend.requests[1].headers


@pytest.mark.parametrize("failure", [Refused("x"), Response(500, body=b"x"), Response(503, body=b"x")], ids=str)
@pytest.mark.parametrize(
    ("said", "asked", "stands_in"),
    [
        ("max-age=60, stale-if-error=100", "", True),
        ("max-age=60, stale-if-error", "", True),
        ("max-age=60", "stale-if-error=100", True),
        ("max-age=60, stale-if-error=5", "", False),
        ("max-age=60, stale-if-error=100, must-revalidate", "", False),
        ("max-age=60", "", False),
    ],
)
async def test_a_stale_answer_stands_in_for_a_failure_where_that_is_allowed(
    cached, asks, says, clock, failure, said, asked, stands_in
):
    cache = cached(answers(says(1, Cache_Control=said, ETag='"a"'), failure))
    request = asks(Cache_Control=asked) if asked else asks()
    await cache(request)
    clock.now += 70
    try:
        body = (await cache(request)).body
    except Refused:
        body = b"x"
    assert body == (b"1" if stands_in else b"x")


async def test_what_stood_in_once_stands_in_again(cached, asks, says, clock):
    cache = cached(answers(says(1, Cache_Control="max-age=60, stale-if-error"), Refused("x")))
    await cache(asks())
    clock.now += 70
    assert [(await cache(asks())).body for _ in range(3)] == [b"1"] * 3


async def test_what_is_neither_fresh_nor_can_be_asked_about_takes_no_room(cached, asks, says, memory):
    await cached(answers(says(1)))(asks())
    assert not memory._entries


async def test_what_the_backend_says_now_takes_the_place_of_what_it_said(cached, asks, says, memory):
    cache = cached(answers(says(1, ETag='"a"'), says(2, Cache_Control="no-store")))
    assert [(await cache(asks())).body for _ in range(2)] == [b"1", b"2"]
    assert not memory._entries
