"""What the service puts around its endpoints is around all that the router says too, but health and redirects."""
import json

import msgspec
import pytest
from krakpy_sdk import Headers, KrakpyError, Response

from krakpy.router.pipeline import Route, build
from tests.router.client import ask, get
from tests.router.services import plain, service


def marked(next):
    async def mark(request):
        response = await next(request)
        return response.replace(headers=response.headers.set("X-Seen", f"{request.method} {request.path}"))

    return mark


def refusing(error):
    def step(_):
        async def refuse(_):
            if isinstance(error, Exception):
                raise error
            return error

        return refuse

    return step


def app(*steps, **router):
    settings = service(**router)
    settings = msgspec.structs.replace(settings, debug_endpoint=True, echo_endpoint=True)
    return build(settings, [Route("/a", "GET", plain)], around=steps)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/zz", 404),
        ("POST", "/a", 405),
        ("GET", "/__debug/x", 200),
        ("GET", "/__echo/x", 200),
        ("OPTIONS", "/a", 200),
    ],
)
async def test_what_the_router_says_itself_passes_the_steps(method, path, status):
    answer = await ask(app(marked, auto_options=True), method, path)
    assert (answer.status, answer.header("x-seen")) == (status, f"{method} {path}")


@pytest.mark.parametrize(("path", "status"), [("/__health", 200), ("/a/", 301)])
async def test_health_and_redirects_do_not(path, status):
    answer = await get(app(refusing(Response(403))), path)
    assert answer.status == status


async def test_a_step_may_answer_in_place_of_the_router():
    answer = await get(app(refusing(Response(403, headers=Headers({"X-Why": "no"}), body=b"no"))), "/zz")
    assert (answer.status, answer.body, answer.header("x-why")) == (403, b"no", "no")


async def test_whoever_answers_in_place_of_405_says_what_is_allowed():
    answer = await ask(app(refusing(Response(403))), "POST", "/a")
    assert (answer.status, answer.header("allow")) == (403, "GET")


@pytest.mark.parametrize("error", [KrakpyError("no"), RuntimeError("defect")], ids=["refusal", "defect"])
async def test_what_a_step_raises_is_answered(error):
    answer = await get(app(refusing(error)), "/zz")
    assert answer.status >= 500
    assert b"defect" not in answer.body


async def test_the_body_stays_whole_under_the_steps():
    answer = await ask(app(marked), "POST", "/__echo/x", [("x-a", "1")], b"hello")
    assert json.loads(answer.body)["req_body"] == "hello"
