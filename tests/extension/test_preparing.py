"""What is settled before any worker exists: who loads, who failed, and whether the gateway may start at all."""
import json
import os
import subprocess
import sys

import pytest

from krakpy.codes import Code
from krakpy.errors import ConfigurationError, Problem
from krakpy.extension.preparing import Options, config_of, jobs_of, plan, prepare
from krakpy.extension.probe import Verdict
from tests.distributions import HOOK

from .services import BACKEND, MODIFIERS, at_backend, at_endpoint, behind, hooked, service

OPEN = {"KRAKPY_ENABLE_PLUGINS": "1"}
INPROC = {"isolation": "inproc"}
#: a module that tells whoever looks that it was imported, by which process
TELLING = """
import os, pathlib
with open(pathlib.Path(__file__).with_name('imported'), 'a') as file:
    print(os.getpid(), file=file)
"""
STRICT = """
from dataclasses import dataclass
from krakpy_sdk import Extension
@dataclass
class Config:
    limit: int = 1
class Hook(Extension[Config]):
    def __init__(self, config, context):
        if config.limit == 13:
            raise ValueError("unlucky")
    def endpoint_request(self, request): ...
    def backend_request(self, request): ...
"""


@pytest.fixture
def site(site):
    """A stranger's hook, middleware and decoder; all say when they are imported."""
    site.add("acme-geo", "1.2", hooks={"geo": "acme_geo:Hook"}, modules={"acme_geo.py": TELLING + STRICT})
    site.add("acme-retry", backend={"acme/retry": "acme_retry:Retry"}, modules={"acme_retry.py": TELLING})
    site.add("acme-csv", decoder={"csv": "acme_csv:Csv"}, modules={"acme_csv.py": TELLING})
    return site


@pytest.fixture
def ask(site, tmp_path):
    """Prepare a service with these endpoints; keywords are roots of the file, and `options`, `environ`, `examine`."""

    def ask(*endpoints, environ=OPEN, options=None, examine=None, **root):
        settings = service(tmp_path, *endpoints, **{"plugin": {}, **root})
        more = {"examine": examine} if examine else {}
        catalog = site.catalog(with_krakpy=True)
        return prepare(settings, environ=environ, options=options and Options(**options), catalog=catalog, **more)

    return ask


def unprobed(jobs):
    return tuple(Verdict(job.candidate) for job in jobs)


def judging(*problems):
    """Verdicts with these problems for whatever is probed."""
    return lambda jobs: tuple(Verdict(job.candidate, problems) for job in jobs)


def importers(site):
    """The processes that imported what is telling."""
    told = site.path / "imported"
    return [int(pid) for pid in told.read_text().split()] if told.exists() else []


def ids(prepared):
    return [admission.candidate.id for admission in prepared.admissions if admission.candidate.distribution != "krakpy"]


def failures(prepared):
    return {(failure.need.owner, failure.problem.code) for failure in prepared.failures}


def refusal(ask, *endpoints, **words):
    with pytest.raises(ConfigurationError) as error:
        ask(*endpoints, **words)
    return error.value.problems


def test_what_is_asked_for_and_good_is_admitted(ask, site):
    prepared = ask(hooked("geo"))
    assert (ids(prepared), prepared.failures) == (["acme-geo/geo"], ())
    assert [verdict.is_good for verdict in prepared.verdicts] == [True]


def test_only_a_child_imports_and_never_this_process(ask, site):
    ask(hooked("geo"))
    assert len(importers(site)) == 1
    assert os.getpid() not in importers(site)
    assert not [name for name in sys.modules if name.startswith("acme_")]


def test_what_nobody_asked_for_is_never_imported(ask, site):
    ask({})
    assert importers(site) == []


