"""Third-party code loads only through open gates, told in order, each with the way to open it."""
from typing import Any

import pytest

from krakpy.codes import Code
from krakpy.config.model import Plugin, Service
from krakpy.config.model_plugin import Instance
from krakpy.config.settings import resolve
from krakpy.errors import Problem
from krakpy.extension.gates import SWITCHES, Gates, misspelt
from krakpy.extension.needs import Need
from krakpy.extension.policy import tier_of
from tests.distributions import Site

OPEN = {"KRAKPY_ENABLE_PLUGINS": "1"}
HOOKS = ("hooks",)
BACKEND = ("backend", "client")
INPROC = Instance(isolation="inproc")


@pytest.fixture
def site(tmp_path):
    """A folder with one hook, one middleware and one driver of a stranger's."""
    site = Site(tmp_path / "site")
    site.add("acme-geo", hooks={"geo": "acme_geo:Geo"})
    site.add("acme-retry", backend={"acme/retry": "acme_retry:Retry"})
    site.add("acme-csv", decoder={"csv": "acme_csv:Csv"})
    return site


def need(name="geo", families=HOOKS, place="endpoints[0].x"):
    return Need(families, name, place, resolve(Service()))


def ask(site, name="geo", families=HOOKS, *, environ=OPEN, has_plugin=True, **words):
    """The answer of the gates; keywords are fields of the `plugin` object."""
    gates = Gates(site.catalog(with_krakpy=True), Plugin(**words) if has_plugin else None, environ)
    return gates.admit(need(name, families))


def admitted(answer):
    assert isinstance(answer, tuple), str(answer)
    return [admission.candidate.id for admission in answer]


def refused(answer, code, *said):
    assert isinstance(answer, Problem), answer
    assert (answer.code, answer.place) == (code, "endpoints[0].x")
    for text in said:
        assert text in str(answer)


def test_a_hook_is_admitted_when_every_gate_is_open(site):
    assert admitted(ask(site)) == ["acme-geo/geo"]


def test_the_first_gate_is_being_installed(site):
    refused(ask(site, "acme-geoo", has_plugin=False, environ={}), Code.NOT_INSTALLED, "'acme-geoo'", "pip install")


def test_a_misspelt_hook_is_told_its_nearest_name(site):
    refused(ask(site, "goe"), Code.NOT_INSTALLED, "did you mean 'geo'?")


def test_the_second_gate_is_the_plugin_object(site):
    refused(ask(site, has_plugin=False, environ={}), Code.GATE_CLOSED, "acme-geo/geo", 'add "plugin": {} to the root')


@pytest.mark.parametrize("environ", [{}, {"KRAKPY_ENABLE_PLUGINS": ""}, {"ENABLE_PLUGINS": "1"}])
def test_the_third_gate_is_the_environment(site, environ):
    refused(ask(site, environ=environ, deny=("acme-geo/geo",)), Code.GATE_CLOSED, "export KRAKPY_ENABLE_PLUGINS=1")


@pytest.mark.parametrize("variable", SWITCHES)
def test_either_variable_opens_the_gate_of_the_environment(site, variable):
    assert admitted(ask(site, environ={variable: "0"})) == ["acme-geo/geo"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"deny": ("acme-geo/geo",)}, "it is in plugin.deny"),
        ({"deny": ("acme-geo",)}, "it is in plugin.deny"),
        ({"deny": ("geo",)}, "it is in plugin.deny"),
        ({"deny": ("Acme_Geo/geo",)}, "it is in plugin.deny"),
        ({"allow": ("acme-csv/csv",)}, "it is not in plugin.allow"),
        ({"allow": ("acme-geo/geo",), "deny": ("acme-geo/geo",)}, "it is in plugin.deny"),
        ({"pattern": "corp-"}, "plugin.pattern is 'corp-'"),
    ],
    ids=[
        "deny", "deny of a distribution", "deny of a name", "deny in another spelling", "allow", "deny beats allow",
        "pattern",
    ],
)
def test_the_fourth_gate_is_the_operators_lists(site, words, said):
    refused(ask(site, **words), Code.NOT_ALLOWED, "acme-geo/geo", said)


@pytest.mark.parametrize(
    "words",
    [{"pattern": ".so"}, {"pattern": ""}, {"pattern": "acme-"}, {"allow": ("acme-geo/geo",)}, {"deny": ("acme/x",)}],
)
def test_lists_that_do_not_name_it_let_it_pass(site, words):
    assert admitted(ask(site, **words)) == ["acme-geo/geo"]


