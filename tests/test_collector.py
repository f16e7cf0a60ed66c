"""The collector rests while a start builds, and is as it was before when that is over."""
import gc
import subprocess
import sys

import pytest

from krakpy.collector import paused


@pytest.fixture(autouse=True)
def _enabled():
    gc.enable()
    yield
    gc.enable()


def test_nothing_is_collected_in_a_pause_and_again_after_it():
    with paused():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_pause_that_is_broken_off_ends_all_the_same():
    with pytest.raises(ValueError, match="cannot"), paused():
        raise ValueError("cannot build")
    assert gc.isenabled()


def test_a_pause_wakes_no_collector_that_somebody_put_to_rest():
    gc.disable()
    with paused():
        pass
    assert not gc.isenabled()


def test_what_is_there_when_a_start_settles_is_never_looked_at_again():
    # NOTE: in a process of its own, since there is no way back
    code = "import gc; from krakpy.collector import settle; settle(); print(gc.get_freeze_count() > 0, gc.isenabled())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
