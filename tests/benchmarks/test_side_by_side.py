"""A whole run, as short as one can be."""
import json
import shutil
import sys
from xml.etree import ElementTree

import pytest
from rich.console import Console

from benchmarks import command
from benchmarks.__main__ import main
from benchmarks.gateways.contract import Start
from benchmarks.gateways.nginx import Nginx
from benchmarks.rounds import Plan
from benchmarks.workloads import NOOP

pytestmark = pytest.mark.skipif(
    not (shutil.which("wrk") and shutil.which("nginx")), reason="needs: apt install wrk nginx"
)


@pytest.fixture
def ran(tmp_path, capsys):
    """A run of one slice each: its status, its folder and what it printed."""
    files = {f"--{kind}": str(tmp_path / kind) for kind in ("json", "markdown", "picture")}
    arguments = ["--gateways", "krakpy,nginx", "--workloads", "noop,json,boot", "--rounds", "1"]
    status = main([*arguments, *(word for pair in files.items() for word in pair)])
    return status, tmp_path, capsys.readouterr().out


def test_a_run_leaves_its_tables_its_measurements_and_a_picture(ran):
    status, folder, printed = ran
    assert status == 0, printed
    measured = json.loads((folder / "json").read_text())
    assert measured["schema"] == "krakpy.benchmarks/1"
    assert {(one["workload"], one["gateway"], one["problem"]) for one in measured["samples"]} == {
        ("noop", "krakpy", ""), ("noop", "nginx", ""), ("json", "krakpy", ""),
    }
    assert all(one["cpu_us"] > 0 and one["yardstick_us"] > 0 for one in measured["samples"])
    assert {(one["gateway"], one["problem"]) for one in measured["boots"]} == {("krakpy", ""), ("nginx", "")}
    assert "| `json` | **" in (folder / "markdown").read_text()
    assert ElementTree.parse(folder / "picture").getroot().tag.endswith("svg")
    assert "CPU of krakpy over that of others" in printed


class Silent(Nginx):
    """Ends before it has served anybody."""

    name = "silent"

    def start(self, site, place):
        return Start([sys.executable, "-c", "raise SystemExit('no licence was found')"])


class Liar(Nginx):
    """Answers another document than the one that is asked for."""

    name = "liar"

    def start(self, site, place):
        started = super().start(site, place)
        path = place.folder / "nginx.conf"
        path.write_text(path.read_text().replace("backend/small", "backend/rows"))
        return started


@pytest.mark.parametrize(
    ("gateway", "problem"), [(Silent(), "no licence was found"), (Liar(), "a wrong answer: 200, 143")],
    ids=["one that does not start", "one that answers something else"],
)
def test_a_gateway_that_does_not_do_it_is_told_and_not_measured(gateway, problem):
    plan = Plan(gateways=[gateway], workloads=[NOOP], rounds=1)
    found = command.run(plan, Console(stderr=True))
    assert [problem in one.problem for one in found.samples] == [True]
    assert [one.cpu_us for one in found.cells] == [None]
