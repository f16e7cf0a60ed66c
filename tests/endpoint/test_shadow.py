"""Shadow backends get a copy of every request in the background, and change nothing for the client."""
import asyncio
import logging

import pytest
from krakpy_sdk import KrakpyError, RejectedError, Request, Response, UpstreamError
from krakpy_sdk.testing import answers

from krakpy.config.settings import Mirror
from krakpy.endpoint.shadow import Shadow
from krakpy.testing import Upstream, gateway
from tests.endpoint.services import endpoint

REAL = Response(data={"real": 1})


def mirrored(proxy, **limits):
    return Mirror(proxy=proxy, **{"timeout_s": 1.0, "max_copies": 1000, "max_bytes": 64 * 1024 * 1024, **limits})


def shadowed(mirror, upstream=None, *, max_kept_body=10, **limits):
    settings = endpoint(mirror=mirrored(mirror, **limits), max_kept_body=max_kept_body)
    return Shadow(settings, upstream or answers(REAL))


async def turns(count=3):
    for _ in range(count):
        await asyncio.sleep(0)


class Slow:
    """A pipe that waits until it is let go, and remembers what came of it."""

    def __init__(self):
        self.requests = []
        self.go = asyncio.Event()
        self.ended = asyncio.Event()

    async def __call__(self, request):
        self.requests.append(request)
        try:
            await self.go.wait()
        finally:
            self.ended.set()
        return REAL


async def stream(*pieces):
    for piece in pieces:
        yield piece


async def test_the_answer_is_that_of_the_other_backends():
    mirror = answers(Response(data={"shadow": 1}))
    assert await shadowed(mirror)(Request(body=b"")) is REAL


async def test_the_answer_does_not_wait_for_a_shadow():
    mirror = Slow()
    assert await shadowed(mirror)(Request()) is REAL
    await turns()
    assert (len(mirror.requests), mirror.ended.is_set()) == (1, False)
    mirror.go.set()


@pytest.mark.parametrize("body", [{"body": b"abc"}, {"stream": stream(b"ab", b"c")}], ids=["body", "stream"])
async def test_both_get_all_of_the_body_and_the_rest_of_the_request(body):
    mirror, upstream = answers(), answers()
    await shadowed(mirror, upstream)(Request("POST", "/a", params={"p": "1"}, **body))
    await turns()
    for request in (mirror.requests[0], upstream.requests[0]):
        assert (request.body, request.stream, request.path, request.params) == (b"abc", None, "/a", {"p": "1"})


async def test_a_copy_of_no_body_is_an_empty_one_for_both():
    mirror, upstream = answers(), answers()
    await shadowed(mirror, upstream)(Request("PUT"))
    await turns()
    assert (mirror.requests[0].body, upstream.requests[0].body) == (b"", b"")


async def test_a_body_that_is_too_large_reaches_nobody():
    async def endless():
        while True:
            yield b"x" * 1024 * 1024

    mirror, upstream = answers(), answers()
    with pytest.raises(RejectedError):
        await shadowed(mirror, upstream)(Request(stream=endless()))
    await turns()
    assert mirror.requests == upstream.requests == []


async def test_a_shadow_has_a_deadline_of_its_own():
    mirror, now = answers(), asyncio.get_running_loop().time()
    await shadowed(mirror, timeout_s=60.0)(Request(deadline=now + 1))
    await turns()
    assert mirror.requests[0].deadline == pytest.approx(now + 60, abs=1)


async def test_a_shadow_ends_when_its_time_is_over():
    mirror = Slow()
    await shadowed(mirror, timeout_s=0.01)(Request())
    async with asyncio.timeout(5):
        await mirror.ended.wait()
    assert not mirror.go.is_set()


async def test_a_client_that_leaves_does_not_end_a_shadow():
    mirror, upstream = Slow(), Slow()
    request = asyncio.ensure_future(shadowed(mirror, upstream)(Request()))
    await turns()
    request.cancel()
    await turns()
    assert (upstream.ended.is_set(), mirror.ended.is_set()) == (True, False)
    mirror.go.set()


async def test_a_failure_of_the_other_backends_is_the_requests():
    mirror = answers()
    with pytest.raises(UpstreamError):
        await shadowed(mirror, answers(UpstreamError("down")))(Request())
    await turns()
    assert len(mirror.requests) == 1


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (UpstreamError("down http://b/?q=secret"), logging.DEBUG),
        (TimeoutError(), logging.DEBUG),
        (KeyError("x"), logging.ERROR),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_failure_of_a_shadow_is_logged_and_nothing_else(caplog, error, level):
    caplog.set_level(logging.DEBUG, "krakpy.endpoint")
    assert await shadowed(answers(error))(Request()) is REAL
    await turns()
    (record,) = caplog.records
    text = "down http://b/?…" if isinstance(error, KrakpyError) else ""
    assert record.levelno == level
    assert record.fields == {"endpoint": "GET /test", "cause": type(error).__name__, "error": text}


