"""Work for a client that has gone away is cancelled, and nobody else's."""
import asyncio

import pytest

from krakpy.router.call import Call
from krakpy.router.client_body import ClientBody
from krakpy.router.disconnects import Disconnects, unwatch
from tests.router.client import Client


def asked(client, body=None):
    call = Call(client.receive)
    call.body = body
    return call


async def working(disconnects, call):
    """What a resource does: it works for ever, or until its client goes away."""
    task = disconnects.enter(call)
    try:
        await asyncio.get_running_loop().create_future()
    finally:
        disconnects.leave(task)
        unwatch(call)


async def looked(disconnects, times=2):
    """Look at the requests so often, and let what is started then begin."""
    for _ in range(times):
        await asyncio.sleep(0)
        disconnects.look()
    await asyncio.sleep(0)


async def test_work_for_a_client_that_goes_away_is_cancelled():
    client = Client()
    task = asyncio.create_task(working(Disconnects(look_every_s=0.001), asked(client)))
    client.leave()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_work_for_a_client_that_stays_goes_on():
    gone, stays, disconnects = Client(), Client(), Disconnects()
    tasks = [asyncio.create_task(working(disconnects, asked(client))) for client in (gone, stays)]
    await looked(disconnects)
    gone.leave()
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    assert (done, pending) == ({tasks[0]}, {tasks[1]})
    tasks[1].cancel()


async def test_a_request_that_is_answered_before_the_second_look_is_never_watched():
    client, disconnects = Client(), Disconnects()
    task = disconnects.enter(asked(client))
    disconnects.look()
    disconnects.leave(task)
    disconnects.leave(task)
    disconnects.leave(None)
    await looked(disconnects)
    assert client.receives == 0


async def test_a_client_is_watched_once():
    client, disconnects = Client(), Disconnects()
    task = asyncio.create_task(working(disconnects, asked(client)))
    await looked(disconnects, 5)
    assert client.receives == 1
    task.cancel()


async def test_what_the_client_still_says_is_not_read():
    client, disconnects = Client("POST", "/", [], b"a", b"b"), Disconnects()
    task = asyncio.create_task(working(disconnects, asked(client, ClientBody(client.receive))))
    await looked(disconnects)
    assert client.receives == 0
    task.cancel()


async def test_a_client_whose_body_is_read_is_watched():
    client, disconnects = Client("POST", "/", [], b"a"), Disconnects()
    body = ClientBody(client.receive)
    await anext(body)
    task = asyncio.create_task(working(disconnects, asked(client, body)))
    await looked(disconnects)
    client.leave()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_end_of_the_body_that_comes_late_is_no_disconnect():
    messages = [{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}]

    async def receive():
        return messages.pop(0)

    call = Call(receive)
    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(working(Disconnects(look_every_s=0.001), call))
    assert messages == []


async def test_the_watching_ends_with_the_request():
    disconnects, call = Disconnects(), asked(Client())
    task = asyncio.create_task(working(disconnects, call))
    await looked(disconnects)
    task.cancel()
    await asyncio.wait([task, call.watcher])
    assert call.watcher.cancelled()


async def test_looking_ends_when_there_is_nothing_to_see_and_begins_again():
    client, disconnects = Client(), Disconnects(look_every_s=0.001)
    for _ in range(2):
        client = Client()
        task = asyncio.create_task(working(disconnects, asked(client)))
        client.leave()
        await asyncio.wait([task])
        assert task.cancelled()
        while disconnects.is_looking:
            await asyncio.sleep(0)
