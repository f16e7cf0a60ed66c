"""Drivers that packages ask for by name pass the gates and a probe of their own before anybody is built with them."""
import pytest

from krakpy.codes import Code
from krakpy.extension.preparing import prepare

from .services import at_backend, service
from .starts import OPEN, refusal

ENGINE = """
from typing import Any, Protocol
from krakpy_sdk import ConfigError

class Mod(Protocol):
    def __init__(self, config: Any) -> None: ...
    def change(self, text: str) -> str: ...

class Engine:
    def __init__(self, settings, next):
        assert settings.service == {"acme/engine-wide": {"a": 1}} and settings.name == "shop"
        open(settings.shared_folder + "/probe", "w").close()
        settings.log.info("built")
        for name, config in settings.config.items():
            assert settings.driver("mod", name, config) is settings.driver("mod", name, config)
        self._next = next

    async def __call__(self, request):
        return await self._next(request)

class Wide:
    def __init__(self, settings, next): ...
    async def __call__(self, request): ...
"""
MOD = """
from dataclasses import dataclass
from krakpy_sdk import ConfigError

@dataclass
class Config:
    key: str = "k"

class Change:
    Config = Config
    def __init__(self, config):
        if config.key == "bad":
            raise ConfigError("is no key", path="key")
    def change(self, text):
        return text
"""
HELD = ("acme-engine/acme/engine", "acme-engine/acme/engine-wide", "corp/change")
CONSENT = {id: {"isolation": "inproc"} for id in HELD}


@pytest.fixture
def ask(site, tmp_path):
    """Prepare a backend whose engine has these settings; `mod` is the source of what it asks for."""

    def ask(config, *others, mod=MOD, environ=OPEN, instances=CONSENT):
        client = {"acme/engine": "acme_engine:Engine"}
        router = {"acme/engine-wide@service": "acme_engine:Wide"}
        drivers = {"mod": "acme_engine:Mod"}
        site.add("acme-engine", client=client, router=router, drivers=drivers, modules={"acme_engine.py": ENGINE})
        site.add("corp", mod={"change": "corp:Change"}, modules={"corp.py": mod})
        endpoints = [at_backend(acme__engine=each) for each in (config, *others)]
        root = {"plugin": {"instances": instances}, "extra_config": {"acme/engine-wide": {"a": 1}}, "name": "shop"}
        settings = service(tmp_path, *endpoints, **root)
        return prepare(settings, environ=environ, catalog=site.catalog(with_krakpy=True))

    return ask


PLACE = "endpoints[0].backend[0].extra_config.acme/engine"


def test_a_driver_that_is_named_is_admitted_probed_and_given(ask):
    prepared = ask({"change": {"key": "x"}})
    assert prepared.failures == ()
    assert {(v.candidate.id, v.is_good) for v in prepared.verdicts} == {
        ("corp/change", True), ("acme-engine/acme/engine", True), ("acme-engine/acme/engine-wide@service", True),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"chance": {}}, "no installed package offers the mod driver 'chance'; did you mean 'change'?"),
        ({"change": {"key": "bad"}}, "is no key"),
        ({"change": {"kye": "x"}}, "the nearest is `key`"),
    ],
    ids=["an unknown driver", "settings that the driver refuses", "a key that it does not know"],
)
def test_what_is_wrong_with_a_driver_is_told_before_the_start(ask, config, said):
    (problem,) = refusal(ask, config)
    assert (problem.code, said in problem.message) == (Code.SETTINGS, True), problem
    assert problem.place.startswith(PLACE)


BROKEN = {
    "import": ("raise RuntimeError('no licence')", Code.IMPORT_RAISED),
    "exit": ("import os; os._exit(3)", Code.IMPORT_EXITED),
    "contract": ("class Change:\n    def __init__(self, config): ...\n", Code.WRONG_KIND),
}


@pytest.mark.parametrize(("mod", "code"), BROKEN.values(), ids=BROKEN)
def test_a_driver_that_is_broken_fails_where_it_is_named_and_who_asks_is_not_blamed(ask, mod, code):
    prepared = ask({"change": {}}, {}, mod=mod)
    assert [(f.need.owner, f.need.name, f.problem.code) for f in prepared.failures] == [
        ("endpoints[0].backend[0]", "change", code)
    ]
    assert {v.candidate.id for v in prepared.verdicts if not v.is_good} == {"corp/change"}


def test_a_strangers_driver_needs_the_word_inproc(ask):
    consent = {id: word for id, word in CONSENT.items() if id != "corp/change"}
    (problem,) = refusal(ask, {"change": {}}, instances=consent)
    assert (problem.code, problem.place) == (Code.NEEDS_INPROC, f"{PLACE}.change")


@pytest.mark.parametrize("consent", ["corp", "corp/change", "acme-x, corp/change"])
def test_the_environment_may_have_that_word(ask, consent):
    instances = {id: word for id, word in CONSENT.items() if id != "corp/change"}
    environ = {**OPEN, "KRAKPY_INPROC_PLUGINS": consent}
    assert ask({"change": {}}, instances=instances, environ=environ).failures == ()
