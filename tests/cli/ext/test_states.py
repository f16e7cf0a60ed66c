"""Every state has its words, and one step that leads out of it."""
from typing import get_args

import pytest

from krakpy.cli.ext.inventory import Entry, State
from krakpy.cli.ext.states import MEANINGS, explained
from krakpy.codes import Code
from krakpy.errors import Problem

WELL = {"used", "built-in"}


def test_every_state_is_explained():
    assert MEANINGS.keys() == set(get_args(State))


@pytest.mark.parametrize("state", get_args(State))
def test_a_state_has_a_step_unless_nothing_has_to_be_done(state):
    told = explained(Entry(id="acme-geo/geo", state=state))
    assert bool(told.remedy) is (state not in WELL)
    assert "{" not in told.remedy


def test_the_remedy_of_its_own_problem_comes_first():
    reason = Problem(Code.ALTERED, "", "acme_geo.py has changed", "pip install acme-geo==1")
    told = explained(Entry(id="acme-geo/geo", state="altered", reason=reason))
    assert (told.meaning, told.remedy) == ("acme_geo.py has changed", "pip install acme-geo==1")
