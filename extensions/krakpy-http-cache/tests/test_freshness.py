"""An answer is given as long as it is fresh, and to requests that take it (RFC 9111 §4)."""
import pytest
from krakpy_sdk import Headers, Response
from krakpy_sdk.testing import answers

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
A_MINUTE_LATER = "Sun, 06 Nov 1994 08:50:37 GMT"
A_MINUTE_AGO = "Sun, 06 Nov 1994 08:48:37 GMT"


async def asked(cache, *requests):
    return [(await cache(request)).body for request in requests]


LIFETIMES = [
    ({"Cache_Control": "max-age=60"}, 60),
    ({"Cache_Control": "MAX-AGE=60"}, 60),
    ({"Cache_Control": 'max-age="60"'}, 60),
    ({"Cache_Control": "public , max-age = 60"}, 60),
    ({"Cache_Control": "max-age=10, s-maxage=60"}, 60),
    ({"Cache_Control": "max-age=60, max-age=10"}, 10),
    ({"Cache_Control": "max-age=60", "Expires": DATE}, 60),
    ({"Cache_Control": "max-age=60", "Age": "20"}, 40),
    ({"Cache_Control": "max-age=90", "Date": A_MINUTE_AGO}, 30),
    ({"Cache_Control": "max-age=60", "Date": A_MINUTE_LATER}, 60),
    ({"Date": DATE, "Expires": A_MINUTE_LATER}, 60),
    ({"Expires": A_MINUTE_LATER}, 60),
    ({"Cache_Control": "max-age=99999999999"}, 2**31),
]


@pytest.mark.parametrize(("fields", "lifetime_s"), LIFETIMES, ids=str)
async def test_an_answer_is_fresh_for_its_lifetime(cached, asks, says, clock, fields, lifetime_s):
    cache = cached(answers(says(1, **fields), says(2)))
    assert await asked(cache, asks(), asks()) == [b"1", b"1"]
    clock.now += lifetime_s - 1
    assert await asked(cache, asks()) == [b"1"]
    clock.now += 1
    assert await asked(cache, asks()) == [b"2"]


NOT_FRESH = [
    {},
    {"Date": DATE},
    {"Cache_Control": "max-age=0"},
    {"Cache_Control": "max-age=soon"},
    {"Cache_Control": "max-age=-5"},
    {"Cache_Control": "s-maxage=0, max-age=60"},
    {"Expires": "0"},
    {"Expires": DATE, "Date": DATE},
    {"Expires": A_MINUTE_AGO},
    {"Cache_Control": "no-cache, max-age=60"},
    {"Cache_Control": "max-age=60", "Age": "60"},
    {"Last_Modified": A_MINUTE_AGO},
]


@pytest.mark.parametrize("fields", NOT_FRESH, ids=str)
async def test_an_answer_that_names_no_time_is_never_fresh(cached, asks, says, fields):
    cache = cached(answers(says(1, **fields), says(2)))
    assert await asked(cache, asks(), asks()) == [b"1", b"2"]


NOT_KEPT = [
    {"Cache_Control": "no-store, max-age=60"},
    {"Cache_Control": "No-Store, max-age=60"},
    {"Cache_Control": "private, max-age=60"},
    {"Cache_Control": 'private="X-A", max-age=60'},
    {"Cache_Control": "max-age=60", "Vary": "*"},
    {"Cache_Control": "max-age=60", "Vary": "X-A, *"},
    {"Cache_Control": "max-age=60", "Set_Cookie": "a=b"},
]


@pytest.mark.parametrize("fields", NOT_KEPT, ids=str)
async def test_an_answer_that_may_be_for_one_alone_is_not_kept(cached, asks, says, fields):
    cache = cached(answers(says(1, **fields), says(2)))
    assert await asked(cache, asks(), asks()) == [b"1", b"2"]


@pytest.mark.parametrize(
    ("directive", "is_kept"),
    [("max-age=60", False), ("max-age=60, public", True), ("s-maxage=60", True), ("max-age=60, must-revalidate", True)],
)
async def test_an_answer_to_who_has_a_token_is_kept_where_that_is_allowed(cached, asks, says, directive, is_kept):
    """RFC 9111 §3.5."""
    cache = cached(answers(says(1, Cache_Control=directive), says(2)))
    request = asks(Authorization="Bearer x")
    assert await asked(cache, request, request) == [b"1", b"1" if is_kept else b"2"]


