"""An endpoint is assembled of what wraps it, its backends and a merger of many; shadow backends are set apart."""
import pytest
from krakpy_sdk import Request, Response
from krakpy_sdk.testing import answers

from krakpy.endpoint.parallel import Parallel
from krakpy.endpoint.pipeline import answering, build, shadow_timeout_s, shadowing
from tests.endpoint.services import backend, endpoint

MIXED = endpoint(
    backend(url_pattern="/a"), backend(url_pattern="/b", shadow=True), backend(url_pattern="/c", shadow=True)
)


def wrapping(name):
    def step(next):
        async def proxy(request):
            response = await next(request)
            return response.replace(data={**response.data, name: len(response.data)})

        return proxy

    return step


async def test_the_first_step_is_the_outermost():
    proxy = build(endpoint(), [wrapping("outer"), wrapping("inner")], [answers(Response(data={}))], None)
    assert (await proxy(Request())).data == {"inner": 0, "outer": 1}


async def test_many_backends_are_merged():
    backends = [answers(Response(data={"a": 1})), answers(Response(data={"b": 2}))]
    assert (await build(endpoint(), [], backends, Parallel(None))(Request())).data == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("chosen", "patterns"), [(answering, ["/a"]), (shadowing, ["/b", "/c"])], ids=["answering", "shadowing"]
)
def test_backends_either_answer_or_are_shadows(chosen, patterns):
    assert [found.url_pattern for found in chosen(MIXED).backends] == patterns


def test_an_endpoint_without_shadows_answers_with_all_its_backends():
    settings = endpoint(backend(), backend())
    assert answering(settings).backends == settings.backends
    assert shadowing(settings).backends == ()


@pytest.mark.parametrize(
    ("timeouts", "longest"), [((0.5,), 0.5), ((0.5, 3.0), 3.0), ((0.0, 0.5), 2.0)], ids=["own", "longest", "endpoint's"]
)
def test_shadows_have_the_longest_time_of_one_of_them(timeouts, longest):
    settings = endpoint(*[backend(shadow=True, shadow_timeout=timeout_s) for timeout_s in timeouts])
    assert shadow_timeout_s(settings) == longest
