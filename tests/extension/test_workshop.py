"""In the child of a probe a middleware is built with what it will have in a worker."""
from types import SimpleNamespace

import pytest
from krakpy_sdk import ConfigError, MissingDriver

from krakpy.extension.workshop import NotTried, Workshop

HELLO = "tests.extension.pieces:Hello"


def workshop(**offers):
    named = {"hello": {"id": "acme/hello", "target": HELLO, "config": {"word": "moin"}}}
    told = {"drivers": {"greet": named}, "failed": [["greet", "broken"]], "names": {"greet": ["hello", "broken"]}}
    return Workshop({"service": {"a/b": 1}, "folder": "/run/x", "offers": {**told, **offers}})


def settings(**fields):
    return workshop().settings({"settings": {"place": "endpoints[0]", "hosts": ["http://a"], **fields}}, {"c": 1})


def test_settings_have_what_they_have_in_a_worker():
    built = settings(name="shop")
    assert (built.place, built.config, built.name, built.hooks) == ("endpoints[0]", {"c": 1}, "shop", ())
    assert (built.service, built.shared_folder, built.discover()) == ({"a/b": 1}, "/run/x", ["http://a"])
    assert built.log.name.startswith("krakpy.extension")


def test_the_backends_of_an_endpoint_are_settings_too():
    [backend] = settings(backends=[{"place": "endpoints[0].backend[0]", "hosts": ["http://b"]}]).backends
    assert isinstance(backend, SimpleNamespace)
    assert (backend.place, backend.discover(), backend.service) == ("endpoints[0].backend[0]", ["http://b"], {"a/b": 1})


def test_a_driver_is_built_once_with_the_same_settings():
    driver = settings().driver
    assert driver("greet", "hello").greet("Ada") == "moin Ada"
    assert driver("greet", "hello", {"word": "yo"}) is driver("greet", "hello", {"word": "yo"})
    assert driver("greet", "hello", {"word": "yo"}) is not driver("greet", "hello")


def test_a_driver_that_is_broken_is_not_tried_again():
    with pytest.raises(NotTried):
        settings().driver("greet", "broken")


@pytest.mark.parametrize(("has_plugins", "error"), [(False, ConfigError), (True, MissingDriver)])
def test_a_driver_that_nobody_offers_is_told_with_the_nearest_name(has_plugins, error):
    built = workshop(has_plugins=has_plugins).settings({"settings": {}}, None)
    with pytest.raises(error, match="did you mean 'hello'") as failure:
        built.driver("greet", "helo")
    assert type(failure.value) is error
