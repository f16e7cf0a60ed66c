"""An application hears the body of its client when it asks for it, and that the client has left."""
import asyncio

import pytest

from tests.server.dialogue import Dialogue
from tests.server.stepwise import EXPECTING, GET, UPLOAD, Stepwise, body, start


async def test_a_client_is_told_to_continue_when_somebody_wants_its_body():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(EXPECTING)
    assert dialogue.heard == b""
    await app.do(dialogue, "receive")
    assert dialogue.heard == b"HTTP/1.1 100 Continue\r\n\r\n"
    await dialogue.say(b"abc")
    await app.do(dialogue, start(), body(), None)
    assert app.received == [{"type": "http.request", "body": b"abc", "more_body": False}]
    assert dialogue.heard.count(b"100 Continue") == 1
    assert not dialogue.is_closed


async def test_a_client_that_did_not_wait_is_not_told_to_continue():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(EXPECTING + b"abc")
    await app.do(dialogue, "receive", start(), body(), None)
    assert dialogue.heard.startswith(b"HTTP/1.1 200 ")


async def test_a_client_that_stopped_waiting_is_not_told_to_continue():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(EXPECTING, b"a")
    await app.do(dialogue, "receive", "receive")
    assert dialogue.heard == b""


@pytest.mark.parametrize("how", ["leave", "end"])
async def test_work_for_a_client_that_leaves_ends(how):
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(GET)
    await getattr(dialogue, how)()
    assert app.ended == "cancelled"
    assert dialogue.heard == b""
    assert dialogue.is_closed


async def test_an_application_that_waits_for_its_client_is_told_that_it_left_and_ends_by_itself():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(GET)
    await app.do(dialogue, "receive", "receive", None)
    await dialogue.leave()
    assert app.received[1] == {"type": "http.disconnect"}
    assert app.ended == "returned"


async def test_an_application_that_does_not_end_although_it_was_told_is_ended_within_a_tenth_of_a_second():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(GET)
    await app.do(dialogue, "receive", "receive")
    await dialogue.leave()
    assert app.ended == ""
    await dialogue.wait(0.1)
    assert app.ended == "cancelled"


async def test_what_is_sent_to_a_client_that_left_is_an_error_of_the_systems_kind():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(GET)
    await app.do(dialogue, "receive", "receive", start())
    await dialogue.leave()
    assert app.ended == "told"


async def test_a_client_that_leaves_in_the_middle_of_its_request_is_gone():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(UPLOAD % 10)
    await app.do(dialogue, "receive")
    await dialogue.end()
    assert app.received == [{"type": "http.disconnect"}]
    assert dialogue.heard == b""


async def test_work_that_goes_on_after_the_answer_is_let_be():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(GET)
    await app.do(dialogue, start(), body())
    await dialogue.leave()
    assert app.ended == ""
    await app.do(dialogue, "receive", None)
    assert (app.received, app.ended) == ([{"type": "http.disconnect"}], "returned")


async def test_a_client_that_leaves_at_once_leaves_nothing_behind():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    dialogue.transport.unread.append(GET)
    dialogue.transport.deliver()
    await dialogue.leave()
    assert not dialogue.requests


async def test_work_that_is_ending_already_is_not_ended_twice():
    ends, gate = [], asyncio.Event()

    async def app(scope, receive, send):
        await receive()
        await receive()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ends.append("first")
        try:
            await gate.wait()
        except asyncio.CancelledError:
            ends.append("second")

    dialogue = Dialogue(app=app)
    await dialogue.say(GET)
    [work] = asyncio.all_tasks() - {asyncio.current_task()}
    await dialogue.leave()
    work.cancel()
    await dialogue.wait(1)
    gate.set()
    await dialogue.settle()
    assert ends == ["first"]


async def test_a_client_is_told_to_continue_once():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(EXPECTING)
    await app.do(dialogue, "receive")
    await dialogue.say(b"a")
    await app.do(dialogue, "receive")
    await dialogue.say(b"bc")
    assert [message["body"] for message in app.received] == [b"a", b"bc"]
    assert dialogue.heard.count(b" 100 Continue") == 1
    await app.do(dialogue, start(), body(), None)