@pytest.mark.parametrize("required", ["krakpy-sdk>=2", "krakpy_sdk<1", "Krakpy.SDK==0.9"])
def test_the_last_gate_is_the_range_of_the_sdk(site, required):
    site.add("acme-old", "3.1", hooks={"old": "a:B"}, requires=("requests", "not a requirement!", required))
    refused(ask(site, "old"), Code.SDK_RANGE, "acme-old 3.1 requires", "krakpy-sdk 1.", "--upgrade acme-old krakpy")


@pytest.mark.parametrize("requires", [(), ("requests",), ("krakpy-sdk>=0.1",)], ids=["nothing", "others", "a wide one"])
def test_a_range_that_holds_the_sdk_is_no_gate(site, requires):
    site.add("acme-fine", hooks={"fine": "a:B"}, requires=requires)
    assert admitted(ask(site, "fine")) == ["acme-fine/fine"]


def test_a_later_contract_than_ours_is_refused(site):
    site.add("acme-next", entry_points={"krakpy.hooks.v2": {"next": "a:B"}})
    refused(ask(site, "next"), Code.SDK_RANGE, "speaks contract v2; this krakpy speaks v1", "pip install --upgrade")


def test_of_several_contracts_the_highest_that_we_speak_is_taken(site):
    majors = {f"krakpy.hooks.v{major}": {"both": f"a:V{major}"} for major in (0, 1, 2)}
    site.add("acme-both", entry_points=majors)
    [admission] = ask(site, "both")
    assert admission.candidate.target == "a:V1"


def test_one_name_of_two_distributions_is_refused_and_both_are_named(site):
    site.add("other-geo", hooks={"geo": "other:Geo"})
    refused(ask(site), Code.AMBIGUOUS, "acme-geo/geo and by other-geo/geo", "write 'acme-geo/geo' instead of 'geo'")


@pytest.mark.parametrize("id", ["acme-geo/geo", "other-geo/geo"])
def test_the_canonical_id_chooses_between_two(site, id):
    site.add("other-geo", hooks={"geo": "other:Geo"})
    assert admitted(ask(site, id)) == [id]


def test_denying_one_of_two_makes_the_name_unique_again(site):
    site.add("other-geo", hooks={"geo": "other:Geo"})
    assert admitted(ask(site, deny=("other-geo/geo",))) == ["acme-geo/geo"]
    refused(ask(site, deny=("other-geo/geo", "acme-geo/geo")), Code.NOT_ALLOWED, "acme-geo/geo", "other-geo/geo")


def test_an_entry_point_that_is_named_like_an_id_does_not_take_it_over(site):
    site.add("evil", hooks={"acme-geo/geo": "evil:Geo"})
    refused(ask(site, "acme-geo/geo"), Code.AMBIGUOUS, "pip uninstall evil", "add 'evil/acme-geo/geo' to plugin.deny")
    assert admitted(ask(site, "acme-geo/geo", deny=("evil/acme-geo/geo",))) == ["acme-geo/geo"]


@pytest.mark.parametrize("environ", [OPEN, {}], ids=["gate open", "gate closed"])
@pytest.mark.parametrize(("name", "families"), [("json", ("decoder",)), ("krakpy/json", ("decoder",))])
def test_krakpys_own_names_cannot_be_taken_over(site, name, families, environ):
    site.add("evil", decoder={"json": "evil:Json", "krakpy/json": "evil:Json"})
    assert admitted(ask(site, name, families, environ=environ, has_plugin=False)) == ["krakpy/json"]


def test_what_is_beside_krakpys_own_is_reached_by_its_canonical_id(site):
    site.add("other-json", decoder={"json": "other:Json"})
    words = {"instances": {"other-json/json": INPROC}}
    assert admitted(ask(site, "other-json/json", ("decoder",), **words)) == ["other-json/json"]


def test_the_operator_may_deny_krakpys_own_in_favour_of_another(site):
    refused(ask(site, "json", ("decoder",), deny=("krakpy/json",)), Code.NOT_ALLOWED, "krakpy/json", "plugin.deny")
    site.add("other-json", decoder={"json": "other:Json"})
    words = {"instances": {"other-json/json": INPROC}, "deny": ("krakpy/json",)}
    assert admitted(ask(site, "json", ("decoder",), **words)) == ["other-json/json"]


