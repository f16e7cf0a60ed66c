"""A client's conversation with an application that answers in one piece, without a task."""
import asyncio

import pytest

from krakpy.server.limits import Limits
from tests.server.shorter import GET, PLAIN, App, at_once, talking


async def test_the_whole_answer_is_written_at_once():
    app = App()
    dialogue = talking(app)
    await dialogue.say(GET)
    assert dialogue.heard == b""
    app.answer()
    head, _, body = dialogue.heard.partition(b"\r\n\r\n")
    assert (head.split(b"\r\n")[:3], body) == (
        [b"HTTP/1.1 200 OK", b"content-type: text/plain", b"content-length: 5"], b"hello",
    )  # fmt: skip
    assert b"\r\ndate: " in head
    assert not dialogue.is_closed


async def test_the_shortest_way_comes_first():
    app = App(at_once())
    await talking(app).say(GET)
    assert app.asked == ["express GET /a"]


@pytest.mark.parametrize("framing", [b"Content-Length: 2", b"Transfer-Encoding: chunked"])
async def test_a_request_with_a_body_does_not_take_it(framing):
    app = App()
    await talking(app).say(b"POST /a HTTP/1.1\r\nHost: x\r\n%b\r\n\r\n" % framing)
    assert app.asked == ["begin POST /a"]


async def test_who_cannot_take_a_request_is_passed_over():
    app = App(lambda client: False)
    dialogue = talking(app)
    await dialogue.say(GET)
    assert app.asked == ["express GET /a", "begin GET /a"]
    assert dialogue.heard.endswith(b"asgi")


@pytest.mark.parametrize("express", [True, False])
async def test_an_application_that_fails_to_begin_is_answered_500(express):
    def fails(client):
        raise ZeroDivisionError

    app = App(fails)
    dialogue = talking(app, express=express)
    await dialogue.say(GET)
    assert dialogue.heard.startswith(b"HTTP/1.1 500 ")
    assert (dialogue.is_closed, len(app.asked)) == (True, 1)


@pytest.mark.parametrize("status", [204, 304])
async def test_an_answer_without_a_body_has_no_length(status):
    app = App(at_once(status, [(b"x-a", b"1")], b""))
    dialogue = talking(app)
    await dialogue.say(GET, GET)
    assert len(dialogue.answers) == 2
    assert all(b"content-length" not in answer and b"\r\nx-a: 1\r\n" in answer for answer in dialogue.answers)


async def test_an_answer_to_head_has_a_length_and_no_body():
    app = App(at_once())
    dialogue = talking(app)
    await dialogue.say(GET.replace(b"GET", b"HEAD"), GET)
    first, second = dialogue.answers
    assert (b"\r\ncontent-length: 5\r\n" in first, first.endswith(b"\r\n\r\n")) == (True, True)
    assert second.endswith(b"\r\n\r\nhello")


@pytest.mark.parametrize(("field", "ends"), [(b"Connection: keep-alive", False), (b"X: 1", True)])
async def test_http_1_0_is_told_what_becomes_of_its_connection(field, ends):
    dialogue = talking(App(at_once()))
    await dialogue.say(b"GET /a HTTP/1.0\r\n%b\r\n\r\n" % field)
    assert (b"\r\nconnection: close\r\n" in dialogue.heard, b"\r\nconnection: keep-alive\r\n" in dialogue.heard) == (
        ends, not ends,
    )  # fmt: skip
    assert dialogue.is_closed is ends


async def test_a_client_that_wants_the_end_gets_it():
    dialogue = talking(App(at_once()))
    await dialogue.say(b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b"\r\nconnection: close\r\n\r\nhello" in dialogue.heard
    assert dialogue.is_closed


@pytest.mark.parametrize(
    "field", [(b"x-a", b"1\r\nb: 2"), (b"x a", b"1"), (b"date", b"today\x00")], ids=["line", "name", "control"]
)
async def test_a_field_that_cannot_be_sent_is_answered_500(field):
    dialogue = talking(App(at_once(200, (field,), b"hello")))
    await dialogue.say(GET)
    assert dialogue.heard.startswith(b"HTTP/1.1 500 ")
    assert (len(dialogue.answers), dialogue.is_closed) == (1, True)


async def test_a_status_that_is_none_is_answered_500():
    dialogue = talking(App(at_once(99, PLAIN, b"hello")))
    await dialogue.say(GET)
    assert dialogue.heard.startswith(b"HTTP/1.1 500 ")


async def test_an_applications_own_date_and_framing():
    """The date is its own; the length is the body's, whatever it says."""
    fields = ((b"date", b"today"), (b"connection", b"close"), (b"transfer-encoding", b"chunked"))
    dialogue = talking(App(at_once(200, fields, b"hello")))
    await dialogue.say(GET)
    head = dialogue.heard.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert head == [b"HTTP/1.1 200 OK", b"date: today", b"content-length: 5", b"connection: close"]


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 1_000_000])
async def test_answers_of_every_size_are_whole(size):
    dialogue = talking(App(at_once(200, PLAIN, b"x" * size)))
    await dialogue.say(GET, GET)
    assert [answer.partition(b"\r\n\r\n")[2] for answer in dialogue.answers] == [b"x" * size] * 2
    assert dialogue.heard.count(b"\r\ncontent-length: %d\r\n" % size) == 2


