"""Variables replace root keys, and only those."""

import pytest

from krakpy.codes import Code
from krakpy.config import environment
from krakpy.config.report import Report
from krakpy.errors import Problem


def overrides(environ):
    report = Report()
    return environment.overrides(environ, report), [(problem.code, problem.place) for problem in report.problems]


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({"KRAKEND_PORT": "1"}, {"port": "KRAKEND_PORT"}),
        ({"KRAKPY_PORT": "1"}, {"port": "KRAKPY_PORT"}),
        ({"KRAKEND_PORT": "1", "KRAKPY_PORT": "2"}, {"port": "KRAKPY_PORT"}),
        ({"KRAKEND_HOST": "h"}, {"host": "KRAKEND_HOST"}),
        ({"KRAKEND_CACHE_TTL": "1s"}, {"cache_ttl": "KRAKEND_CACHE_TTL"}),
        ({"KRAKPY_CONFIG": "x", "KRAKPY_ENABLE_PLUGINS": "1", "KRAKEND_ENABLE_PLUGINS": "1", "PORT": "1"}, {}),
        ({"KRAKEND_VERSION": "2.13.8"}, {}),
        ({"KRAKEND_SERVICE_HOST": "10.0.0.1", "krakend_port": "1"}, {}),
    ],
    ids=str,
)
def test_a_variable_with_the_name_of_a_root_key_replaces_it(environ, found):
    assert overrides(environ) == (found, [])


@pytest.mark.parametrize("key", ["ENDPOINTS", "EXTRA_CONFIG", "PLUGIN", "TLS", "CLIENT_TLS"])
def test_a_variable_cannot_replace_objects(key):
    variable = f"KRAKEND_{key}"
    assert overrides({variable: "x"}) == ({}, [(Code.WRONG_TYPE, variable)])


def test_a_value_of_the_file_gives_way_in_whatever_case_it_is_written():
    document = environment.apply({"Port": 1, "name": "x"}, {"KRAKEND_PORT": "2"}, {"port": "KRAKEND_PORT"})
    assert document == {"port": "2", "name": "x"}


def test_a_problem_of_a_replaced_key_is_one_of_the_variable():
    problem = environment.named(Problem(Code.WRONG_TYPE, "port", "no number"), {"port": "KRAKEND_PORT"})
    assert problem == Problem(Code.WRONG_TYPE, "KRAKEND_PORT", "no number")


def test_the_link_of_kubernetes_is_explained():
    problem = environment.named(Problem(Code.WRONG_TYPE, "port", 'not "tcp://10.0.0.1:80"'), {"port": "KRAKEND_PORT"})
    assert problem is not None
    assert problem.advice == environment.KUBERNETES


def test_variables_are_always_texts():
    assert environment.named(Problem(Code.WEAK_TYPE, "port", "a text"), {"port": "KRAKEND_PORT"}) is None


def test_other_problems_stay_as_they_are():
    problem = Problem(Code.WRONG_TYPE, "name", "no text")
    assert environment.named(problem, {"port": "KRAKEND_PORT"}) is problem
