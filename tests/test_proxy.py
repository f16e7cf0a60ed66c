"""The onion: steps around a terminal, and those that look at answers alone."""
import asyncio

import pytest
from krakpy_sdk import Request, Response, UpstreamError

from krakpy.proxy import Finishing, Unfinished, compose

REQUEST = Request(path="/a")


class Marks(Finishing):
    """Adds its mark to the body, at once or later."""

    def __init__(self, mark, next, *, later=False, is_transparent=True):
        super().__init__(next)
        self._mark = mark
        self._later = later
        self.is_transparent = is_transparent

    def finish(self, request, response):
        marked = response.replace(body=(response.body or b"") + self._mark)
        return answered(marked) if self._later else marked


async def answered(response):
    await asyncio.sleep(0)
    return response


async def terminal(request):
    return Response(body=request.path.encode())


def test_the_first_step_is_the_outermost():
    steps = [lambda next: f"a({next})", lambda next: f"b({next})"]
    assert compose(steps, "end") == "a(b(end))"


@pytest.mark.parametrize("late", range(4), ids=["none", "inner", "middle", "outer"])
async def test_an_answer_passes_from_the_inside_out_whoever_takes_time(late):
    inner = Marks(b"1", terminal, later=late == 1)
    proxy = Marks(b"3", Marks(b"2", inner, later=late == 2), later=late == 3)
    assert (await proxy(REQUEST)).body == b"/a123"


def test_the_request_goes_to_what_is_inside_of_them_all_at_once():
    asked: list[Request] = []
    proxy = Marks(b"2", Marks(b"1", asked.append))
    assert isinstance(proxy(REQUEST), Unfinished)
    assert asked == [REQUEST]


async def test_a_step_with_a_way_in_of_its_own_is_not_passed_by():
    calls = []

    class Notes(Marks):
        def __call__(self, request):
            calls.append(request)
            return super().__call__(request)

    proxy = Marks(b"2", Notes(b"1", terminal, is_transparent=False))
    assert ((await proxy(REQUEST)).body, calls) == (b"/a12", [REQUEST])


async def test_an_error_on_the_way_out_ends_it():
    class Refuses(Finishing):
        def finish(self, request, response):
            raise UpstreamError("no")

    with pytest.raises(UpstreamError):
        await Marks(b"1", Refuses(terminal))(REQUEST)
