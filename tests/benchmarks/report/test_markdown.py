"""The tables of a run in a page."""
from benchmarks.gateways.krakpy import Krakpy
from benchmarks.limits import Limit, Verdict
from benchmarks.report.markdown import BEGIN, END, text, write
from benchmarks.results import Machine, Results
from benchmarks.rounds import Boot, Plan, Sample
from benchmarks.stage import Memory
from benchmarks.workloads import JSON

MACHINE = Machine(date="2026-01-02", processor="A processor", cores=2, kernel="6.1", python="3.12.0", load=0.25)
IDLE = (26_000_000, 30_000_000)
SAMPLES = [
    Sample(
        round=number, workload="json", gateway="krakpy", cpu_us=cpu_us, yardstick_us=10.0, rps=30_000.0, p50_us=900.0,
        p99_us=2_100.0, busy=0.98,
    )
    for number, cpu_us in enumerate((24.0, 26.0, 25.0))
]
RESULTS = Results(
    machine=MACHINE, plan=Plan(gateways=[Krakpy()], workloads=[JSON], rounds=3), samples=SAMPLES,
    boots=[Boot(round=0, workload="boot", gateway="krakpy", seconds=0.5, cpu_s=0.4, idle_bytes=IDLE)],
    memory=[Memory(gateway="krakpy", idle_bytes=IDLE, loaded_bytes=(26_000_000, 41_000_000))],
)


def test_the_page_tells_how_to_repeat_the_run():
    page = text(RESULTS, [], ["--rounds", "3"])
    assert "Measured on 2026-01-02 with `python -m benchmarks --rounds 3`: A processor, 2 cores" in page


def test_ratios_speed_and_starts_are_tables():
    page = text(RESULTS, [], [])
    assert "| `json` | **2.50 (2.40 – 2.60)** |" in page
    assert "| `json` | krakpy | 25.0 | 30,000 | 0.90 | 2.10 | 98 % |" in page
    assert "| `boot` | krakpy | 0.50 | 0.40 | 56 | 30 | 41 |" in page


def test_limits_are_a_table_where_they_were_asked_for():
    verdict = Verdict(Limit("CPU of json", 2.5, "x nginx's noop", lambda _: 2.5), 2.5)
    assert "| CPU of json | 2.5 x nginx's noop | 2.50 | pass |" in text(RESULTS, [verdict], [])


def test_a_page_with_marks_keeps_all_that_is_around_them(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{BEGIN}\nold\n{END}\n\nafter\n")
    write(page, "new\n")
    assert page.read_text() == f"before\n\n{BEGIN}\n\nnew\n\n{END}\n\nafter\n"


def test_a_file_without_marks_is_written_anew(tmp_path):
    write(tmp_path / "new.md", "text\n")
    assert (tmp_path / "new.md").read_text() == "text\n"
