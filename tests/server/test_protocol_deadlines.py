"""Every wait for a client has its end: never early, and at most two tenths of a second late."""
import pytest

from krakpy.server.limits import Limits
from tests.server.dialogue import Dialogue
from tests.server.stepwise import CHUNKS, EXPECTING, GET, UPLOAD, Stepwise, body, start

LATE_S = 0.25


async def ends_after(dialogue, seconds) -> None:
    """Whether it stays open until then, and no longer."""
    await dialogue.wait(seconds - 0.01)
    assert not dialogue.is_closed
    await dialogue.wait(LATE_S)
    assert dialogue.is_closed


@pytest.mark.parametrize("begun", [b"G", b"GET / HTTP/1.1\r\nHos", b"\r\nGET"], ids=str)
async def test_a_head_has_to_be_complete_in_time(begun):
    dialogue = Dialogue(limits=Limits(head_deadline_s=3))
    await dialogue.say(begun)
    await ends_after(dialogue, 3)
    assert dialogue.heard.startswith(b"HTTP/1.1 408 Request Timeout\r\n")


async def test_a_head_that_drips_has_no_more_time():
    dialogue = Dialogue(limits=Limits(head_deadline_s=3))
    for _ in range(29):
        await dialogue.say(b"G")
        await dialogue.wait(0.1)
    assert not dialogue.is_closed
    await dialogue.wait(0.4)
    assert dialogue.is_closed


@pytest.mark.parametrize("said", [(), (b"\r\n",)], ids=["nothing", "an empty line"])
async def test_a_connection_without_a_request_ends_without_a_word(said):
    dialogue = Dialogue(limits=Limits(head_deadline_s=3))
    await dialogue.say(*said)
    await ends_after(dialogue, 3)
    assert dialogue.heard == b""


async def test_a_connection_waits_for_its_next_request_so_long():
    dialogue = Dialogue(limits=Limits(head_deadline_s=3, keep_alive_s=7))
    await dialogue.say(GET)
    await dialogue.wait(6.9)
    await dialogue.say(GET)
    await ends_after(dialogue, 7)
    assert len(dialogue.answers) == 2
    assert not dialogue.is_reset


async def test_the_head_of_a_later_request_has_its_own_time():
    dialogue = Dialogue(limits=Limits(head_deadline_s=3, keep_alive_s=7))
    await dialogue.say(GET)
    await dialogue.wait(6)
    await dialogue.say(b"GET")
    await ends_after(dialogue, 3)
    assert dialogue.answers[1].startswith(b"HTTP/1.1 408 ")


async def test_an_application_may_take_its_time():
    app = Stepwise()
    dialogue = Dialogue(app=app, limits=Limits(head_deadline_s=3, keep_alive_s=7, write_deadline_s=4))
    await dialogue.say(GET)
    await dialogue.wait(10_000)
    await app.do(dialogue, start(), body(), None)
    assert len(dialogue.answers) == 1


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_body_has_to_come_at_its_lowest_rate(wanted):
    app = Stepwise()
    dialogue = Dialogue(app=app, limits=Limits(body_grace_s=2, body_min_rate_bytes_per_s=100))
    await dialogue.say(UPLOAD % 10_000, b"x" * 400)
    if wanted:
        await app.do(dialogue, "receive")
    await ends_after(dialogue, 2 + 4)
    assert dialogue.heard.startswith(b"HTTP/1.1 408 ")
    await dialogue.wait(0.2)
    assert app.ended == "cancelled"


async def test_a_body_that_comes_fast_enough_may_take_as_long_as_it_likes():
    app = Stepwise()
    dialogue = Dialogue(app=app, limits=Limits(body_grace_s=2, body_min_rate_bytes_per_s=100))
    await dialogue.say(CHUNKS)
    for _ in range(200):
        await dialogue.say(b"64\r\n" + b"x" * 100 + b"\r\n")
        await dialogue.wait(0.9)
    assert not dialogue.is_closed


async def test_time_in_which_the_application_was_behind_is_not_the_clients():
    app = Stepwise()
    dialogue = Dialogue(app=app, limits=Limits(body_grace_s=2, body_min_rate_bytes_per_s=1_000_000))
    await dialogue.say(UPLOAD % 100_000, b"x" * 70_000)
    await dialogue.wait(1000)
    await app.do(dialogue, "receive")
    await ends_after(dialogue, 2)


