"""What a class of each group promises, checked without calling or constructing anything."""
from dataclasses import dataclass

import pytest
from krakpy_sdk import ConfigError, Extension, Patch
from krakpy_sdk.calling import parameters

from krakpy.codes import Code
from krakpy.extension.contracts import CONTRACTS, breaches, config_type, settings_for


class Exploding(type):
    def __getattr__(cls, name):
        raise SystemExit(f"no {name} here")


class Hook(Extension):
    def endpoint_request(self, request): ...


class Middleware:
    def __init__(self, settings, next): ...
    async def __call__(self, request): ...


class Server:
    def __init__(self, settings, next): ...
    async def __call__(self, scope, receive, send): ...


class Driver:
    def __init__(self, config): ...
    def decode(self, body, is_collection): ...
    def render(self, request, response): ...
    def merge(self, settings, backends): ...
    def hosts(self, settings): ...


def a(base, name="Odd", **members):
    """A class with these members."""
    return type(name, (base,), members)


GOOD = {
    "a hook": ("hooks", Hook),
    "a hook that asks for less": ("hooks", a(Extension, log=lambda self: None)),
    "a hook that calls itself otherwise": ("hooks", a(Extension, endpoint_request=lambda this, request: None)),
    "a hook with a default": ("hooks", a(Extension, endpoint_request=lambda self, request, extra=1: None)),
    "a hook with any arguments": ("hooks", a(Extension, endpoint_response=lambda self, *_, **rest: None)),
    "a static hook": ("hooks", a(Extension, endpoint_request=staticmethod(lambda request: None))),
    "a class as hook": ("hooks", a(Extension, endpoint_request=classmethod(lambda cls, request: None))),
    "a middleware": ("backend", Middleware),
    "a middleware with an order": ("backend", a(Middleware, inside=("url_pattern",), outside=["load_balancer"])),
    "a middleware with paths": ("backend", a(Middleware, paths=("user.name", "tags"))),
    "a hook that looks at nothing": ("hooks", a(Hook, paths=())),
    "a client middleware with paths of its own": ("client", a(Middleware, paths={"/": "file"})),
    "a server middleware": ("server", Server),
    "a merger": ("merger", Driver),
    "a decoder": ("decoder", Driver),
    "a renderer": ("renderer", Driver),
    "a discovery": ("discovery", Driver),
}
BAD = {
    "X-39 an int": ("hooks", 42, Code.WRONG_KIND, "a hook is a class, not int"),
    "X-39 a function": ("backend", lambda settings, next: 0, Code.WRONG_KIND, "is a class, not function"),
    "X-39 an instance": ("decoder", Driver(None), Code.WRONG_KIND, "a driver is a class, not Driver"),
    "X-39 another class": ("hooks", Middleware, Code.WRONG_KIND, "krakpy_sdk.Extension; Middleware is not"),
    "a class that explodes": ("backend", Exploding("X", (), {}), Code.WRONG_KIND, " here, at "),
    "a hook without hooks": ("hooks", a(Extension), Code.UNKNOWN_HOOK, "Odd has none of the hooks http_request"),
    "a hook that asks for more": (
        "hooks", a(Extension, endpoint_request=lambda self, request, user: None), Code.SIGNATURE,
        "endpoint_request asks for user; it is offered request",
    ),
    "a request hook that asks for the response": (
        "hooks", a(Extension, endpoint_request=lambda self, response: None), Code.SIGNATURE, "asks for response",
    ),
    "a body that is no word of ours": (
        "hooks", a(Hook, body="all"), Code.SIGNATURE, "body is \"none\" or \"buffer\", not 'all'",
    ),
    "settings that are no dataclass": (
        "backend", a(Middleware, Config={"a": 1}), Code.WRONG_KIND, "the settings of Odd are a dataclass",
    ),
    "a middleware that is built otherwise": (
        "backend", a(Middleware, __init__=lambda self, settings: None), Code.SIGNATURE, "built with (settings, next)",
    ),
    "a middleware that cannot be called": (
        "backend", type("Odd", (), {"__init__": Middleware.__init__}), Code.WRONG_KIND, "Odd has no __call__(request)",
    ),
    "a middleware for another seat": ("backend", Server, Code.SIGNATURE, "Server.__call__ takes (request)"),
    "an order that is one name": (
        "backend", a(Middleware, inside="url_pattern"), Code.SIGNATURE, "Odd.inside is a tuple of names",
    ),
    "an order that is a number": ("backend", a(Middleware, outside=5), Code.SIGNATURE, "Odd.outside is a tuple"),
    "an order of numbers": ("backend", a(Middleware, outside=(5,)), Code.SIGNATURE, "Odd.outside is a tuple of names"),
    "paths that are one path": (
        "hooks", a(Hook, paths="user"), Code.SIGNATURE, "Odd.paths is a tuple of dotted paths, not 'user'",
    ),
    "paths of a middleware that are a set": (
        "endpoint", a(Middleware, paths={"user"}), Code.SIGNATURE, "Odd.paths is a tuple of dotted paths",
    ),
    "a path that is empty": ("renderer", a(Driver, paths=("",)), Code.SIGNATURE, "Odd.paths is a tuple of dotted"),
    "a driver that is built otherwise": (
        "decoder", a(Driver, __init__=lambda self: None), Code.SIGNATURE, "Odd is built with (config)",
    ),
    "a driver without its method": ("decoder", Middleware, Code.WRONG_KIND, "has no decode(body, is_collection)"),
    "a driver with another signature": (
        "decoder", a(Driver, decode=lambda self, body: None), Code.SIGNATURE, "Odd.decode takes (body, is_collection)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("family", "loaded"), GOOD.values(), ids=GOOD)
def test_a_class_that_keeps_its_contract_has_no_breach(family, loaded):
    assert breaches(CONTRACTS[family], loaded) == []


@pytest.mark.parametrize(("family", "loaded", "code", "said"), BAD.values(), ids=BAD)
def test_a_breach_is_named(family, loaded, code, said):
    found = breaches(CONTRACTS[family], loaded)
    assert any(breach == code and said in message for breach, message in found), found


def test_every_group_has_the_name_that_setup_cfg_uses():
    assert CONTRACTS["hooks"].group == "krakpy.hooks.v1"
    assert all(contract.group == f"krakpy.{family}.v1" for family, contract in CONTRACTS.items())


def test_only_named_parameters_are_given():
    assert [parameter.name for parameter in parameters(lambda a, /, b, *rest, c, **others: None)] == ["a", "b", "c"]


@dataclass(frozen=True)
class Config:
    header: str = "X-Country"
    limit: int = 10

    def __post_init__(self):
        if self.limit < 0:
            raise ConfigError("must not be negative", path="limit")


class Configured(Extension[Config]):
    def endpoint_request(self, request):
        return Patch().set_header(self.config.header, "NO")


class Inherits(Configured):
    """Has the settings of its base."""


PLACE = "endpoints[0].extra_config.acme/x"


@pytest.mark.parametrize(
    ("loaded", "config"),
    [(Hook, None), (Configured, Config), (Inherits, Config), (Driver, None), (a(Middleware, Config=Config), Config)],
)
def test_the_class_of_the_settings_is_found(loaded, config):
    assert config_type(loaded) is config


@pytest.mark.parametrize("raw", [None, {}])
def test_settings_that_are_not_written_are_the_defaults(raw):
    assert settings_for(Configured, raw, PLACE) == (Config(), [])


def test_settings_are_decoded_into_the_authors_own_class():
    assert settings_for(Configured, {"header": "X-Land"}, PLACE) == (Config(header="X-Land"), [])


@pytest.mark.parametrize(
    ("raw", "place", "said"),
    [
        ({"headr": "X"}, f"{PLACE}.headr", "header"),
        ({"limit": "ten"}, f"{PLACE}.limit", ""),
        ({"limit": -1}, f"{PLACE}.limit", "must not be negative"),
        ("X-Land", PLACE, "an object"),
    ],
    ids=["unknown key", "wrong type", "what the author refuses", "no object"],
)
def test_settings_that_do_not_decode_are_told_with_their_path(raw, place, said):
    config, [problem] = settings_for(Configured, raw, PLACE)
    assert (config, problem.place) == (None, place)
    assert said in str(problem)


def test_a_bare_extension_takes_no_settings():
    assert settings_for(Hook, {}, PLACE) == ({}, [])
    config, [problem] = settings_for(Hook, {"a": 1}, PLACE)
    assert (config, problem.code, problem.place) == (None, Code.SETTINGS, PLACE)


def test_a_middleware_without_a_class_for_its_settings_gets_what_is_written():
    assert settings_for(Middleware, {"a": 1}, PLACE) == ({"a": 1}, [])
