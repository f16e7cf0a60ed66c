"""A screen answers, changes or passes a request, and changes its answer, without waiting itself."""
from krakpy_sdk import Request, Response
from krakpy_sdk.screening import Screen
from krakpy_sdk.testing import answers


class Closed(Screen):
    def admit(self, request):
        return Response(503) if request.path == "/closed" else request.replace(path="/seen")


class Doubled(Screen):
    def finish(self, request, response):
        return response.replace(status=response.status * 2)


async def test_a_request_goes_on_as_it_was_admitted():
    next = answers(Response(200))
    assert (await Closed(None, next)(Request(path="/a"))).status == 200
    assert [request.path for request in next.requests] == ["/seen"]


async def test_an_answer_of_admit_ends_the_request():
    next = answers(Response(200))
    assert (await Closed(None, next)(Request(path="/closed"))).status == 503
    assert not next.requests


async def test_an_answer_passes_finish():
    assert (await Doubled(None, answers(Response(200)))(Request())).status == 400


async def test_who_stands_around_finishes_what_is_answered_inside():
    assert (await Doubled(None, Closed(None, answers()))(Request(path="/closed"))).status == 1006


async def test_a_screen_of_nothing_passes_all():
    response = Response(200)
    assert await Screen(None, answers(response))(Request()) is response
