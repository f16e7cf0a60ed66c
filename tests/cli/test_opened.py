"""How deep answers are opened is told as a worker will decide it, and third parties are asked elsewhere."""
import sys

import pytest

from krakpy.cli.opened import opened
from krakpy.config.loading import load

SEEING = """
from krakpy_sdk import Extension

class Geo(Extension):
    def endpoint_response(self, response): ...

class Named(Geo):
    paths = ("user.name", "tags")

class Asking(Extension):
    def endpoint_request(self, request): ...
"""
BROKEN = "raise SystemExit(3)"
OPEN = {"KRAKPY_ENABLE_PLUGINS": "1"}
INPROC = {"defaults": {"isolation": "inproc"}}


@pytest.fixture
def told(config, site, using):
    """What is opened at an endpoint that lists these hooks."""
    hooks = {"geo": "Geo", "named": "Named", "asking": "Asking"}

    def told(*names, source=SEEING, environ=OPEN, backend=None, **root):
        site.install("acme-geo", source, hooks=hooks)
        path = config(using(*names) if names else {}, backend, plugin=INPROC, **root)
        return {place: str(depth) for place, depth in opened(load(path, {}).settings, environ).items()}

    return told


@pytest.mark.parametrize(
    ("hooks", "expected"),
    [
        ((), "the first level"),
        (("geo",), "everything because acme-geo/geo reads it"),
        (("named",), "user, user.name (all), tags (all)"),
        (("asking",), "the first level"),
        (("named", "geo"), "everything because acme-geo/geo reads it"),
    ],
)
def test_third_parties_are_asked_what_they_look_at(told, hooks, expected):
    assert told(*hooks) == {"endpoints[0].backend[0]": expected}
    assert "acme_geo" not in sys.modules


def test_who_cannot_be_asked_is_taken_to_look_at_everything(told):
    assert told("named", source=BROKEN) == {"endpoints[0].backend[0]": "everything because acme-geo/named reads it"}


def test_who_may_not_load_looks_at_nothing(told):
    assert told("geo", environ={}) == {"endpoints[0].backend[0]": "the first level"}


@pytest.mark.parametrize(
    ("backend", "root", "expected"),
    [
        ({"allow": ["a.b"]}, {}, "a"),
        ({"encoding": "string"}, {}, "everything because krakpy/string reads it"),
        ({"encoding": "safejson"}, {}, "the first level"),
        ({}, {"output_encoding": "yaml"}, "everything because krakpy/yaml reads it"),
        ({}, {"output_encoding": "string"}, "content (all)"),
        ({}, {"output_encoding": "json-collection"}, "the first level"),
    ],
)
def test_krakpys_own_parts_say_what_they_look_at(told, backend, root, expected):
    assert told(backend=backend, **root) == {"endpoints[0].backend[0]": expected}


def test_what_is_not_decoded_is_not_opened(told):
    assert told(output_encoding="no-op") == {}