@pytest.mark.parametrize(
    ("cache_control", "expected"),
    [
        ("no-cache", b"2"),
        ("max-age=0", b"2"),
        ("max-age=20", b"1"),
        ("max-age=5", b"2"),
        ("min-fresh=49", b"1"),
        ("min-fresh=51", b"2"),
        ("no-store", b"1"),
        ("only-if-cached", b"1"),
        ("nonsense", b"1"),
    ],
)
async def test_a_request_says_how_fresh_it_has_to_be(cached, asks, says, clock, cache_control, expected):
    cache = cached(answers(says(1, Cache_Control="max-age=60"), says(2)))
    await cache(asks())
    clock.now += 10
    assert await asked(cache, asks(Cache_Control=cache_control)) == [expected]


@pytest.mark.parametrize(
    ("cache_control", "said", "expected"),
    [
        ("max-stale", "max-age=60", b"1"),
        ("max-stale=11", "max-age=60", b"1"),
        ("max-stale=10", "max-age=60", b"2"),
        ("max-stale", "max-age=60, must-revalidate", b"2"),
        ("max-stale", "s-maxage=60", b"2"),
        ("only-if-cached", "max-age=60", b""),
    ],
)
async def test_a_request_says_how_old_it_may_be(cached, asks, says, clock, cache_control, said, expected):
    cache = cached(answers(says(1, Cache_Control=said, ETag='"a"'), says(2)))
    await cache(asks())
    clock.now += 70
    assert await asked(cache, asks(Cache_Control=cache_control)) == [expected]


async def test_who_wants_it_from_the_cache_alone_gets_504_where_it_is_not(cached, asks):
    backend = answers()
    assert (await cached(backend)(asks(Cache_Control="only-if-cached"))).status == 504
    assert backend.requests == []


async def test_what_a_request_brought_that_stores_nothing_is_not_kept(cached, asks, says):
    cache = cached(answers(says(1, Cache_Control="max-age=60"), says(2)))
    assert await asked(cache, asks(Cache_Control="no-store"), asks()) == [b"1", b"2"]


async def test_a_request_past_the_cache_brings_a_newer_answer_for_all(cached, asks, says):
    fresh = {"Cache_Control": "max-age=60"}
    cache = cached(answers(says(1, **fresh), says(2, **fresh), says(3)))
    assert await asked(cache, asks(), asks(Cache_Control="no-cache"), asks()) == [b"1", b"2", b"2"]


async def test_an_answer_is_for_requests_that_agree_in_what_it_varies_by(cached, asks, says):
    varied = {"Cache_Control": "max-age=60", "Vary": "X-Lang, Accept"}
    cache = cached(answers(says(1, **varied), says(2, **varied), says(3)))
    found = await asked(cache, asks(X_Lang="de"), asks(x_lang="de", X_Other="1"), asks(X_Lang="en"), asks(X_Lang="en"))
    assert found == [b"1", b"1", b"2", b"2"]


async def test_a_clock_that_is_set_back_makes_nothing_younger_than_it_was(cached, asks, says, clock):
    cache = cached(answers(says(1, Cache_Control="max-age=60", Age="50"), says(2)))
    await cache(asks())
    clock.now -= 3_600
    assert await asked(cache, asks(Cache_Control="max-age=40")) == [b"2"]


async def test_an_answer_is_given_as_it_came(cached, asks):
    fields = (("Cache-Control", "max-age=60"), ("X-A", "1"), ("X-A", "2"), ("Connection", "X-B"), ("X-B", "3"))
    came = Response(200, headers=Headers(fields), body=b"\x00\xff")
    cache = cached(answers(came))
    await cache(asks())
    kept = await cache(asks())
    assert (kept.status, kept.body, kept.headers.pairs) == (200, b"\x00\xff", fields[:3])


async def test_its_age_is_told_where_that_is_asked_for(cached, asks, says, clock):
    cache = cached(answers(says(1, Cache_Control="max-age=60", Age="5")), add_age=True)
    await cache(asks())
    clock.now += 10.9
    assert (await cache(asks())).headers.getall("Age")[-1] == "15"
