"""A generation is data; an application that never changes has one for ever."""
from krakpy.codes import Code
from krakpy.errors import Problem
from krakpy.server.generation import Fixed, Generation, Refusal


async def app(scope, receive, send):
    """Answers nothing."""


def test_an_application_that_never_changes_is_reloaded_to_itself():
    running = Generation(app_factory=lambda: app, bind="x")
    assert Fixed().generation(Fixed().read(), running) is running


def test_without_further_words_nothing_is_rehearsed_and_nothing_done():
    generation = Generation(app_factory=lambda: app, bind="x")
    assert generation.rehearse() == ()
    generation.adopt()


def test_a_refusal_says_all_its_reasons():
    problems = tuple(Problem(Code.RELOAD_FAILED, "", message) for message in ("one", "two"))
    assert [line.split()[1] for line in str(Refusal(problems)).splitlines()] == ["one", "two"]
