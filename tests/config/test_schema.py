"""The schema says what the decoder does: what it forbids the linter refuses, and the other way round."""

import json

import pytest
from hypothesis import HealthCheck, event, given, settings
from jsonschema import Draft7Validator

from krakpy.codes import Code
from krakpy.config import schema as schemas
from krakpy.config.decoding import decode
from krakpy.config.fields import fields_of
from krakpy.config.model import Backend, Service
from krakpy.config.reference import FieldDoc
from krakpy.config.report import Report
from tests.config.configurations import configurations

SCHEMA = schemas.schema()
DEFINITIONS = SCHEMA["definitions"]
VALIDATOR = Draft7Validator(SCHEMA)


def is_valid(document):
    return VALIDATOR.is_valid(document)


def passes_the_linter(document):
    report = Report()
    decode(Service, document, "", report, weak=True)
    return not report.has_errors and Code.WEAK_TYPE not in {problem.code for problem in report.problems}


def test_it_is_a_schema():
    Draft7Validator.check_schema(SCHEMA)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(configurations())
def test_the_linter_takes_what_the_schema_allows_and_nothing_else(document):
    event("valid" if is_valid(document) else "invalid")
    assert passes_the_linter(document) == is_valid(document), next(VALIDATOR.iter_errors(document), None)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"version": 2},
        {"version": "3"},
        {"version": 3, "prt": 8080},
        {"version": 3, "Port": 8080},
        {"version": 3, "port": "8080"},
        {"version": 3, "port": None},
        {"version": 3, "port": 65536},
        {"version": 3, "timeout": 3},
        {"version": 3, "timeout": "-3s"},
        {"version": 3, "timeout": "-0s"},
        {"version": 3, "host": "http://a.test"},
        {"version": 3, "extra_config": {"router": {"return_error": True}}},
        {"version": 3, "extra_config": {"github_com/luraproject/lura/router/gin": {"return_error": True}}},
        {"version": 3, "endpoints": [{"backend": [{"extra_config": {"backend/http": {"return_error_code": 1}}}]}]},
        {"version": 3, "plugin": {"defaults": {"isolation": "thread"}}},
    ],
    ids=json.dumps,
)
def test_it_forbids_what_the_linter_refuses(document):
    assert not is_valid(document)


@pytest.mark.parametrize(
    "extra",
    [
        {"@comment": 1, "x-owner": {}, "$schema": "krakend.schema.json", "#": None, "_": 0},
        {"dialer_keep_alive": "-1s"},
        {"extra_config": {"acme/anything": [1], "auth/validator": {"alg": "RS256"}}},
        {"extra_config": {"github_com/luraproject/lura/router/gin": {"return_error_msg": True}}},
        {"plugin": {"pattern": ".so", "folder": "/plugins"}},
        {"endpoints": [{"endpoint": "/a", "backend": [{"url_pattern": "/", "mapping": {"@id": "id"}}]}]},
    ],
    ids=json.dumps,
)
def test_it_allows_what_a_configuration_may_have(extra):
    assert is_valid({"version": 3, **extra})


def test_every_key_of_a_model_is_there_with_its_words():
    found = DEFINITIONS["Backend"]["properties"]
    assert fields_of(Backend).by_key.keys() - found.keys() == set()
    assert found["group"]["description"] == "A key under which the answer is put before answers are merged."


def test_a_default_is_written_as_the_file_has_it():
    assert SCHEMA["properties"]["timeout"]["default"] == "2s"
    assert SCHEMA["properties"]["host"]["default"] == []


def test_what_is_not_there_says_so():
    assert DEFINITIONS["Router"]["properties"]["max_payload"]["description"].endswith("KrakenD Enterprise: refused.")
    assert schemas._description(FieldDoc("a", "text", "", "A.", "not built")) == "A. Not built yet."
    assert schemas._description(FieldDoc("a", "text", "", "A.", "built", ("x",))).endswith("KrakenD Enterprise: `x`.")


def test_a_key_without_effect_says_what_to_do_instead():
    old = DEFINITIONS["Backend"]["properties"]["whitelist"]
    assert old == {"description": f"No effect. {Backend.ACCEPTED['whitelist']}", "deprecated": True}


def test_namespaces_are_completed_where_they_may_stand():
    backend, endpoint = DEFINITIONS["BackendComponents"]["properties"], DEFINITIONS["EndpointComponents"]["properties"]
    assert "qos/circuit-breaker" in backend
    assert "qos/circuit-breaker" not in endpoint
    assert "$ref" in backend["proxy"]["allOf"][0]


def test_a_choice_of_types_is_one():
    kind = schemas._Writer()._kind(int | str | None)
    assert kind == {"anyOf": [{"type": "integer"}, {"type": "string"}]}