def test_krakpys_own_need_no_gate(site):
    assert admitted(ask(site, "json", ("decoder",), has_plugin=False, environ={})) == ["krakpy/json"]
    assert admitted(ask(site, "json", ("decoder",), allow=("acme-geo/geo",), pattern="acme-")) == ["krakpy/json"]


@pytest.mark.parametrize(
    ("name", "families", "kind", "id"),
    [
        ("acme/retry", BACKEND, "middleware", "acme-retry/acme/retry"),
        ("csv", ("decoder",), "driver", "acme-csv/csv"),
    ],
)
def test_a_strangers_middleware_or_driver_needs_the_word_inproc(site, name, families, kind, id):
    remedy = f'{{"{id}": {{"isolation": "inproc"}}}}'
    refused(ask(site, name, families), Code.NEEDS_INPROC, f"third-party {kind}", remedy)
    assert admitted(ask(site, name, families, instances={id: INPROC})) == [id]


@pytest.mark.parametrize("isolation", ["inproc", "process"])
def test_a_hook_runs_where_the_operator_says(site, isolation):
    [admission] = ask(site, "geo", instances={"geo": Instance(isolation=isolation)})
    assert tier_of(admission.candidate, admission.policy) == isolation


@pytest.mark.parametrize("isolation", ["process", "venv"])
@pytest.mark.parametrize(("name", "families"), [("acme/retry", BACKEND), ("csv", ("decoder",))])
def test_nothing_but_a_hook_runs_outside_of_the_worker(site, name, families, isolation):
    words = {"instances": {name: Instance(isolation=isolation, python="/opt/geo/bin/python")}}
    refused(ask(site, name, families, **words), Code.NEEDS_INPROC, "nothing but the worker", '"isolation": "inproc"')


def test_another_environment_has_to_be_named(site):
    refused(ask(site, "geo", instances={"geo": Instance(isolation="venv")}), Code.ISOLATION, "in which", '"python": ')


def test_an_environment_that_cannot_be_asked_is_named(site):
    words = {"instances": {"geo": Instance(isolation="venv", python="/nowhere/bin/python")}}
    refused(ask(site, "geo", **words), Code.ISOLATION, "/nowhere/bin/python cannot be started", "interpreter")


def test_a_policy_that_cannot_hold_is_refused(site):
    words = {"instances": {"csv": Instance(isolation="inproc", mode="off")}}
    refused(ask(site, "csv", ("decoder",), **words), Code.MODE, "a driver cannot be interrupted or left out")


def test_an_alias_stands_for_its_extension_with_its_own_policy(site):
    words = {"instances": {"geo_new": Instance(from_="acme-geo/geo", mode="shadow")}}
    [admission] = ask(site, "geo_new", **words)
    assert (admission.candidate.id, admission.policy.mode, admission.need.name) == ("acme-geo/geo", "shadow", "geo_new")


def test_an_alias_of_nothing_is_not_installed(site):
    refused(ask(site, "x", instances={"x": Instance(from_="acme-gone/geo")}), Code.NOT_INSTALLED, "'acme-gone/geo'")


def test_one_distribution_may_answer_a_namespace_at_several_seats(site):
    site.add("acme-seats", backend={"acme/both": "a:B"}, client={"acme/both": "a:C"})
    words = {"instances": {"acme-seats/acme/both": INPROC}}
    families = [admission.candidate.family for admission in ask(site, "acme/both", BACKEND, **words)]
    assert families == ["backend", "client"]


def test_the_same_name_at_several_places_is_answered_for_each_of_them(site):
    gates = Gates(site.catalog(), Plugin(), {})
    answers = [gates.admit(need(place=place)) for place in ("endpoints[0]", "endpoints[1]")]
    assert [answer.place for answer in answers if isinstance(answer, Problem)] == ["endpoints[0]", "endpoints[1]"]


@pytest.mark.parametrize("text", ["geo", "acme-geo", "acme-geo/", "/geo"])
@pytest.mark.parametrize("key", ["allow", "deny"])
def test_a_list_member_that_is_no_id_is_told_because_it_would_let_in_what_it_means(key, text):
    lists: dict[str, Any] = {key: ("acme-csv/csv", text)}
    [problem] = misspelt(Plugin(**lists))
    assert (problem.code, problem.place) == (Code.WRONG_TYPE, f"plugin.{key}[1]")


def test_no_lists_have_no_wrong_members():
    assert list(misspelt(None)) == list(misspelt(Plugin())) == []
