"""The operator's word: an instance's own, then the defaults, then ours."""
from importlib.metadata import EntryPoint

import pytest

from krakpy.config.model import Plugin
from krakpy.config.model_plugin import Instance, InstanceDefaults
from krakpy.extension.catalog import Candidate
from krakpy.extension.contracts import CONTRACTS
from krakpy.extension.policy import Policy, instance_of, misfit, policy_of, source_of

SKIP = Instance(on_error="skip")


def candidate(id="acme-geo/geo", family="hooks", *, is_first_party=False):
    distribution, _, name = id.partition("/")
    entry_point = EntryPoint(name, "acme:X", CONTRACTS[family].group)
    return Candidate(distribution, "1.0", family, 1, name, entry_point, is_first_party=is_first_party)


def plugin(**instances):
    return Plugin(instances={key.replace("__", "/"): value for key, value in instances.items()})


def test_without_a_word_of_the_operators_everything_fails_closed():
    assert policy_of(None, "geo", candidate()) == policy_of(Plugin(), "geo", candidate()) == Policy()
    assert (Policy().on_error, Policy().mode, Policy().isolation) == ("fail", "enforce", "")


@pytest.mark.parametrize("key", ["geo_new", "acme-geo/geo", "geo"], ids=["alias", "canonical id", "short name"])
def test_an_instance_is_found_under_each_of_its_names(key):
    assert policy_of(Plugin(instances={key: SKIP}), "geo_new", candidate()).on_error == "skip"


def test_the_alias_comes_before_the_id_and_the_id_before_the_short_name():
    shadow = {"acme-geo__geo": Instance(mode="shadow")}
    words = plugin(alias=Instance(mode="off"), geo=Instance(mode="enforce"), **shadow)
    assert policy_of(words, "alias", candidate()).mode == "off"
    assert policy_of(words, "geo2", candidate()).mode == "shadow"


def test_an_alias_that_is_spelt_like_an_extension_says_nothing_about_it():
    words = plugin(geo=Instance(from_="other/locate", on_error="skip"))
    assert policy_of(words, "acme-geo/geo", candidate()).on_error == "fail"
    assert policy_of(words, "geo", candidate("other/locate")).on_error == "skip"


def test_the_word_about_one_instance_is_stronger_than_the_defaults():
    defaults = InstanceDefaults(isolation="inproc", timeout=0.05, on_error="skip", mode="shadow")
    own = Instance(isolation="process", timeout=2.0, on_error="fail", mode="enforce")
    assert policy_of(Plugin(defaults=defaults), "geo", candidate()) == Policy(
        isolation="inproc", timeout_s=0.05, on_error="skip", mode="shadow"
    )
    assert policy_of(Plugin(defaults=defaults, instances={"geo": own}), "geo", candidate()) == Policy(
        isolation="process", timeout_s=2.0
    )


def test_defaults_are_not_about_krakpys_own_extensions():
    words = Plugin(defaults=InstanceDefaults(isolation="process", mode="off", timeout=1.0, on_error="skip"))
    assert policy_of(words, "json", candidate("krakpy/json", "decoder", is_first_party=True)) == Policy()


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        ("decoder", Policy(isolation="inproc")),
        ("server", Policy(isolation="inproc", on_error="skip")),
        ("backend", Policy(isolation="inproc", on_error="skip", timeout_s=0.05)),
    ],
)
def test_defaults_that_cannot_hold_for_an_extension_are_not_about_it(family, expected):
    words = Plugin(defaults=InstanceDefaults(isolation="inproc", timeout=0.05, on_error="skip"))
    assert policy_of(words, "acme/x", candidate("acme/acme/x", family)) == expected


@pytest.mark.parametrize(
    ("family", "policy", "said"),
    [
        ("hooks", Policy(mode="shadow", timeout_s=1.0, on_error="skip"), ""),
        ("backend", Policy(timeout_s=1.0, on_error="skip"), ""),
        ("backend", Policy(mode="off"), ""),
        ("backend", Policy(mode="shadow"), "cannot run in shadow"),
        ("decoder", Policy(), ""),
        ("decoder", Policy(mode="shadow"), "cannot run in shadow"),
        ("decoder", Policy(mode="off"), "cannot be interrupted or left out"),
        ("decoder", Policy(timeout_s=1.0), "cannot be interrupted or left out"),
        ("decoder", Policy(on_error="skip"), "cannot be interrupted or left out"),
        ("server", Policy(on_error="skip"), ""),
        ("server", Policy(timeout_s=1.0), "sees whole exchanges"),
    ],
)
def test_what_cannot_hold_for_a_kind_of_extension_is_refused(family, policy, said):
    found = misfit(policy, CONTRACTS[family])
    assert said in found
    assert bool(said) == bool(found)


def test_an_alias_stands_for_what_it_says_and_other_names_for_themselves():
    words = plugin(geo_new=Instance(from_="acme-geo/geo"), geo=Instance())
    assert [source_of(words, name) for name in ("geo_new", "geo", "other")] == ["acme-geo/geo", "geo", "other"]
    assert source_of(None, "geo") == "geo"


def test_without_a_plugin_object_there_are_no_instances():
    assert instance_of(None, "geo", candidate()) is None
