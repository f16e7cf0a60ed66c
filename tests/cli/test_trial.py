"""Building every route in a child."""
import logging
import sys

import pytest

from krakpy.cli.trial import Events, build_routes
from krakpy.codes import Code
from krakpy.config.loading import load
from krakpy.errors import Problem
from krakpy.extension.preparing import Options, prepare
from krakpy.logs import event

HOOK = '''
import os, time
from krakpy_sdk import Extension

class Geo(Extension):
    def endpoint_request(self):
        return None
    def setup(self, context):
        {setup}
'''


@pytest.fixture
def prepared(config, site, using):
    """The configuration of a hook whose `setup` does this, admitted and probed."""

    def with_setup(setup: str):
        site.install("acme-geo", HOOK.format(setup=setup), hooks={"geo": "Geo"})
        path = config(using("geo"), plugin={"defaults": {"isolation": "inproc"}})
        environ = {"KRAKPY_ENABLE_PLUGINS": "1"}
        return prepare(load(path, environ).settings, environ=environ, options=Options(ignore_missing=True))

    return with_setup


def test_routes_that_can_be_built_have_no_problems(prepared):
    assert build_routes(prepared("pass")) == ()


def test_a_setup_that_fails_is_a_problem_of_its_place(prepared):
    problem, = build_routes(prepared("raise OSError('no database')"))
    assert problem.code is Code.SETUP
    assert problem.place == "endpoints[0].extra_config.plugin/req-resp-modifier.geo"
    assert "OSError: no database" in problem.message


@pytest.mark.parametrize(
    ("setup", "code", "words"),
    [
        ("os._exit(9)", Code.IMPORT_EXITED, "exit status 9"),
        ("os.kill(os.getpid(), 9)", Code.KILLED, "SIGKILL"),
        ("time.sleep(60)", Code.TIMED_OUT, "within 1 s"),
    ],
    ids=["exits", "is killed", "hangs"],
)
def test_a_setup_that_takes_the_process_along_is_told_too(prepared, setup, code, words):
    problem, = build_routes(prepared(setup), deadline_s=1)
    assert problem.code is code
    assert words in problem.message


def test_what_extensions_print_stays_in_the_child(prepared, capfd):
    build_routes(prepared("print('hello', flush=True)"))
    assert capfd.readouterr() == ("", "")


def test_the_extension_is_imported_in_the_child_alone(prepared):
    build_routes(prepared("pass"))
    assert "acme_geo" not in sys.modules


def test_an_event_with_a_code_is_a_problem_and_no_other_is():
    events, logger = Events(), logging.Logger("tested")
    logger.addHandler(events)
    event(logger, logging.ERROR, "no database", code="KX042", place="endpoints[0]", remedy="start it")
    event(logger, logging.ERROR, "worker died", pid=1)
    event(logger, logging.WARNING, "slow", code="KX025")
    assert events.problems == [Problem(Code.SETUP, "endpoints[0]", "no database", "start it")]
