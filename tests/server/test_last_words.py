"""Where a worker was when a signal ended it."""
import os
import signal

import pytest

from krakpy.server.last_words import LastWords


@pytest.fixture
def words():
    words = LastWords()
    yield words
    words.close()


def ended_by(words, work):
    pid = os.fork()
    if not pid:
        words.listen()
        try:
            work()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    return words.read()


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT], ids=lambda number: number.name)
def test_the_innermost_frame_is_told_first(words, number):
    def the_culprit():
        os.kill(os.getpid(), number)

    frames = ended_by(words, the_culprit)
    assert frames[0].endswith(" in the_culprit")
    assert __file__ in frames[0]


def test_another_end_leaves_no_word(words):
    assert ended_by(words, lambda: None) == []
