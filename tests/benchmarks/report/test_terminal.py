"""What the terminal shows of a run."""
from io import StringIO

from rich.console import Console

from benchmarks.gateways.krakpy import Krakpy
from benchmarks.gateways.nginx import Nginx
from benchmarks.limits import Limit, Verdict
from benchmarks.report.terminal import show, show_limits
from benchmarks.results import Machine, Results
from benchmarks.rounds import Boot, Plan, Sample

MACHINE = Machine(date="", processor="", cores=2, kernel="", python="", load=0)
PLAN = Plan(gateways=[Krakpy(), Nginx()], workloads=[])


def sample(workload, gateway, cpu_us, problem=""):
    return Sample(
        round=0, workload=workload, gateway=gateway, cpu_us=cpu_us, yardstick_us=10.0, rps=1_000.0, p50_us=900.0,
        p99_us=2_100.0, busy=0.98, problem=problem,
    )


def shown(*samples, boots=()):
    console = Console(file=StringIO(), width=120)
    show(console, Results(machine=MACHINE, plan=PLAN, samples=samples, boots=boots, memory=()))
    assert isinstance(console.file, StringIO)
    return [" ".join(line.split()) for line in console.file.getvalue().splitlines()]


def test_each_cell_is_a_line_and_ours_comes_first():
    lines = shown(sample("noop", "nginx", 10.0), sample("noop", "krakpy", 24.0))
    first = lines.index("noop krakpy 2.40 2.40 – 2.40 24.0 1,000 0.90 2.10 98 %")
    assert lines[first + 1] == "nginx 1.00 1.00 – 1.00 10.0 1,000 0.90 2.10 98 %"


def test_ours_is_told_in_units_of_each_other():
    assert "noop 2.40" in shown(sample("noop", "nginx", 10.0), sample("noop", "krakpy", 24.0))


def test_a_reason_is_told_once_for_all_workloads_it_made_invalid():
    lines = shown(sample("noop", "krakpy", 0.0, "no answer"), sample("json", "krakpy", 0.0, "no answer"))
    assert "noop krakpy invalid" in lines
    assert lines[-1] == "invalid: noop, json by krakpy: no answer"


def test_starts_have_a_table_where_there_were_any():
    boot = Boot(round=0, workload="boot", gateway="krakpy", seconds=0.5, cpu_s=0.4, idle_bytes=(26_000_000, 30_000_000))
    assert "boot krakpy 0.50 0.50 – 0.50 0.40 56.0" in shown(boots=[boot])
    assert not [line for line in shown(sample("noop", "nginx", 10.0)) if line.startswith("Start")]


def test_a_limit_shows_its_number_and_its_verdict():
    console = Console(file=StringIO(), width=120)
    limit = Limit("CPU of json", 2.5, "x nginx's noop", lambda _: None)
    show_limits(console, [Verdict(limit, 2.51), Verdict(limit, None)])
    assert isinstance(console.file, StringIO)
    lines = [" ".join(line.split()) for line in console.file.getvalue().splitlines()]
    assert lines[1:] == ["CPU of json 2.5 2.51 x nginx's noop FAIL", "CPU of json 2.5 x nginx's noop not measured"]
