"""Who shares hosts with whom, and what they are told."""
import pytest

from krakpy.extension.hosts import Hosts, hosted
from krakpy.extension.policy import Hosting, policy_of, tier_of

from .instances import candidate
from .services import behind, hooked


def specs(prepared, *endpoints, instances=None):
    """The hosts of these endpoints, where hooks run in processes unless an instance says otherwise."""
    words = {name: {"isolation": "process", **own} for name, own in (instances or {"geo": {}}).items()}
    ready = prepared(*endpoints, instances=words)
    return hosted(ready.admissions, ready.settings.plugin)


def test_every_place_that_names_an_instance_shares_its_hosts(prepared):
    [spec] = specs(prepared, hooked("geo", geo={"name": "a"}), behind("geo", geo={"name": "b"}))
    assert (spec.name, spec.id, spec.version, spec.target) == ("geo", "acme/geo", "1.2", "acme:Geo")
    assert [(told["config"], told["seat"], told["endpoint"]) for told in spec.instances] == [
        ({"name": "a"}, "endpoint", "/0"), ({"name": "b"}, "backend", "/1"),
    ]  # fmt: skip
    assert spec.places == tuple(told["place"] for told in spec.instances)


def test_aliases_have_hosts_and_slots_of_their_own(prepared):
    instances = {"a": {"from": "acme/geo", "hosts": 2}, "b": {"from": "acme/geo"}, "geo": {}}
    found = specs(prepared, hooked("a", "b", "geo"), instances=instances)
    assert [(spec.name, list(spec.slots)) for spec in found] == [("a", [0, 1]), ("b", [2]), ("geo", [3])]


def test_what_runs_in_the_worker_has_no_host(prepared):
    assert specs(prepared, hooked("geo"), instances={"geo": {"isolation": "inproc"}}) == ()


def test_the_operators_words_reach_the_host(prepared):
    words = {
        "hosts": 3, "concurrency": 4, "env": ["A"], "user": "nobody", "limits": {"memory_mb": 64},
        "recycle": {"requests": 5, "age": "1m"},
    }  # fmt: skip
    [spec] = specs(prepared, hooked("geo"), instances={"geo": words})
    assert (spec.hosts, spec.concurrency, spec.env, spec.user) == (3, 4, ("A",), "nobody")
    assert (spec.limits.memory_mb, spec.limits.files) == (64, 256)
    assert (spec.recycle.requests, spec.recycle.age, spec.recycle.memory_mb) == (5, 60.0, 0)


@pytest.mark.parametrize(("id", "family", "tier"), [
    ("acme-geo/geo", "hooks", "process"), ("acme/csv", "decoder", "inproc"), ("acme/a", "backend", "inproc"),
])  # fmt: skip
def test_strangers_hooks_run_in_a_process_unless_somebody_says_otherwise(id, family, tier):
    stranger = candidate(id, family)
    assert tier_of(stranger, policy_of(None, "x", stranger)) == tier
    assert policy_of(None, "x", stranger).hosting == Hosting()


def test_every_slot_has_files_of_its_own():
    hosts = Hosts("/run/k")
    paths = [hosts.board, hosts.control, *(f(n) for f in (hosts.socket, hosts.reason) for n in (0, 1))]
    assert len(set(paths)) == 6
    assert all(path.startswith("/run/k/") for path in paths)
