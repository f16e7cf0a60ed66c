"""What is settled before any worker exists: who loads, who failed, and whether the gateway may start at all."""
import json
import os
import subprocess
import sys

import pytest

from krakpy.codes import Code
from krakpy.errors import Problem
from krakpy.extension.jobs import config_of, jobs_of
from krakpy.extension.offers import Offers
from krakpy.extension.preparing import plan

from .services import MODIFIERS, at_backend, behind, hooked, service
from .starts import CLOSED, INPROC, OPEN, failures, ids, importers, judging, refusal, unprobed


def test_what_is_asked_for_and_good_is_admitted(ask, strangers):
    prepared = ask(hooked("geo"))
    assert (ids(prepared), prepared.failures) == (["acme-geo/geo"], ())
    assert [verdict.is_good for verdict in prepared.verdicts] == [True]


def test_only_a_child_imports_and_never_this_process(ask, strangers):
    ask(hooked("geo"))
    assert len(importers(strangers)) == 1
    assert os.getpid() not in importers(strangers)
    assert not [name for name in sys.modules if name.startswith("acme_")]


def test_what_nobody_asked_for_is_never_imported(ask, strangers):
    ask({})
    assert importers(strangers) == []


@pytest.mark.parametrize(("case", "code"), CLOSED.values(), ids=CLOSED)
def test_a_closed_gate_keeps_the_gateway_from_starting_and_imports_nothing(ask, strangers, case, code):
    words = {"plugin": {}, **case}
    endpoint = words.pop("endpoint", hooked("geo"))
    assert [problem.code for problem in refusal(ask, endpoint, **words)] == [code]
    assert importers(strangers) == []


def test_the_range_of_the_sdk_keeps_the_gateway_from_starting(ask, strangers):
    strangers.add("acme-geo", "1.2", hooks={"geo": "acme_geo:Hook"}, requires=("krakpy-sdk>=2",))
    assert [problem.code for problem in refusal(ask, hooked("geo"))] == [Code.SDK_RANGE]
    assert importers(strangers) == []


def test_everything_that_forbids_a_start_is_told_in_one_run(ask):
    endpoints = [hooked("gone"), at_backend(acme__retry={}), hooked(), hooked("geo", geo={"limt": 1})]
    problems = refusal(ask, *endpoints, plugin={"deny": ["unheard-of"]})
    assert {problem.code for problem in problems} == {
        Code.NOT_INSTALLED, Code.NEEDS_INPROC, Code.WRONG_TYPE, Code.UNKNOWN_KEY,
    }  # fmt: skip
    assert {"plugin.deny[0]", f"endpoints[2].extra_config.{MODIFIERS}.name"} < {problem.place for problem in problems}


@pytest.mark.parametrize(
    ("config", "code"),
    [({"limt": 1}, Code.UNKNOWN_KEY), ({"limit": "x"}, Code.WRONG_TYPE)],
    ids=["unknown key", "wrong type"],
)
def test_settings_that_do_not_decode_keep_the_gateway_from_starting(ask, config, code):
    [problem] = refusal(ask, {}, hooked("geo", geo=config))
    assert problem.code is code
    assert problem.place.startswith(f"endpoints[1].extra_config.{MODIFIERS}.geo.lim")


def test_a_use_that_cannot_be_constructed_starts_and_fails_its_own_place(ask):
    prepared = ask(hooked("geo"), hooked("geo", geo={"limit": 13}), behind("geo"))
    assert failures(prepared) == {("endpoints[1]", Code.CONSTRUCTION)}
    assert len(ids(prepared)) == 2


def test_an_extension_that_cannot_be_imported_starts_and_fails_all_its_places(ask, strangers):
    (strangers.path / "acme_geo.py").write_text("import os; os._exit(3)")
    prepared = ask(hooked("geo"), {}, behind("geo"))
    assert failures(prepared) == {
        ("endpoints[0]", Code.IMPORT_EXITED), ("endpoints[2].backend[0]", Code.IMPORT_EXITED),
    }  # fmt: skip
    assert ids(prepared) == []


def test_of_several_problems_of_a_use_the_first_is_told(ask):
    first, second = (Problem(Code.IMPORT_RAISED, "acme-geo/geo", text) for text in ("first", "second"))
    [failure] = ask(hooked("geo"), examine=judging(first, second)).failures
    assert failure.problem is first


def test_a_problem_at_another_place_is_not_about_this_use(ask):
    problem = Problem(Code.CONSTRUCTION, f"endpoints[1].extra_config.{MODIFIERS}.geo", "no")
    [failure] = ask(*[hooked("geo") for _ in range(12)], examine=judging(problem)).failures
    assert failure.need.owner == "endpoints[1]"