async def test_who_waits_to_be_told_to_continue_has_time_until_then():
    app = Stepwise()
    dialogue = Dialogue(app=app, limits=Limits(body_grace_s=2))
    await dialogue.say(EXPECTING)
    await dialogue.wait(1000)
    await app.do(dialogue, "receive")
    await ends_after(dialogue, 2)


async def test_a_request_has_to_be_complete_in_the_time_for_all_of_it():
    dialogue = Dialogue(limits=Limits(read_deadline_s=4, body_min_rate_bytes_per_s=0, keep_alive_s=100))
    await dialogue.say(b"POST / HTTP/1.1\r\nHo")
    await dialogue.wait(2)
    await dialogue.say(b"st: x\r\nContent-Length: 10\r\n\r\n123")
    await ends_after(dialogue, 2)
    assert dialogue.heard.startswith(b"HTTP/1.1 408 ")


async def test_a_body_may_be_as_slow_as_it_likes_where_there_is_no_lowest_rate():
    dialogue = Dialogue(limits=Limits(body_min_rate_bytes_per_s=0))
    await dialogue.say(UPLOAD % 10)
    await dialogue.wait(100_000)
    assert not dialogue.is_closed


async def test_a_client_that_does_not_read_has_so_long_and_is_then_dropped():
    app = Stepwise()
    dialogue = Dialogue(app=app, limits=Limits(write_deadline_s=5))
    await dialogue.say(GET)
    dialogue.stop_reading()
    await app.do(dialogue, start(), body(b"x" * 100_000, more=True))
    await ends_after(dialogue, 5)
    assert dialogue.is_reset
    assert app.ended == "cancelled"


@pytest.mark.parametrize(("size", "lives"), [(20_000, True), (100, False)])
async def test_a_client_has_to_read_a_part_of_the_answer_in_time(size, lives):
    app = Stepwise()
    dialogue = Dialogue(app=app, limits=Limits(write_deadline_s=5))
    await dialogue.say(GET)
    dialogue.stop_reading()
    await app.do(dialogue, start(), body(b"x" * 200_000, more=True))
    for _ in range(5):
        dialogue.read(size)
        await dialogue.wait(3)
    assert dialogue.is_closed is not lives


@pytest.mark.parametrize("request_", [GET, GET.replace(b"Host", b"Connection: close\r\nHost")], ids=["kept", "closed"])
async def test_a_client_that_does_not_read_the_end_of_an_answer_is_dropped(request_):
    app = Stepwise()
    dialogue = Dialogue(app=app, limits=Limits(write_deadline_s=5, keep_alive_s=7))
    dialogue.stop_reading()
    await dialogue.say(request_)
    await app.do(dialogue, start(), body(b"x" * 30_000), None)
    await dialogue.wait(7 + 5 + 2 * LATE_S)
    assert dialogue.is_reset


async def test_a_client_that_reads_the_end_of_a_long_answer_slowly_gets_it():
    app = Stepwise()
    dialogue = Dialogue(app=app, limits=Limits(write_deadline_s=5))
    dialogue.stop_reading()
    await dialogue.say(GET.replace(b"Host", b"Connection: close\r\nHost"))
    await app.do(dialogue, start(), body(b"x" * 200_000), None)
    for _ in range(10):
        await dialogue.wait(4)
        dialogue.read(21_000)
        await dialogue.settle()
    assert dialogue.heard.endswith(b"x" * 200_000)
    assert not dialogue.is_reset


async def test_a_whole_answer_can_have_a_deadline():
    app = Stepwise()
    dialogue = Dialogue(app=app, limits=Limits(answer_deadline_s=5))
    await dialogue.say(GET)
    await ends_after(dialogue, 5)
    assert app.ended == "cancelled"


async def test_a_body_that_nobody_wanted_has_to_come_in_time_too():
    app = Stepwise()
    dialogue = Dialogue(app=app, limits=Limits(body_grace_s=2))
    await dialogue.say(UPLOAD % 100)
    await app.do(dialogue, start(), body(), None)
    await ends_after(dialogue, 2)
    assert len(dialogue.answers) == 1


async def test_no_deadlines_are_deadlines_that_never_come():
    forever = float("inf")
    dialogue = Dialogue(limits=Limits(head_deadline_s=forever, keep_alive_s=forever, write_deadline_s=forever))
    await dialogue.wait(1e9)
    await dialogue.say(GET)
    await dialogue.wait(1e9)
    assert not dialogue.is_closed
