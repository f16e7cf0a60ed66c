"""Hooks: which settings an extension has, which hooks it has, and what it is built with."""
from dataclasses import dataclass
from typing import Generic, TypeVar

import pytest
from krakpy_sdk import HOOKS, Context, Extension, Patch
from krakpy_sdk.extension import config_type_of, hooks_of


@dataclass(frozen=True)
class Config:
    header: str = "X-Country"


@dataclass(frozen=True)
class Required:
    key: str


class Geo(Extension[Config]):
    def log(self, request, response): ...

    def endpoint_request(self):
        return Patch().set_header(self.config.header, "NO")


class Bare(Extension):
    http_request = "not callable"


class Child(Geo):
    async def backend_response(self, response): ...


ConfigT = TypeVar("ConfigT")


class Audited(Extension[ConfigT], Generic[ConfigT]): ...


class AuditedGeo(Audited[Config]): ...


class Nothing(Extension[None]): ...


@pytest.mark.parametrize(
    ("extension", "config"),
    [(Geo, Config), (Child, Config), (AuditedGeo, Config), (Bare, None), (Nothing, None), (Audited, None)],
    ids=lambda value: getattr(value, "__name__", "none"),
)
def test_the_type_of_the_settings_is_the_one_in_brackets(extension, config):
    assert config_type_of(extension) is config


@pytest.mark.parametrize(
    ("extension", "hooks"),
    [(Geo, ("endpoint_request", "log")), (Child, ("endpoint_request", "backend_response", "log")), (Bare, ())],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_hooks_are_the_methods_that_have_their_names(extension, hooks):
    assert hooks_of(extension) == hooks


def test_hooks_are_offered_what_their_names_say():
    after_the_answer = {"http_response", "endpoint_response", "backend_response", "log"}
    assert all(
        arguments == (("request", "response") if name in after_the_answer else ("request",))
        for name, arguments in HOOKS.items()
    )


def test_an_extension_has_the_settings_that_it_is_given():
    assert Geo(Config(header="X-Land")).endpoint_request().changes == (("set_header", "X-Land", "NO"),)


def test_an_extension_has_its_defaults_without_settings():
    assert Geo().config == Config()


def test_a_bare_extension_has_no_settings():
    assert (Bare().config, Nothing().config) == (None, None)


def test_required_settings_must_be_given():
    class Keyed(Extension[Required]): ...

    with pytest.raises(TypeError, match="key"):
        Keyed()


def test_an_extension_knows_where_it_runs():
    assert Geo(Config(), Context(endpoint="/users/{id}")).context.endpoint == "/users/{id}"


def test_bodies_are_left_unread_by_default():
    assert Geo.body == "none"


def test_setup_and_teardown_may_be_left_out():
    extension = Bare()
    assert (extension.setup(extension.context), extension.teardown()) == (None, None)


def test_the_whole_document_is_declared_by_default():
    assert Geo.paths is None
