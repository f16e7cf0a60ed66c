"""What an operator may leave out or switch off, what that costs, and what is only warned of."""
import pytest

from krakpy.codes import Code
from tests.distributions import HOOK

from .services import BACKEND, at_backend, at_endpoint, hooked
from .starts import CLOSED, INPROC, failures, ids, importers, refusal, unprobed


@pytest.mark.parametrize(("case", "code"), CLOSED.values(), ids=CLOSED)
def test_ignoring_what_is_missing_starts_and_fails_only_its_endpoints(ask, strangers, case, code):
    words = {"plugin": {}, **case}
    endpoint = words.pop("endpoint", hooked("geo"))
    prepared = ask({}, endpoint, options={"ignore_missing": True}, **words)
    assert {failure.problem.code for failure in prepared.failures} == {code}
    assert all(failure.need.owner.startswith("endpoints[1]") for failure in prepared.failures)
    assert importers(strangers) == []


def test_settings_that_do_not_decode_may_be_ignored_at_their_place(ask):
    prepared = ask(hooked("geo"), hooked("geo", geo={"limt": 1}), options={"ignore_missing": True})
    assert failures(prepared) == {("endpoints[1]", Code.UNKNOWN_KEY)}
    assert ids(prepared) == ["acme-geo/geo"]


def test_lists_of_hooks_that_are_none_fail_closed(ask):
    assert [problem.code for problem in refusal(ask, {}, hooked())] == [Code.WRONG_TYPE]
    prepared = ask({}, hooked(), options={"ignore_missing": True})
    assert failures(prepared) == {("endpoints[1]", Code.WRONG_TYPE)}


def test_safe_mode_imports_no_strangers_and_fails_what_requires_them(ask, strangers):
    prepared = ask({}, hooked("geo"), options={"safe_mode": True})
    assert failures(prepared) == {("endpoints[1]", Code.SAFE_MODE)}
    assert (ids(prepared), prepared.verdicts, importers(strangers)) == ([], (), [])


def test_an_instance_that_is_off_is_never_imported_and_fails_nothing(ask, strangers):
    for options in ({}, {"safe_mode": True}):
        prepared = ask(hooked("geo"), plugin={"instances": {"geo": {"mode": "off"}}}, options=options)
        assert (ids(prepared), prepared.failures, importers(strangers)) == ([], (), [])


def test_what_only_shadows_requests_may_fail_without_failing_them(ask, strangers):
    (strangers.path / "acme_geo.py").write_text("raise ValueError('no')")
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


@pytest.mark.parametrize("endpoint", [hooked("gone"), {"backend": [{**BACKEND, "encoding": "acme-gone/csv"}]}])
def test_only_namespaces_are_ignored(ask, endpoint):
    assert len(refusal(ask, endpoint, options={"ignore_unknown": True})) == 1


def test_an_instance_that_nothing_uses_is_warned_of(ask):
    plugin = {"instances": {"geo": INPROC, "acme-goe/geo": {"mode": "off"}, "acme-retry/acme/retry": INPROC}}
    prepared = ask(hooked("geo"), at_backend(acme__retry={}), plugin=plugin, examine=unprobed)
    [warning] = prepared.warnings
    assert (warning.code, warning.place) == (Code.IGNORED, "plugin.instances.acme-goe/geo")


def test_neighbours_that_overwrite_an_extension_are_warned_of(ask, strangers):
    strangers.add("other", modules={"acme_geo.py": HOOK})
    assert [warning.code for warning in ask(hooked("geo"), examine=unprobed).warnings] == [Code.OVERLAP]
    assert ask({}).warnings == (), "nobody asked for it"


def test_metadata_that_cannot_be_read_are_warned_of(ask, strangers):
    strangers.add("acme-broken", entry_points_text=b"\xff")
    assert [warning.code for warning in ask({}).warnings] == [Code.METADATA]