async def test_the_next_request_waits_until_the_client_has_taken_the_answer():
    app = App(at_once(200, PLAIN, b"x" * 100_000))
    dialogue = talking(app)
    dialogue.stop_reading()
    await dialogue.say(GET + GET)
    assert len(app.asked) == 1
    dialogue.read()
    await dialogue.settle()
    assert len(app.asked) == 2


async def test_a_thousand_requests_at_once_are_answered_in_a_loop():
    """Each is answered before the call that begins it returns; nothing grows with them."""
    app = App(at_once())
    dialogue = talking(app)
    await dialogue.say(GET * 1000)
    assert len(dialogue.answers) == 1000


async def test_pipelined_requests_wait_for_the_answer_before():
    app = App()
    dialogue = talking(app)
    await dialogue.say(GET + GET.replace(b"/a", b"/b"), GET.replace(b"/a", b"/c"))
    for path in "abc":
        assert app.asked[-1] == f"express GET /{path}"
        app.answer(body=path.encode())
    assert [answer[-1:] for answer in dialogue.answers] == [b"a", b"b", b"c"]


async def test_a_client_that_leaves_gives_up_what_is_waited_for():
    app = App()
    dialogue = talking(app)
    await dialogue.say(GET + GET)
    dialogue.transport.lose()
    assert app.futures[0].is_cancelled
    app.answer()
    await dialogue.settle()
    assert (dialogue.heard, len(app.asked)) == (b"", 1)


async def test_half_a_connection_is_none():
    app = App()
    dialogue = talking(app)
    await dialogue.say(GET)
    await dialogue.end()
    assert app.futures[0].is_cancelled


async def test_what_was_answered_is_not_given_up():
    app = App()
    dialogue = talking(app)
    await dialogue.say(GET)
    app.answer()
    await dialogue.leave()
    assert not app.futures[0].is_cancelled


async def test_an_answer_that_takes_too_long_ends_the_connection():
    app = App()
    dialogue = talking(app, limits=Limits(answer_deadline_s=3))
    await dialogue.say(GET)
    await dialogue.wait(4)
    assert (dialogue.is_reset, app.futures[0].is_cancelled) == (True, True)


async def test_work_may_be_run_in_a_task():
    async def work(client):
        await client.send({"type": "http.response.start", "status": 200, "headers": []})
        await client.send({"type": "http.response.body", "body": b"sent"})

    def runs(client):
        client.run(work(client))
        return True

    dialogue = talking(App(runs))
    await dialogue.say(GET)
    assert dialogue.heard.endswith(b"sent")


@pytest.mark.parametrize("begun", [True, False], ids=["begun", "new"])
async def test_a_client_that_leaves_ends_the_task_after_it_has_begun(begun):
    """Whoever was given something can put it away."""
    seen = []

    async def work():
        try:
            seen.append("begins")
            await asyncio.get_running_loop().create_future()
        finally:
            seen.append("ends")

    def runs(client):
        client.run(work())
        return True

    dialogue = talking(App(runs))
    if begun:
        await dialogue.say(GET)
    else:
        dialogue.transport.unread.append(GET)
        dialogue.transport.deliver()
    await dialogue.leave()
    assert seen == ["begins", "ends"]


async def test_a_second_answer_is_a_defect_that_the_client_does_not_see():
    def twice(client):
        client.answer(200, PLAIN, b"one")
        client.answer(200, PLAIN, b"two")
        return True

    dialogue = talking(App(twice))
    await dialogue.say(GET)
    assert len(dialogue.answers) == 1
    await dialogue.say(GET)
    assert [answer[-3:] for answer in dialogue.answers] == [b"one", b"one"]
