"""Screens of the router seat do the same on every way of a request, and leave the lane where they change nothing."""
import pytest
from krakpy_sdk import Headers, RejectedError, Response
from krakpy_sdk.screening import Screen

from tests.origins import answering, ok
from tests.ways import endpoint, get, open_gateway, outcomes, prepared, run

DOCUMENT = ok(b'{"a":1}')


class Passing(Screen):
    def admit(self, request):
        assert request.headers["Host"] == "gw.test"
        return request


class Marking(Screen):
    outside = ("screen/refusing",)

    def finish(self, request, response):
        mark = f"{request.method} {request.path} {response.status}"
        return response.replace(headers=response.headers.set("X-Mark", mark))


class Changing(Screen):
    def admit(self, request):
        return request.replace(headers=request.headers.set("X-One", "changed"))


class Refusing(Screen):
    def admit(self, request):
        return Response(403, headers=Headers({"X-Why": "no"}), body=b"no") if "x-no" in request.headers else request


class Rejecting(Screen):
    def admit(self, request):
        raise RejectedError("not you", status=401)


class Broken(Screen):
    def admit(self, request):
        raise RuntimeError("defect")


class Waiting(Screen):
    """One with a `__call__` of its own is none that can be taken together with others."""

    async def __call__(self, request):
        response = await self.next(request)
        return response.replace(headers=response.headers.set("X-Waited", "1"))


SCREENS = {
    "screen/passing": Passing, "screen/marking": Marking, "screen/changing": Changing, "screen/refusing": Refusing,
    "screen/rejecting": Rejecting, "screen/broken": Broken, "screen/waiting": Waiting,
}


def screened(*names, **own):
    wanted: dict[str, dict] = {f"screen/{name}": {} for name in names}
    own = endpoint("/a", extra_config=wanted, input_headers=["X-One"], **own)
    return prepared(own, extensions={"router": SCREENS}, are_trusted=True)


CASES = [
    ("passing",), ("marking",), ("changing",), ("changing", "marking"), ("refusing",), ("marking", "refusing"),
    ("rejecting",), ("marking", "rejecting"), ("broken",), ("waiting",), ("marking", "waiting", "passing"),
]


@pytest.mark.parametrize("names", CASES, ids=" ".join)
@pytest.mark.parametrize("is_no_op", [False, True], ids=["json", "no-op"])
@pytest.mark.parametrize("fields", [(), ("X-No: 1",), ("X-One: 1",)], ids=["plain", "refused", "field"])
def test_every_way_gives_the_same(names, is_no_op, fields):
    own = {"output_encoding": "no-op"} if is_no_op else {}
    lane, direct, asgi = outcomes(screened(*names, **own), lambda: answering(DOCUMENT), get("/a", *fields), get("/a"))
    assert lane == direct == asgi


async def by_lane(configured, request):
    async with open_gateway(configured, answering(DOCUMENT)) as gateway:
        visitor = gateway.visitor()
        return await visitor.ask(request), gateway.by_lane


@pytest.mark.parametrize(("names", "is_taken"), [(("passing", "marking"), True), (("waiting",), False)])
def test_a_lane_stays_open_for_screens_alone(names, is_taken):
    assert run(by_lane(screened(*names), get()))[1] == [is_taken]


def test_a_changed_request_is_what_the_upstream_gets():
    async def asked():
        async with open_gateway(screened("changing"), answering(DOCUMENT)) as gateway:
            await gateway.visitor().ask(get("/a", "X-One: mine"))
            return gateway.upstream.requests

    [request] = run(asked())
    assert b"X-One: changed" in request
    assert b"mine" not in request


def test_who_stands_around_sees_what_is_refused_inside():
    heard, _ = run(by_lane(screened("marking", "refusing"), get("/a", "X-No: 1")))
    assert b"x-mark: GET /a 403" in heard
    assert heard.endswith(b"no")
