"""The command line."""
import pytest

from benchmarks import command
from benchmarks.__main__ import main
from benchmarks.workloads import WORKLOADS


def test_the_list_tells_gateways_workloads_and_what_is_missing(capsys):
    assert main(["--list"]) == 0
    told = capsys.readouterr().out
    assert all(f"\n{workload.name} " in told for workload in WORKLOADS)
    assert "krakend      not here: pass --krakend PATH" in told


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--workloads", "jsn"], "no workload is called jsn"),
        (["--gateways", "kong"], "no gateway is called kong"),
        (["--rounds", "0"], "invalid _positive value: '0'"),
        (["profile", "--workload", "jsn"], "no workload is called jsn"),
        (["parts", "jsn"], "no suite is called jsn"),
    ],
    ids=["workload", "gateway", "rounds", "profile", "parts"],
)
def test_what_is_not_known_is_an_error_that_names_it(arguments, complaint, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert complaint in capsys.readouterr().err


def test_without_wrk_and_nginx_it_says_what_to_install_and_measures_nothing(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "")
    assert main(["--quick"]) == 2
    assert "apt install wrk; apt install nginx" in " ".join(capsys.readouterr().err.split())


def test_what_a_page_tells_to_repeat_has_no_paths():
    given = command.parser().parse_args([
        "--workloads", "*", "--rounds", "7", "--check", "--krakend", "/home/me/krakend", "--json", "out",
    ])
    assert command.repeating(given) == ["--workloads", "*", "--rounds", "7", "--check", "--krakend", "PATH"]


@pytest.mark.parametrize(
    ("arguments", "gateways", "workloads", "rounds"),
    [
        ([], 6, 6, 5),
        (["--quick"], 2, 6, 2),
        (["--quick", "--rounds", "9"], 2, 6, 9),
        (["--check"], 6, 9, 5),
        (["--gateways", "nginx", "--workloads", "noop*"], 1, 5, 5),
        (["--quick", "--against", "elsewhere"], 3, 6, 2),
    ],
    ids=["nothing said", "quick", "quick, more rounds", "the limits need more", "named", "against"],
)
def test_options_make_a_plan(arguments, gateways, workloads, rounds):
    given = command.parser().parse_args(arguments)
    plan = command.planned(given, command.known(given))
    assert (len(plan.gateways), len(plan.workloads), plan.rounds) == (gateways, workloads, rounds)
