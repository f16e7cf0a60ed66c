"""What the child of a probe reports, told in this process: imports that can be survived, contracts, constructions."""
import pytest

from krakpy.extension.probe_child import examine

HOOK = """
'''Adds a header.'''
from dataclasses import dataclass
from krakpy_sdk import ConfigError, Extension, Patch

@dataclass
class Config:
    header: str = "X-Hook"

    def __post_init__(self):
        if self.header == "bad":
            raise ConfigError("not a header", path="header")
        if self.header == "worse":
            raise SystemExit(3)
        if self.header == "big":
            raise MemoryError

class Hook(Extension[Config]):
    '''Adds a header.

    And more.
    '''
    def endpoint_request(self, request):
        return Patch().set_header(self.config.header, self.context.endpoint)
"""
MIDDLEWARE = """
class Middleware:
    inside = ("url_pattern",)
    outside = ["load_balancer"]
    paths = ["user.name"]

    def __init__(self, settings, next):
        assert (settings.place, settings.config, settings.hooks) == ("endpoints[0]", {"a": 1}, ())
        assert settings.discover() == settings.hosts == ["http://a.test"]
        assert settings.decode is None
        self.next = next

    async def __call__(self, request):
        return await self.next(request)
"""
DRIVER = """
class Decoder:
    def __init__(self, config):
        assert config == {"a": 1}

    def decode(self, body, is_collection):
        return {}
"""
PLACE = "endpoints[0].x"


@pytest.fixture
def site(site):
    modules = {"acme_hook.py": HOOK, "acme_middleware.py": MIDDLEWARE, "acme_driver.py": DRIVER}
    site.add("acme", modules=modules)
    return site


def use(kind="hook", config=None, hooks=("endpoint_request",), **settings):
    return {"place": PLACE, "name": "hook", "kind": kind, "config": config, "hooks": list(hooks), "settings": settings}


def reports(target, family="hooks", *instances):
    return list(examine({"target": target, "family": family, "instances": list(instances)}))


def verdict(*job):
    return reports(*job)[-1]["verdict"]


def test_the_stages_are_reported_as_they_begin(site):
    stages = [(report.get("stage"), report.get("place")) for report in reports("acme_hook:Hook", "hooks", use(), use())]
    assert stages == [("import", None), ("construct", PLACE), ("construct", PLACE), (None, None)]


def test_a_good_hook_is_told_with_its_facts(site):
    context = {"endpoint": "/a", "id": "acme/hook", "seat": "endpoint"}
    found = verdict("acme_hook:Hook", "hooks", use(config={"header": "X-A"}, **context))
    assert found["problems"] == []
    assert (found["hooks"], found["summary"]) == (["endpoint_request"], "Adds a header.")
    assert found["paths"] is None
    assert 0 < found["import_s"] < 5


def test_a_good_middleware_is_told_with_its_order(site):
    settings = {"place": "endpoints[0]", "hosts": ["http://a.test"]}
    found = verdict("acme_middleware:Middleware", "backend", use("middleware", {"a": 1}, (), **settings))
    assert (found["problems"], found["inside"], found["outside"]) == ([], ["url_pattern"], ["load_balancer"])
    assert (found["hooks"], found["summary"]) == ([], "")
    assert found["paths"] == ("user.name",)


def test_a_good_driver_is_built_with_its_settings(site):
    assert verdict("acme_driver:Decoder", "decoder", use("driver", {"a": 1}, ()))["problems"] == []


@pytest.mark.parametrize(
    ("source", "code", "said"),
    [
        ("raise ValueError('no')", "IMPORT_RAISED", "ValueError: no, at "),
        ("x =", "IMPORT_RAISED", "SyntaxError: "),
        ("import acme_gone", "MODULE_MISSING", "ModuleNotFoundError: No module named 'acme_gone', at "),
        ("import acme_bad.inner", "BAD_ENTRY_POINT", "a module of its own is missing: ModuleNotFoundError"),
        ("from acme_bad import X", "IMPORT_RAISED", "ImportError: cannot import name 'X' from partially initialized"),
        ("from acme_hook import Gone", "IMPORT_RAISED", "ImportError: cannot import name 'Gone'"),
        ("assert False, 'never'", "IMPORT_RAISED", "AssertionError: never, at "),
        ("raise SystemExit(3)", "IMPORT_EXITED", "the import raised SystemExit: 3, at "),
        ("import sys; sys.exit()", "IMPORT_EXITED", "the import raised SystemExit, at "),
        ("raise KeyboardInterrupt", "IMPORT_RAISED", "KeyboardInterrupt, at "),
        ("raise GeneratorExit", "IMPORT_RAISED", "GeneratorExit, at "),
        ("class Odd(BaseException): ...\nraise Odd('odd')", "IMPORT_RAISED", "Odd: odd, at "),
        ("def f(): f()\nf()", "IMPORT_RAISED", "RecursionError: "),
        ("raise MemoryError", "MEMORY", "the import raised MemoryError, at "),
    ],
    ids=[
        "X-01 exception", "X-02 SyntaxError", "X-03 missing module", "X-03 missing module of its own",
        "X-12 circular import", "X-03 ImportError", "X-04 assert", "X-05 SystemExit", "X-05 sys.exit",
        "X-06 KeyboardInterrupt", "X-06 GeneratorExit", "X-06 BaseException", "X-12 recursion", "X-11 MemoryError",
    ],
)  # fmt: skip
def test_an_import_that_fails_is_told_with_its_cause_and_place(site, source, code, said):
    site.add("acme-bad", modules={"acme_bad.py": source})
    [problem] = verdict("acme_bad:Hook")["problems"]
    assert (problem["code"], problem["place"]) == (code, "")
    assert said in problem["message"]
    assert str(site.path) in problem["message"] or "ModuleNotFoundError" in said or "partially" in said


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("acme_gone:Hook", "leads nowhere: ModuleNotFoundError"),
        ("acme_hook.gone:Hook", "leads nowhere: ModuleNotFoundError"),
        ("acme_hook:Gone", "leads nowhere: AttributeError"),
        ("acme_hook:Hook.gone", "leads nowhere: AttributeError"),
        ("!!!", "leads nowhere: ModuleNotFoundError"),
        ("", "is not `module:attribute`: ValueError"),
        (".acme_hook:Hook", "is not `module:attribute`: TypeError"),
    ],
)
def test_an_entry_point_that_leads_nowhere_is_told(site, target, said):
    [problem] = verdict(target)["problems"]
    assert problem["code"] == "BAD_ENTRY_POINT"
    assert said in problem["message"]