CLOSED = {
    "installed": ({"endpoint": hooked("acme-gone/geo")}, Code.NOT_INSTALLED),
    "the plugin object": ({"plugin": None}, Code.GATE_CLOSED),
    "the environment": ({"environ": {}}, Code.GATE_CLOSED),
    "pattern": ({"plugin": {"pattern": "corp-"}}, Code.NOT_ALLOWED),
    "allow": ({"plugin": {"allow": ["acme-csv/csv"]}}, Code.NOT_ALLOWED),
    "deny": ({"plugin": {"deny": ["acme-geo/geo"]}}, Code.NOT_ALLOWED),
    "inproc": ({"endpoint": at_backend(acme__retry={})}, Code.NEEDS_INPROC),
    "inproc of a driver": ({"endpoint": {"backend": [{**BACKEND, "encoding": "csv"}]}}, Code.NEEDS_INPROC),
    "isolation": ({"plugin": {"instances": {"geo": {"isolation": "process"}}}}, Code.ISOLATION),
}


@pytest.mark.parametrize(("case", "code"), CLOSED.values(), ids=CLOSED)
def test_a_closed_gate_keeps_the_gateway_from_starting_and_imports_nothing(ask, site, case, code):
    words = {"plugin": {}, **case}
    endpoint = words.pop("endpoint", hooked("geo"))
    assert [problem.code for problem in refusal(ask, endpoint, **words)] == [code]
    assert importers(site) == []


@pytest.mark.parametrize(("case", "code"), CLOSED.values(), ids=CLOSED)
def test_ignoring_what_is_missing_starts_and_fails_only_its_endpoints(ask, site, case, code):
    words = {"plugin": {}, **case}
    endpoint = words.pop("endpoint", hooked("geo"))
    prepared = ask({}, endpoint, options={"ignore_missing": True}, **words)
    assert {failure.problem.code for failure in prepared.failures} == {code}
    assert all(failure.need.owner.startswith("endpoints[1]") for failure in prepared.failures)
    assert importers(site) == []


def test_the_range_of_the_sdk_keeps_the_gateway_from_starting(ask, site):
    site.add("acme-geo", "1.2", hooks={"geo": "acme_geo:Hook"}, requires=("krakpy-sdk>=2",))
    assert [problem.code for problem in refusal(ask, hooked("geo"))] == [Code.SDK_RANGE]
    assert importers(site) == []


def test_everything_that_forbids_a_start_is_told_in_one_run(ask):
    endpoints = [hooked("gone"), at_backend(acme__retry={}), hooked(), hooked("geo", geo={"limt": 1})]
    problems = refusal(ask, *endpoints, plugin={"deny": ["geo"]})
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


def test_settings_that_do_not_decode_may_be_ignored_at_their_place(ask):
    prepared = ask(hooked("geo"), hooked("geo", geo={"limt": 1}), options={"ignore_missing": True})
    assert failures(prepared) == {("endpoints[1]", Code.UNKNOWN_KEY)}
    assert ids(prepared) == ["acme-geo/geo"]


def test_a_use_that_cannot_be_constructed_starts_and_fails_its_own_place(ask):
    prepared = ask(hooked("geo"), hooked("geo", geo={"limit": 13}), behind("geo"))
    assert failures(prepared) == {("endpoints[1]", Code.CONSTRUCTION)}
    assert len(ids(prepared)) == 2


def test_an_extension_that_cannot_be_imported_starts_and_fails_all_its_places(ask, site):
    (site.path / "acme_geo.py").write_text("import os; os._exit(3)")
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


def test_lists_of_hooks_that_are_none_fail_closed(ask):
    assert [problem.code for problem in refusal(ask, {}, hooked())] == [Code.WRONG_TYPE]
    prepared = ask({}, hooked(), options={"ignore_missing": True})
    assert failures(prepared) == {("endpoints[1]", Code.WRONG_TYPE)}


def test_safe_mode_imports_no_strangers_and_fails_what_requires_them(ask, site):
    prepared = ask({}, hooked("geo"), options={"safe_mode": True})
    assert failures(prepared) == {("endpoints[1]", Code.SAFE_MODE)}
    assert (ids(prepared), prepared.verdicts, importers(site)) == ([], (), [])


def test_an_instance_that_is_off_is_never_imported_and_fails_nothing(ask, site):
    for options in ({}, {"safe_mode": True}):
        prepared = ask(hooked("geo"), plugin={"instances": {"geo": {"mode": "off"}}}, options=options)
        assert (ids(prepared), prepared.failures, importers(site)) == ([], (), [])