def test_each_extension_is_probed_once_with_all_its_uses(ask):
    jobs = []

    def examine(asked):
        jobs.extend(asked)
        return unprobed(jobs)

    ask(hooked("geo", geo={"limit": 2}), behind("geo"), at_backend(acme__retry={"a": 1}), examine=examine,
        plugin={"instances": {"acme-retry/acme/retry": INPROC}})  # fmt: skip
    geo, retry = jobs
    assert [(use.config, use.hooks[0]) for use in geo.instances] == [
        ({"limit": 2}, "endpoint_request"), (None, "backend_request"),
    ]  # fmt: skip
    assert geo.instances[0].settings == {"id": "acme-geo/geo", "seat": "endpoint", "endpoint": "/0"}
    [use] = retry.instances
    settings = json.loads(json.dumps(use.settings))
    assert (use.kind, use.config, settings["hosts"]) == ("middleware", {"a": 1}, ["http://backend.test"])


GRAPHQL = {"type": "query", "query": "{ a }"}


def test_settings_of_krakpys_own_components_keep_the_gateway_from_starting_too(ask):
    [problem] = refusal(ask, {}, at_backend(backend__graphql={**GRAPHQL, "variables": {"a": ""}}))
    assert problem.code is Code.SETTINGS
    assert problem.place == "endpoints[1].backend[0].extra_config.backend/graphql.variables.a"


def test_what_components_accept_without_effect_is_a_warning(ask):
    [warning] = ask(at_backend(backend__graphql={**GRAPHQL, "type": "nonsense"})).warnings
    assert (warning.code, warning.severity) == (Code.IGNORED, "warning")
    assert warning.place == "endpoints[0].backend[0].extra_config.backend/graphql.type"


def test_a_component_where_krakend_does_not_look_is_left_out_with_a_warning(ask):
    prepared = ask({}, extra_config={"backend/http": {"return_error_code": True}})
    assert [(problem.place, problem.severity) for problem in prepared.warnings] == [
        ("extra_config.backend/http", "warning")
    ]
    assert prepared.failures == ()


def test_a_guard_where_krakend_does_not_look_keeps_the_gateway_from_starting(ask):
    [problem] = refusal(ask, {}, extra_config={"validation/json-schema": {}}, options={"ignore_unknown": True})
    assert (problem.place, problem.severity) == ("extra_config.validation/json-schema", "error")


def test_of_krakpys_own_those_with_settings_are_probed(ask):
    prepared = ask(at_backend(backend__graphql=GRAPHQL), examine=unprobed)
    assert [verdict.candidate.id for verdict in prepared.verdicts] == ["krakpy/backend/graphql"]


def test_krakpys_own_are_not_probed(ask):
    prepared = ask({}, examine=unprobed)
    assert (prepared.verdicts, jobs_of(prepared.admissions, None, Offers())) == ((), [])


def test_settings_stand_where_the_use_is_listed_or_at_its_instance(ask):
    plugin = {"instances": {"geo": {"config": {"limit": 7}}, "geo2": {"from": "acme-geo/geo"}}}
    prepared = ask(hooked("geo"), hooked("geo", geo={"limit": 2}), hooked("geo2"), plugin=plugin, examine=unprobed)
    hooks = [admission for admission in prepared.admissions if admission.candidate.family == "hooks"]
    assert [config_of(hook, prepared.settings.plugin) for hook in hooks] == [{"limit": 7}, {"limit": 2}, None]


def test_a_plan_spawns_nothing_and_imports_nothing(strangers, tmp_path):
    settings = service(tmp_path, hooked("geo"), hooked("gone"), plugin={})
    planned, refused = plan(settings, environ=OPEN, catalog=strangers.catalog(with_krakpy=True))
    assert (ids(planned), [problem.code for problem in refused]) == (["acme-geo/geo"], [Code.NOT_INSTALLED])
    assert importers(strangers) == []


def test_stevedores_cache_is_neither_read_nor_written(strangers, tmp_path):
    service(tmp_path, hooked("geo"), plugin={"defaults": INPROC})
    folder = tmp_path / "cache" / "python-entrypoints"
    folder.mkdir(parents=True)
    program = f"""
import json, os, sys
from stevedore import _cache
poison = {{"groups": {{"krakpy.hooks.v1": [["geo", "acme_retry:X", "krakpy.hooks.v1"]],
          "krakpy.decoder.v1": [["json", "acme_csv:Csv", "krakpy.decoder.v1"]]}}, "path_values": []}}
digest, _ = _cache._hash_settings_for_path(tuple(sys.path))
with open(os.path.join({str(folder)!r}, digest), "w") as file:
    json.dump(poison, file)
assert _cache.get_group_all("krakpy.hooks.v1")[0].value == "acme_retry:X", "the poison is where stevedore looks"

from krakpy.config.loading import load
from krakpy.extension.manager import ExtensionManager
from krakpy.extension.preparing import prepare
opened = []
sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event == "open" else None)
prepared = prepare(load({str(tmp_path / "krakend.json")!r}, {{}}).settings, environ={OPEN})
ExtensionManager(prepared)
print(sorted(name for name in sys.modules if name.startswith("acme_")))
print([name for name in opened if "python-entrypoints" in name])
"""
    environ = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONPATH": str(strangers.path)}
    ran = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=False)
    assert ran.stdout == "['acme_geo']\n[]\n", ran.stderr
    assert len(list(folder.iterdir())) == 1