@pytest.mark.parametrize("target", ["acme_hook : Hook", "acme_hook:Hook [extra]"])
def test_an_entry_point_may_have_spaces_and_extras(site, target):
    assert verdict(target)["problems"] == []


@pytest.mark.parametrize("target", ["acme_hook", "acme_hook:HOOK", "acme_hook:Config"])
def test_an_entry_point_of_another_kind_is_told(site, target):
    (site.path / "acme_hook.py").write_text(f"{HOOK}\nHOOK = 5")
    assert [problem["code"] for problem in verdict(target)["problems"]] == ["WRONG_KIND"]


@pytest.mark.parametrize(
    ("instance", "code", "place", "said"),
    [
        (use(config={"heder": "X"}), "UNKNOWN_KEY", f"{PLACE}.heder", "header"),
        (use(config={"header": 5}), "WRONG_TYPE", f"{PLACE}.header", ""),
        (use(config={"header": "bad"}), "SETTINGS", f"{PLACE}.header", "not a header"),
        (use(config={"header": "worse"}), "CONSTRUCTION", PLACE, "the construction raised SystemExit: 3, at "),
        (use(config={"header": "big"}), "MEMORY", PLACE, "the construction raised MemoryError"),
        (use(hooks=("backend_request", "backend_response")), "SETTINGS", PLACE, "Hook has none of the hooks"),
        (use(unknown="setting"), "CONSTRUCTION", PLACE, "TypeError"),
    ],
    ids=["unknown key", "wrong type", "what the author refuses", "exit", "memory", "another seat", "a bad context"],
)
def test_a_use_that_cannot_be_built_is_told_at_its_place(site, instance, code, place, said):
    [problem] = verdict("acme_hook:Hook", "hooks", instance)["problems"]
    assert (problem["code"], problem["place"]) == (code, place)
    assert said in problem["message"]


def test_a_constructor_may_refuse_settings_with_a_path(site):
    source = """
from krakpy_sdk import ConfigError
class Decoder:
    def __init__(self, config):
        raise ConfigError("no", path=config["path"])
    def decode(self, body, is_collection): ...
"""
    site.add("acme-strict", modules={"acme_strict.py": source})
    uses = [use("driver", {"path": path}, ()) for path in ("", "rows[0]")]
    places = [problem["place"] for problem in verdict("acme_strict:Decoder", "decoder", *uses)["problems"]]
    assert places == [PLACE, f"{PLACE}.rows[0]"]


def test_settings_with_a_key_that_has_no_effect_are_warned_of_and_built(site):
    source = """
from dataclasses import dataclass
@dataclass
class Config:
    ACCEPTED = {"colour": "Nobody sees it."}
class Decoder:
    Config = Config
    def __init__(self, config):
        assert isinstance(config, Config)
    def decode(self, body, is_collection): ...
"""
    site.add("acme-old", modules={"acme_old.py": source})
    [problem] = verdict("acme_old:Decoder", "decoder", use("driver", {"colour": "red"}, ()))["problems"]
    assert (problem["code"], problem["severity"], problem["place"]) == ("IGNORED", "warning", f"{PLACE}.colour")


def test_one_use_that_fails_does_not_keep_the_others_from_being_tried(site):
    found = verdict("acme_hook:Hook", "hooks", use(config={"header": "bad"}), use(), use(config={"header": "worse"}))
    assert [problem["code"] for problem in found["problems"]] == ["SETTINGS", "CONSTRUCTION"]
