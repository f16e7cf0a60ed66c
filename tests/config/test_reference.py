"""The reference says everything about every key, from the models alone."""

import pytest

from krakpy.config import model, reference
from krakpy.config.kinds import Model, Port, Seconds

OBJECTS = tuple(reference.objects())
FIELDS = [(described, field) for described in OBJECTS for field in described.fields]


@pytest.mark.parametrize("described", OBJECTS, ids=lambda described: described.name)
def test_every_object_is_described(described):
    assert described.doc.endswith(".")
    assert described.fields


@pytest.mark.parametrize(("described", "field"), FIELDS, ids=[f"{d.name}.{f.key}" for d, f in FIELDS])
def test_every_key_is_described(described, field):
    assert field.doc.endswith(".")
    assert field.type


def field(cls, key, table=""):
    return next(one for one in reference.fields(cls, table) if one.key == key)


@pytest.mark.parametrize(
    ("cls", "key", "type_text", "default"),
    [
        (model.Service, "port", "whole number, 0 to 65535", "8080"),
        (model.Service, "timeout", "duration", '"2s"'),
        (model.Service, "$schema", "text", '""'),
        (model.Service, "host", "list of text", "[]"),
        (model.Service, "client_tls", "object", ""),
        (model.Service, "endpoints", "list of object", "[]"),
        (model.Backend, "mapping", "object", "{}"),
        (model.Instance, "from", "text", '""'),
        (model.Instance, "on_error", "`fail`, `skip`", ""),
        (model.Instance, "timeout", "duration", ""),
        (model.Instance, "config", "anything", ""),
        (model.Consumer, "max_rate", "number", "0.0"),
    ],
)
def test_types_and_defaults_are_in_words(cls, key, type_text, default):
    found = field(cls, key)
    assert (found.type, found.default) == (type_text, default)


@pytest.mark.parametrize(
    ("kind", "words"),
    [(Seconds, "duration"), (Port | None, "whole number, 0 to 65535"), (int | str, "whole number or text")],
)
def test_a_type_is_named_in_words(kind, words):
    assert reference.type_text(kind) == words


@pytest.mark.parametrize(
    ("cls", "table", "key", "state", "unbuilt"),
    [
        (model.Service, "service", "port", "built", ()),
        (model.Service, "service", "use_h2c", "not built", ()),
        (model.Router, "router", "max_payload", "enterprise", ()),
        (model.Endpoint, "endpoint", "output_encoding", "built", ()),
    ],
)
def test_what_is_not_built_is_marked(cls, table, key, state, unbuilt):
    found = field(cls, key, table)
    assert (found.state, found.unbuilt) == (state, unbuilt)


def test_a_key_that_has_to_be_there_says_so():
    class Needy(Model, frozen=True, kw_only=True):
        needed: str

    assert field(Needy, "needed").default == "required"


def test_keys_without_effect_are_listed():
    (backend,) = (described for described in OBJECTS if described.name == "Backend")
    assert "timeout" in dict(backend.accepted)
