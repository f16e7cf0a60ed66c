"""A merge that is over: what still comes of its calls is neither looked at nor complained of."""
import asyncio
import gc

import pytest
from krakpy_sdk import RejectedError, Request, Response, UpstreamError

from krakpy.endpoint.parallel import Merge
from krakpy.proxy import Finishing, Promise
from tests.router.services import endpoint

REQUEST = Request(path="/a")


async def terminal(request):
    return Response()


class Later(Finishing):
    """Has more to do with an answer."""

    begun = 0

    async def _work(self, response):
        return response

    def finish(self, request, response):
        self.begun += 1
        return self._work(response)


@pytest.mark.parametrize("outcome", [Response(data={}), UpstreamError("no")], ids=["answer", "error"])
async def test_an_answer_that_comes_when_all_is_over_is_left_alone(outcome):
    """It was there already, but nobody had been told."""
    loop = asyncio.get_running_loop()
    late = loop.create_future()
    held = [late]
    ends: Promise[Response] = Promise(loop=loop)
    ends.listener = None
    step = Later(lambda _: held.pop())
    answer = asyncio.ensure_future(Merge(endpoint(), [step, lambda _: ends])(REQUEST))
    if isinstance(outcome, Exception):
        late.set_exception(outcome)
    else:
        late.set_result(outcome)
    ends.set_exception(RejectedError("no", status=400))
    with pytest.raises(RejectedError):
        await answer
    await asyncio.sleep(0)
    del late, answer
    gc.collect()
    assert step.begun == 0


async def test_calls_that_have_not_begun_are_cancelled_when_they_have():
    """Whatever they were given is put away by them: nothing is left that was never awaited."""
    given = []

    async def work():
        given.append("begun")
        await asyncio.get_running_loop().create_future()

    class Works(Finishing):
        def __call__(self, request):
            return self._of(work())

        async def _of(self, what):
            return await what

    answer = asyncio.ensure_future(Merge(endpoint(), [Works(terminal), Works(terminal)])(REQUEST))
    answer.cancel()
    await asyncio.wait([answer])
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gc.collect()
    assert given == ["begun", "begun"]
