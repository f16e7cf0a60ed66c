"""Hosts take turns, and the address is complete."""
from collections import Counter

import pytest
from krakpy_sdk import Query, Request, UpstreamError
from krakpy_sdk.testing import answers, backend_settings

from krakpy.backend.load_balancer import LoadBalancer


def balancer(hosts, backend, start=0):
    return LoadBalancer(backend_settings(discover=lambda: hosts), backend, lambda _: start)


async def asked(hosts, *, times=1, start=0, **request):
    backend = answers()
    balance = balancer(hosts, backend, start)
    for _ in range(times):
        await balance(Request(**request))
    return [request.url for request in backend.requests]


async def test_hosts_take_turns():
    assert await asked(["a:", "b:", "c:"], times=4) == ["a:/", "b:/", "c:/", "a:/"]


@pytest.mark.parametrize(("start", "first"), [(0, "a:/"), (1, "b:/"), (5, "c:/"), (10**6, "b:/")])
async def test_the_first_turn_is_chosen_at_random(start, first):
    assert await asked(["a:", "b:", "c:"], start=start) == [first]


async def test_a_host_that_is_listed_twice_gets_twice_as_much():
    assert Counter(await asked(["a:", "a:", "b:"], times=30)) == {"a:/": 20, "b:/": 10}


async def test_hosts_are_those_of_the_moment():
    hosts, backend = ["a:"], answers()
    balance = balancer(hosts, backend)
    await balance(Request())
    hosts[:] = ["b:"]
    await balance(Request())
    assert [request.url for request in backend.requests] == ["a:/", "b:/"]


@pytest.mark.parametrize(
    ("path", "query", "url"),
    [
        ("/x", "", "http://a/x"),
        ("/x", "b=1&a=2", "http://a/x?a=2&b=1"),
        ("/x?z=9&a=0", "b=1&a=2", "http://a/x?z=9&a=0&a=2&b=1"),
        ("/x?z=9", "", "http://a/x?z=9"),
        ("/x", "q=a+b%26c", "http://a/x?q=a+b%26c"),
    ],
    ids=["no query", "forwarded, sorted by name", "after the pattern's own", "the pattern's own", "encoded as a form"],
)
async def test_the_address_is_host_path_and_query(path, query, url):
    assert await asked(["http://a"], path=path, query=Query.parse(query)) == [url]


async def test_without_hosts_nothing_is_asked():
    backend = answers()
    with pytest.raises(UpstreamError, match="no hosts available"):
        await balancer([], backend)(Request())
    assert backend.requests == []


async def test_workers_start_somewhere_by_themselves():
    backend = answers()
    await LoadBalancer(backend_settings(), backend)(Request())
    assert backend.requests[0].url == "http://backend.test/"
