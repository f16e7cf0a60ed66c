"""A document becomes typed objects, or a list of everything that does not fit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from krakpy_sdk.errors import ConfigError

from krakpy.codes import Code
from krakpy.config.decoding import INVALID, Report, decode, decode_settings
from krakpy.config.kinds import Model, Seconds
from krakpy.config.model import Backend, BackendHttp, Service


@dataclass(frozen=True)
class Inner:
    size: int
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """As an author of an extension writes it."""

    header: str = "X-Country"
    block: tuple[str, ...] = ()
    mode: Literal["fast", "safe"] = "fast"
    limit: int | None = None
    inner: Inner | None = None
    table: dict[str, list[Inner]] = field(default_factory=dict)
    either: int | str = 0
    anything: Any = None
    where: Path = Path()
    timeout: Seconds = 1.0

    def __post_init__(self) -> None:
        if "" in self.block:
            raise ConfigError("is empty", path=f"block[{self.block.index('')}]")
        if self.header == "bad":
            raise ConfigError("is bad", path="header")
        if self.header == "whole":
            raise ConfigError("nothing fits")
        if self.header == "value":
            raise ValueError("not this one")


@dataclass
class Tree:
    """A type that holds itself."""

    name: str
    children: list["Tree"] = field(default_factory=list)


@dataclass
class Unhashable:
    value: Annotated[int, {"of": "an author"}] = 0


@dataclass
class Broken:
    value: "Nowhere" = 0  # type: ignore[name-defined]  # noqa: F821


def found(kind, value, *, weak=False):
    report = Report()
    decoded = decode(kind, value, "p", report, weak=weak)
    return decoded, [(problem.code, problem.place) for problem in report.problems]


@pytest.mark.parametrize(
    ("value", "config"),
    [
        ({}, Config()),
        ({"block": ["a", "b"]}, Config(block=("a", "b"))),
        ({"mode": "safe", "limit": 5}, Config(mode="safe", limit=5)),
        ({"limit": None}, Config()),
        ({"inner": {"size": 1, "tags": ["x"]}}, Config(inner=Inner(1, ("x",)))),
        ({"table": {"a": [{"size": 1}]}}, Config(table={"a": [Inner(1)]})),
        ({"either": "x"}, Config(either="x")),
        ({"anything": [{"k": None}]}, Config(anything=[{"k": None}])),
        ({"where": "a/b"}, Config(where=Path("a/b"))),
        ({"timeout": "250ms"}, Config(timeout=0.25)),
        ({"@comment": "free"}, Config()),
    ],
    ids=str,
)
def test_settings_become_the_authors_class(value, config):
    assert decode_settings(Config, value, "p") == (config, [])


@pytest.mark.parametrize(
    ("value", "code", "place"),
    [
        ({"heder": "x"}, Code.UNKNOWN_KEY, "p.heder"),
        ({"Header": "x"}, Code.UNKNOWN_KEY, "p.Header"),
        ({"limit": "5"}, Code.WRONG_TYPE, "p.limit"),
        ({"header": None}, Code.WRONG_TYPE, "p.header"),
        ({"block": "a"}, Code.WRONG_TYPE, "p.block"),
        ({"block": ["a", 5]}, Code.WRONG_TYPE, "p.block[1]"),
        ({"mode": "FAST"}, Code.WRONG_TYPE, "p.mode"),
        ({"inner": {"tags": []}}, Code.MISSING_KEY, "p.inner.size"),
        ({"inner": []}, Code.WRONG_TYPE, "p.inner"),
        ({"table": []}, Code.WRONG_TYPE, "p.table"),
        ({"table": {"a": [{"size": 1}, {"size": "x"}]}}, Code.WRONG_TYPE, "p.table.a[1].size"),
        ({"either": []}, Code.WRONG_TYPE, "p.either"),
        ({"timeout": 5}, Code.WRONG_TYPE, "p.timeout"),
        ({"block": ["a", ""]}, Code.SETTINGS, "p.block[1]"),
        ({"header": "bad"}, Code.SETTINGS, "p.header"),
        ({"header": "whole"}, Code.SETTINGS, "p"),
        ({"header": "value"}, Code.SETTINGS, "p"),
        ([], Code.WRONG_TYPE, "p"),
    ],
    ids=str,
)
def test_settings_that_do_not_fit_are_problems_with_their_place(value, code, place):
    settings, problems = decode_settings(Config, value, "p")
    assert settings is None
    assert [(problem.code, problem.place) for problem in problems] == [(code, place)]


def test_every_problem_is_found_in_one_run():
    _, problems = decode_settings(Config, {"heder": 1, "limit": "x", "block": [1, 2]}, "p")
    assert [problem.place for problem in problems] == ["p.heder", "p.limit", "p.block[0]", "p.block[1]"]


def test_an_author_is_not_asked_about_settings_that_do_not_decode():
    """`__post_init__` would complain about a header that the operator did not write."""
    _, problems = decode_settings(Config, {"limit": "x", "header": "bad"}, "p")
    assert [problem.place for problem in problems] == ["p.limit"]


def test_a_type_may_hold_itself():
    settings, problems = decode_settings(Tree, {"name": "a", "children": [{"name": "b"}]}, "p")
    assert (settings, problems) == (Tree("a", [Tree("b")]), [])


def test_metadata_of_an_author_may_be_anything():
    assert decode_settings(Unhashable, {"value": 5}, "p") == (Unhashable(5), [])


def test_annotations_that_cannot_be_resolved_are_a_problem():
    settings, (problem,) = decode_settings(Broken, {}, "p")
    assert settings is None
    assert (problem.code, problem.place) == (Code.SETTINGS, "p")


def test_settings_of_our_own_may_be_read_weakly():
    settings, problems = decode_settings(BackendHttp, {"return_error_code": True}, "p", weak=True)
    assert (settings, problems) == (BackendHttp(return_error_code=True), [])


@pytest.mark.parametrize(
    ("kind", "value", "decoded"),
    [
        (list, [1, "x"], [1, "x"]),
        (dict, {"a": 1}, {"a": 1}),
        (set[int], [1, 1], {1}),
        (frozenset[str], ["a"], frozenset({"a"})),
        (tuple[int, str], [1, "a"], (1, "a")),
        (Mapping[str, int], {"a": 1}, {"a": 1}),
        (dict[int, str], {"404": "x"}, {404: "x"}),
        (object, None, None),
        (Inner | str, "x", "x"),
        (Inner | str, {"size": 1}, Inner(1)),
        (Inner, Inner(1), Inner(1)),
    ],
    ids=str,
)
def test_collections_and_unions_are_read(kind, value, decoded):
    assert found(kind, value) == (decoded, [])


@pytest.mark.parametrize(
    ("kind", "value", "place"),
    [
        (tuple[int, str], [1], "p"),
        (dict[int, str], {"x": "y"}, "p"),
        (Inner | str, {"size": "x"}, "p.size"),
        (Inner | str, 5, "p"),
    ],
    ids=str,
)
def test_collections_and_unions_that_do_not_fit_are_errors(kind, value, place):
    assert found(kind, value) == (INVALID, [(Code.WRONG_TYPE, place)])


@pytest.mark.parametrize(
    ("value", "key", "decoded", "place"),
    [
        ({"port": "8081"}, "port", 8081, "p.port"),
        ({"debug_endpoint": "true"}, "debug_endpoint", True, "p.debug_endpoint"),
        ({"host": "http://a"}, "host", ("http://a",), "p.host"),
        ({"timeout": 5_000_000_000}, "timeout", 5.0, "p.timeout"),
        ({"Port": 1}, "port", 1, "p.port"),
        ({"name": 5}, "name", "5", "p.name"),
    ],
    ids=str,
)
def test_what_go_decodes_weakly_is_accepted_with_a_warning(value, key, decoded, place):
    service, problems = found(Service, value, weak=True)
    assert getattr(service, key) == decoded
    assert problems == [(Code.WEAK_TYPE, place)]


def test_a_single_object_is_an_array_of_one():
    service, problems = found(Service, {"endpoints": {"endpoint": "/a"}}, weak=True)
    assert [endpoint.endpoint for endpoint in service.endpoints] == ["/a"]
    assert problems == [(Code.WEAK_TYPE, "p.endpoints")]


@pytest.mark.parametrize("value", ["x", 5, None], ids=str)
def test_an_array_of_objects_is_not_made_of_anything_else(value):
    service, problems = found(Service, {"endpoints": [value]}, weak=True)
    assert problems == [(Code.WRONG_TYPE, "p.endpoints[0]")]
    assert len(service.endpoints) == 1


def test_null_counts_as_absent_in_a_weak_reading():
    warnings = [(Code.WEAK_TYPE, "p.host"), (Code.WEAK_TYPE, "p.extra_config")]
    assert found(Backend, {"host": None, "extra_config": None}, weak=True) == (Backend(), warnings)


def test_a_wrong_value_leaves_the_default_so_that_the_rest_can_be_checked():
    service, problems = found(Service, {"port": "http", "name": "x", "host": ["a", {}, "b"]}, weak=True)
    assert (service.port, service.name, service.host) == (8080, "x", ("a", "", "b"))
    assert problems == [(Code.WRONG_TYPE, "p.port"), (Code.WRONG_TYPE, "p.host[1]")]


def test_namespaces_that_the_core_does_not_read_stay_as_they_are():
    extra = {"qos/circuit-breaker": {"Interval": "60"}, "@comment": 1, "backend/http": {"return_error_details": "x"}}
    backend, problems = found(Backend, {"extra_config": extra}, weak=True)
    assert backend.extra_config.others == {"qos/circuit-breaker": {"Interval": "60"}}
    assert backend.extra_config.http.return_error_details == "x"
    assert problems == []


def test_legacy_namespaces_are_read_under_their_names_of_today():
    extra: dict[str, object] = {
        "github.com/devopsfaith/krakend/proxy": {"shadow": True},
        "github.com/devopsfaith/krakend-httpcache": {},
    }
    backend, problems = found(Backend, {"extra_config": extra}, weak=True)
    assert backend.extra_config.proxy.shadow
    assert backend.extra_config.others == {"qos/http-cache": {}}
    assert problems == []


def test_both_spellings_of_a_namespace_are_an_error():
    extra: dict[str, object] = {"github.com/devopsfaith/krakend/proxy": {}, "proxy": {}}
    assert found(Backend, {"extra_config": extra}, weak=True)[1] == [(Code.DUPLICATE_KEY, "p.extra_config.proxy")]


def test_what_our_own_settings_remark_is_a_warning_at_its_key():
    class Remarking(Model, frozen=True, kw_only=True):
        size: int = 0

        def remarks(self):
            if self.size > 9:
                yield ConfigError("more than 9 has no effect", path="size")

    settings, [problem] = decode_settings(Remarking, {"size": 10}, "here")
    assert settings == Remarking(size=10)
    assert (problem.code, problem.place, problem.severity) == (Code.IGNORED, "here.size", "warning")
    assert decode_settings(Remarking, {"size": 9}, "here")[1] == []
