"""A connection is read no faster than its requests are, written no faster than its client reads, and left in order."""
import pytest

from krakpy.server.limits import Limits
from tests.server.dialogue import Dialogue, hello
from tests.server.stepwise import CHUNKS, EXPECTING, GET, UPLOAD, Stepwise, body, start


async def test_a_body_waits_for_the_application_up_to_a_bound():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(UPLOAD % 300_000, b"x" * 60_000)
    paused = [dialogue.is_paused]
    await dialogue.say(b"x" * 60_000)
    paused.append(dialogue.is_paused)
    await app.do(dialogue, "receive")
    paused.append(dialogue.is_paused)
    assert len(app.received[0]["body"]) == 120_000
    assert paused == [False, True, False]


async def test_requests_wait_for_their_turn_up_to_a_bound():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    many = GET * (70_000 // len(GET))
    await dialogue.say(GET, many)
    paused = [dialogue.is_paused]
    dialogue.service.app = hello
    await app.do(dialogue, start(), body(), None)
    assert len(dialogue.answers) == 1 + many.count(b"GET")
    assert [*paused, dialogue.is_paused] == [True, False]


async def test_an_application_waits_for_a_client_that_does_not_read():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(GET)
    dialogue.stop_reading()
    await app.do(dialogue, start(), body(b"x" * 100_000, more=True), body(b"y"))
    assert app.steps.qsize() == 1
    dialogue.read(90_000)
    await dialogue.settle()
    assert app.steps.qsize() == 0
    dialogue.read()
    assert dialogue.heard.endswith(b"1\r\ny\r\n0\r\n\r\n")


async def test_the_next_request_waits_until_the_client_has_read_the_answer_to_the_one_before():
    async def large(scope, receive, send):
        await send(start())
        await send(body(b"x" * 100_000))

    dialogue = Dialogue(app=large)
    dialogue.stop_reading()
    await dialogue.say(GET * 3)
    assert len(dialogue.requests) == 1
    dialogue.read()
    await dialogue.settle()
    assert len(dialogue.answers) == 3


@pytest.mark.parametrize("request_", [EXPECTING, CHUNKS, UPLOAD % 300_000], ids=["expecting", "chunks", "long"])
async def test_an_answer_before_its_requests_end_announces_the_end_of_the_connection(request_):
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(request_)
    await app.do(dialogue, start(), body(b"no"), None)
    assert dialogue.heard.endswith(b"connection: close\r\n\r\nno")
    assert dialogue.is_lingering


async def test_a_body_that_nobody_wanted_is_passed_over_and_the_connection_is_kept():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(UPLOAD % 200_000 + b"x" * 1000)
    await app.do(dialogue, start(), body(b"no"), None)
    assert b"connection" not in dialogue.heard
    dialogue.service.app = hello
    await dialogue.say(*[b"x" * 1990] * 100, GET)
    assert len(dialogue.answers) == 2


async def test_a_wrong_body_is_refused_also_while_an_application_reads_it():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(CHUNKS + b"3\r\nabc\r\n")
    await app.do(dialogue, "receive", "receive")
    await dialogue.say(b"x\r\n")
    assert dialogue.heard.startswith(b"HTTP/1.1 400 ")
    assert app.received[1:] == [{"type": "http.disconnect"}]
    await dialogue.wait(0.2)
    assert app.ended == "cancelled"


async def test_a_wrong_body_breaks_off_an_answer_that_has_begun():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(CHUNKS)
    await app.do(dialogue, start(), body(b"x", more=True))
    await dialogue.say(b"x\r\n")
    assert dialogue.is_reset


async def test_a_wrong_body_after_its_answer_ends_the_connection_without_another():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(UPLOAD % 100)
    await app.do(dialogue, start(), body(b"no"), None)
    await dialogue.say(b"x" * 100 + b"nonsense\r\n")
    assert [answer[9:12] for answer in dialogue.answers] == [b"200", b"400"]


async def test_the_bytes_of_a_second_answer_cannot_be_sent_in_place_of_the_next_one():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(GET)
    await app.do(dialogue, start(), body(b"1"))
    late = app.send
    await dialogue.say(GET)
    with pytest.raises(RuntimeError):
        await late(body(b"2"))
    assert len(dialogue.answers) == 1


async def test_answers_that_are_complete_at_once_are_as_many_as_requests():
    dialogue = Dialogue()

    def begin(scope, client):
        client.answer(200, ((b"content-length", b"2"),), b"ok")
        return True

    dialogue.service.begin = begin
    await dialogue.say(GET * 2000, GET)
    assert len(dialogue.answers) == 2001


async def test_who_is_refused_behind_many_requests_may_still_send():
    app = Stepwise()
    dialogue = Dialogue(app=app)
    await dialogue.say(GET, b"nonsense\r\n" * 10_000)
    assert dialogue.is_paused
    await app.do(dialogue, start(), body(), None)
    assert (dialogue.is_paused, dialogue.is_lingering) == (False, True)


async def test_a_client_that_leaves_while_nothing_is_under_way_is_forgotten():
    dialogue = Dialogue(limits=Limits())
    await dialogue.say(GET, b"GET / HT")
    await dialogue.end()
    assert dialogue.is_closed
    assert not dialogue.service.connections