@pytest.mark.parametrize(
    ("limits", "body"), [({"max_copies": 1}, b""), ({"max_bytes": 3}, b"ab")], ids=["copies", "bytes"]
)
async def test_there_are_so_many_copies_under_way_and_no_more(limits, body, caplog):
    mirror = Slow()
    step = shadowed(mirror, **limits)
    for _ in range(3):
        assert await step(Request(body=body)) is REAL
    await turns()
    assert (len(mirror.requests), caplog.records) == (1, [])
    mirror.go.set()
    for _ in range(2):
        await turns()
        assert await step(Request(body=body)) is REAL
    await turns()
    (record,) = caplog.records
    assert (len(mirror.requests), record.fields) == (3, {"endpoint": "GET /test", "copies": 2})


@pytest.mark.parametrize(("mirror", "applies"), [(None, False), (mirrored(answers()), True)])
def test_it_is_absent_without_shadow_backends(mirror, applies):
    assert Shadow.applies_to(endpoint(mirror=mirror)) is applies


def test_it_cannot_be_built_without_shadow_backends():
    with pytest.raises(ValueError, match=r"endpoints\[0\]"):
        Shadow(endpoint(), answers())


def asking(*patterns, **keys):
    """A configuration of one endpoint; patterns with `shadow` in them are those of shadow backends."""
    backends = [
        {"url_pattern": pattern, "host": ["http://b.test"], "extra_config": {"proxy": {"shadow": "shadow" in pattern}}}
        for pattern in patterns
    ]
    return {"endpoints": [{"endpoint": "/a", "backend": backends, **keys}]}


async def asked(config, *, extensions=None, **routes):
    upstream = Upstream({f"/{path}": answer for path, answer in routes.items()})
    async with gateway(config, upstream, **(extensions or {})) as client:
        response = await client.get("/a")
        await turns(10)
    return response, sorted(request.url.removeprefix("http://b.test") for request in upstream.requests)


async def test_a_gateway_asks_both_and_answers_with_one():
    response, urls = await asked(asking("/real", "/shadow"), real={"a": 1}, shadow={"b": 2})
    assert (response.json(), response.headers["x-krakend-completed"]) == ({"a": 1}, "true")
    assert urls == ["/real", "/shadow"]


async def test_the_other_backends_are_merged_without_the_shadows():
    response, urls = await asked(asking("/x", "/shadow/1", "/y", "/shadow/2"), x={"a": 1}, y={"b": 2})
    assert (response.json(), response.headers["x-krakend-completed"]) == ({"a": 1, "b": 2}, "true")
    assert urls == ["/shadow/1", "/shadow/2", "/x", "/y"]


async def test_shadows_have_what_stands_inside_of_them():
    static = {"proxy": {"static": {"strategy": "always", "data": {"s": 1}}}}
    response, urls = await asked(asking("/real", "/shadow", extra_config=static), real={"a": 1})
    assert (response.json(), urls) == ({"a": 1, "s": 1}, ["/real", "/shadow"])


@pytest.mark.parametrize(
    ("limits", "urls"),
    [({}, ["/real", "/shadow"]), ({"max_shadow_copies": 0}, ["/real"]), ({"max_shadow_bytes": 3}, ["/real"])],
    ids=["default", "copies", "bytes"],
)
async def test_the_operator_says_how_much_of_it_may_be_under_way(limits, urls):
    config = asking("/real", "/shadow", method="POST") | {"extra_config": {"krakpy/backends": limits}}
    upstream = Upstream({"/real": {}, "/shadow": {}})
    async with gateway(config, upstream) as client:
        await client.request("POST", "/a", {}, b"body")
        await turns(10)
    assert sorted(request.url.removeprefix("http://b.test") for request in upstream.requests) == urls


class Around:
    """A middleware that wraps the shadow and counts its calls."""

    outside = ("shadow",)
    calls: list[Request] = []

    def __init__(self, settings, next):
        self._next = next

    async def __call__(self, request):
        self.calls.append(request)
        return await self._next(request)


async def test_what_stands_around_the_shadow_is_there_once():
    around = {"endpoint": {"acme/around": Around}}
    config = asking("/real", "/shadow", extra_config={"acme/around": {}})
    _, urls = await asked(config, extensions=around, real={"a": 1})
    assert (len(Around.calls), urls) == (1, ["/real", "/shadow"])


async def test_an_endpoint_with_shadows_alone_answers_a_bare_500_and_asks_nobody():
    response, urls = await asked(asking("/shadow"), shadow={"a": 1})
    assert (response.status, response.body, urls) == (500, b"", [])
    assert "x-krakend" not in response.headers
