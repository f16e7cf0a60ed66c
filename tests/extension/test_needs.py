"""What a configuration asks for is told from the configuration alone."""
import pytest

from krakpy.codes import Code
from krakpy.extension.needs import FAMILIES, listed_names, needs_of

from .services import BACKEND, MODIFIERS, at_backend, at_endpoint, behind, hooked, service


def told(settings):
    """Each need as (families, name, place)."""
    needs, failures = needs_of(settings)
    assert failures == ()
    return [(need.families, need.name, need.place) for need in needs]


def test_every_endpoint_needs_a_renderer_and_every_backend_hosts_and_a_decoder(tmp_path):
    assert told(service(tmp_path, {})) == [
        (("renderer",), "json", "endpoints[0].output_encoding"),
        (("discovery",), "static", "endpoints[0].backend[0].sd"),
        (("decoder",), "json", "endpoints[0].backend[0].encoding"),
    ]


def test_an_endpoint_that_passes_bytes_needs_neither_renderer_nor_decoder(tmp_path):
    assert [need[0] for need in told(service(tmp_path, {"output_encoding": "no-op"}))] == [("discovery",)]


@pytest.mark.parametrize(
    ("proxy", "merger"),
    [
        ({}, "parallel"),
        ({"sequential": True}, "sequential"),
        ({"strategy": "sequential"}, "parallel"),
        ({"strategy": "parallel", "sequential": True}, "sequential"),
        ({"strategy": "acme", "sequential": True}, "acme"),
    ],
    ids=str,
)
def test_several_backends_need_a_merger(tmp_path, proxy, merger):
    needs = told(service(tmp_path, {"backend": [BACKEND, BACKEND], "extra_config": {"proxy": proxy}}))
    assert (("merger",), merger, "endpoints[0].extra_config.proxy.strategy") in needs


@pytest.mark.parametrize(
    ("root", "endpoint", "families", "place"),
    [
        ({"extra_config": {"acme/x": {}}}, {}, FAMILIES["service"], "extra_config.acme/x"),
        ({}, at_endpoint(acme__x={}), ("router", "endpoint"), "endpoints[0].extra_config.acme/x"),
        ({}, at_backend(acme__x={}), ("backend", "client"), "endpoints[0].backend[0].extra_config.acme/x"),
    ],
    ids=["service", "endpoint", "backend"],
)
def test_a_namespace_is_answered_by_the_middlewares_of_its_level(tmp_path, root, endpoint, families, place):
    assert (families, "acme/x", place) in told(service(tmp_path, endpoint, **root))


@pytest.mark.parametrize("key", ["@comment", "$schema", "_note", "#x", "x-owner"])
def test_a_comment_is_no_need(tmp_path, key):
    assert key not in [name for _, name, _ in told(service(tmp_path, {"extra_config": {key: "text"}}))]


@pytest.mark.parametrize(
    ("root", "endpoint", "seat", "hook", "owner"),
    [
        ({"extra_config": {"plugin/http-server": {"name": "geo"}}}, {}, "server", "http_request", ""),
        ({}, hooked("geo"), "endpoint", "endpoint_request", "endpoints[0]"),
        ({}, behind("geo"), "backend", "backend_request", "endpoints[0].backend[0]"),
        ({}, at_backend(**{"plugin/http-client": {"name": "geo"}}), "client", "execute", "endpoints[0].backend[0]"),
    ],
    ids=["http-server", "req-resp-modifier of an endpoint", "req-resp-modifier of a backend", "http-client"],
)
def test_listed_hooks_are_needs_of_the_seat_that_calls_them(tmp_path, root, endpoint, seat, hook, owner):
    [need] = [need for need in needs_of(service(tmp_path, endpoint, **root))[0] if need.families == ("hooks",)]
    assert (need.name, need.seat, need.hooks[0], need.owner) == ("geo", seat, hook, owner)


def test_a_namespace_has_the_seat_of_its_first_family(tmp_path):
    need = needs_of(service(tmp_path, at_backend(acme__x={})))[0][1]
    assert (need.name, need.seat) == ("acme/x", "backend")


def test_hooks_keep_their_order_and_have_their_own_settings(tmp_path):
    needs, _ = needs_of(service(tmp_path, hooked("b", "a", a={"x": 1})))
    assert [(need.name, need.config) for need in needs if need.hooks] == [("b", None), ("a", {"x": 1})]


def test_a_hook_that_is_listed_twice_is_one_need(tmp_path):
    needs, _ = needs_of(service(tmp_path, hooked("a", "b", "a")))
    assert [need.name for need in needs if need.hooks] == ["a", "b"]


@pytest.mark.parametrize("value", [{}, [], None, *({"name": name} for name in ([], 5, [5], [""], "", None))])
def test_a_list_of_hooks_that_is_none_fails_its_object(tmp_path, value):
    _, [failure] = needs_of(service(tmp_path, {}, {"extra_config": {MODIFIERS: value}}))
    assert failure.problem.code is Code.WRONG_TYPE
    assert failure.problem.place == f"endpoints[1].extra_config.{MODIFIERS}.name"
    assert failure.need.owner == "endpoints[1]"


def test_settings_of_a_hook_that_is_not_listed_fail_their_object(tmp_path):
    _, [failure] = needs_of(service(tmp_path, hooked("geo", goe={}, **{"@note": "geo"})))
    assert failure.problem.code is Code.UNKNOWN_KEY
    assert failure.problem.place == f"endpoints[0].extra_config.{MODIFIERS}.goe"
    assert "add 'goe' to" in failure.problem.advice


def test_the_key_of_a_need_tells_it_from_all_others(tmp_path):
    needs, _ = needs_of(service(tmp_path, hooked("a", "b"), hooked("a")))
    assert len({need.key for need in needs}) == len(needs)


@pytest.mark.parametrize(("value", "names"), [({"name": "a"}, ("a",)), ({"name": ["b", "a"]}, ("b", "a")), (5, ())])
def test_the_listed_names_are_those_that_are_written(value, names):
    assert listed_names(value) == names