def test_what_only_shadows_requests_may_fail_without_failing_them(ask, site):
    (site.path / "acme_geo.py").write_text("raise ValueError('no')")
    prepared = ask(hooked("geo"), plugin={"instances": {"geo": {"mode": "shadow"}}})
    assert (ids(prepared), prepared.failures) == ([], ())
    assert [(warning.code, warning.severity) for warning in prepared.warnings] == [(Code.IMPORT_RAISED, "warning")]


def test_unknown_namespaces_may_be_ignored_with_a_warning(ask):
    prepared = ask(at_endpoint(acme__unheard={}, telemetry__unheard={}), options={"ignore_unknown": True})
    assert prepared.failures == ()
    assert [warning.code for warning in prepared.warnings] == [Code.UNKNOWN_NAMESPACE] * 2
    assert all(warning.message.endswith("; ignored") for warning in prepared.warnings)


@pytest.mark.parametrize("namespace", ["auth/x", "security/x", "validation/x", "qos/x", "auth/api-keys"])
def test_a_guard_that_nothing_answers_is_never_ignored(ask, namespace):
    [problem] = refusal(ask, {"extra_config": {namespace: {}}}, options={"ignore_unknown": True})
    assert problem.place == f"endpoints[0].extra_config.{namespace}"


@pytest.mark.parametrize("encoding", ["fast-json", "unheard-of"])
def test_only_namespaces_are_ignored(ask, encoding):
    endpoint = {"backend": [{**BACKEND, "encoding": encoding}]}
    assert len(refusal(ask, endpoint, options={"ignore_unknown": True})) == 1


def test_an_instance_that_nothing_uses_is_warned_of(ask):
    plugin = {"instances": {"geo": INPROC, "acme-goe/geo": {"mode": "off"}, "acme-retry/acme/retry": INPROC}}
    prepared = ask(hooked("geo"), at_backend(acme__retry={}), plugin=plugin, examine=unprobed)
    [warning] = prepared.warnings
    assert (warning.code, warning.place) == (Code.IGNORED, "plugin.instances.acme-goe/geo")


def test_neighbours_that_overwrite_an_extension_are_warned_of(ask, site):
    site.add("other", modules={"acme_geo.py": HOOK})
    assert [warning.code for warning in ask(hooked("geo"), examine=unprobed).warnings] == [Code.OVERLAP]
    assert ask({}).warnings == (), "nobody asked for it"


def test_metadata_that_cannot_be_read_are_warned_of(ask, site):
    site.add("acme-broken", entry_points_text=b"\xff")
    assert [warning.code for warning in ask({}).warnings] == [Code.METADATA]


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


def test_krakpys_own_are_not_probed(ask):
    prepared = ask({}, examine=unprobed)
    assert (prepared.verdicts, jobs_of(prepared.admissions, None)) == ((), [])


def test_settings_stand_where_the_use_is_listed_or_at_its_instance(ask):
    plugin = {"instances": {"geo": {"config": {"limit": 7}}, "geo2": {"from": "acme-geo/geo"}}}
    prepared = ask(hooked("geo"), hooked("geo", geo={"limit": 2}), hooked("geo2"), plugin=plugin, examine=unprobed)
    hooks = [admission for admission in prepared.admissions if admission.candidate.family == "hooks"]
    assert [config_of(hook, prepared.settings.plugin) for hook in hooks] == [{"limit": 7}, {"limit": 2}, None]


def test_a_plan_spawns_nothing_and_imports_nothing(site, tmp_path):
    settings = service(tmp_path, hooked("geo"), hooked("gone"), plugin={})
    planned, refused = plan(settings, environ=OPEN, catalog=site.catalog(with_krakpy=True))
    assert (ids(planned), [problem.code for problem in refused]) == (["acme-geo/geo"], [Code.NOT_INSTALLED])
    assert importers(site) == []


def test_stevedores_cache_is_neither_read_nor_written(site, tmp_path):
    service(tmp_path, hooked("geo"), plugin={})
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
    environ = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONPATH": str(site.path)}
    ran = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=False)
    assert ran.stdout == "['acme_geo']\n[]\n", ran.stderr
    assert len(list(folder.iterdir())) == 1
