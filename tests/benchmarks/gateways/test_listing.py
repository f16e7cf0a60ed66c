"""Which gateways there are, what each can do, and what it asks for."""
from pathlib import Path

import pytest

from benchmarks.gateways.listing import chosen, gateways
from benchmarks.gateways.nginx import Nginx
from benchmarks.workloads import WORKLOADS

ALL = ("krakpy", "nginx", "haproxy", "envoy", "krakend", "handwritten")


def test_all_are_listed():
    assert tuple(gateway.name for gateway in gateways()) == ALL


def test_another_tree_stands_beside_ours():
    assert [gateway.name for gateway in gateways(against=Path("elsewhere"))][:2] == ["krakpy", "before"]


def test_names_choose():
    assert [gateway.name for gateway in chosen(gateways(), ["nginx", "krakpy"])] == ["krakpy", "nginx"]


def test_a_name_that_is_none_is_an_error_that_tells_the_names():
    with pytest.raises(ValueError, match=r"no gateway is called kong; there are krakpy, nginx"):
        chosen(gateways(), ["kong"])


@pytest.mark.parametrize(
    ("name", "able"),
    [
        ("krakpy", {"noop", "json", "merge", "shape", "hooks"}),
        ("nginx", {"noop"}),
        ("krakend", {"noop", "json", "merge", "shape"}),
    ],
    ids=["krakpy", "nginx", "krakend"],
)
def test_a_gateway_is_asked_only_for_what_it_can(name, able):
    (gateway,) = chosen(gateways(), [name])
    assert {workload.kind for workload in WORKLOADS if gateway.can(workload)} == able


def test_krakend_asks_for_its_binary(tmp_path):
    missing = {given: chosen(gateways(krakend=given), ["krakend"])[0].missing() for given in (None, tmp_path / "no")}
    assert missing == {None: "pass --krakend PATH", tmp_path / "no": f"there is no {tmp_path / 'no'}"}


def test_what_is_not_installed_asks_for_its_package(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert Nginx().missing() == "apt install nginx"
