"""The picture of a run."""
from xml.etree import ElementTree

from benchmarks.gateways.krakpy import Krakpy
from benchmarks.report.picture import CUT, svg
from benchmarks.results import Machine, Results
from benchmarks.rounds import Plan, Sample
from benchmarks.workloads import JSON, NOOP

MACHINE = Machine(date="", processor="", cores=2, kernel="", python="", load=0)
PLAN = Plan(gateways=[Krakpy()], workloads=[NOOP, JSON])
SVG = "{http://www.w3.org/2000/svg}"


def picture(*samples):
    return ElementTree.fromstring(svg(Results(machine=MACHINE, plan=PLAN, samples=samples, boots=(), memory=())))


def sample(gateway, cpu_us, workload="noop", **more):
    return Sample(round=0, workload=workload, gateway=gateway, cpu_us=cpu_us, yardstick_us=10.0, **more)


def bars(drawn):
    return [float(rect.get("width") or 0) for rect in drawn.iter(f"{SVG}rect")][1:]


def test_a_bar_is_as_long_as_its_ratio():
    nginx, ours = bars(picture(sample("nginx", 10.0), sample("krakpy", 24.0)))
    assert abs(ours / nginx - 2.4) < 0.01


def test_each_workload_has_a_scale_of_its_own():
    first, second = bars(picture(sample("krakpy", 24.0), sample("krakpy", 500.0, "json")))
    assert first == second


def test_a_bar_that_is_many_times_longer_than_ours_is_cut_and_the_others_keep_their_lengths():
    ours, nginx, slow = bars(picture(sample("krakpy", 24.0), sample("nginx", 10.0), sample("slow", 9_000.0)))
    assert (round(slow / ours, 1), round(ours / nginx, 1)) == (CUT, 2.4)


def test_invalid_cells_are_left_out():
    assert bars(picture(sample("krakpy", 24.0, problem="refused"))) == []


def test_the_numbers_are_written_beside_the_bars():
    texts = [text.text for text in picture(sample("krakpy", 24.0)).iter(f"{SVG}text")]
    assert "2.40  (24 µs)" in texts


def test_dark_pages_are_thought_of():
    style = picture(sample("krakpy", 24.0)).find(f"{SVG}style")
    assert style is not None
    assert "prefers-color-scheme:dark" in (style.text or "")
