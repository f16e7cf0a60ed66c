"""What is remembered of one answer's fields is never written for another."""
import pytest

from tests.server.shorter import GET, App, talking


@pytest.mark.parametrize("count", [2, 2000])
async def test_the_fields_of_one_answer_are_never_written_for_another(count):
    """Objects come and go, and their successors may have their identities."""
    app = App()
    dialogue = talking(app)
    for number in range(count):
        await dialogue.say(GET) if number == 0 else dialogue.protocol.data_received(GET)
        fields = [(b"x-n", b"%d" % number)]
        app.answer(200 if number % 2 else 404, tuple(fields) if number % 3 else fields, b"")
    told = [(int(answer[9:12]), answer.split(b"x-n: ")[1].split(b"\r\n")[0]) for answer in dialogue.answers]
    assert told == [(200 if number % 2 else 404, b"%d" % number) for number in range(count)]


async def test_fields_that_change_are_written_as_they_are():
    app = App()
    dialogue = talking(app)
    fields = [(b"x-n", b"1")]
    for value in (b"1", b"2"):
        fields[0] = (b"x-n", value)
        await dialogue.say(GET)
        app.answer(200, fields, b"")
    assert [answer.split(b"x-n: ")[1][:1] for answer in dialogue.answers] == [b"1", b"2"]


async def test_the_same_fields_may_have_another_status():
    app = App()
    dialogue = talking(app)
    for status in (200, 404, 200):
        await dialogue.say(GET)
        app.answer(status)
    assert [answer[9:12] for answer in dialogue.answers] == [b"200", b"404", b"200"]
