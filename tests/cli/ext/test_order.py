"""`krakpy ext order`: the order of every seat, and the golden file that holds krakpy's own."""
import json
import sys
from pathlib import Path

from tests.cli.conftest import RETRY

#: what a worker resolves; `tests/extension/test_seating.py` holds it to that
GOLDEN = Path(__file__).parents[2] / "extension" / "order.json"
INPROC = {"instances": {"acme-retry/acme/retry": {"isolation": "inproc"}}}


def names(document, seat: str) -> list[str]:
    return next([step["name"] for step in found["order"]] for found in document["seats"] if found["seat"] == seat)


def test_krakpys_own_order_is_the_golden_one(ask):
    document = ask("ext", "order")
    golden = json.loads(GOLDEN.read_text("utf-8"))
    assert {seat["seat"]: names(document, seat["seat"]) for seat in document["seats"]} == golden


def test_each_step_is_shown_with_what_it_says_of_its_place(invoke):
    lines = invoke("ext", "order").stdout.splitlines()
    assert lines[0] == "server  wraps the app"
    assert "   1 filter_query" in "\n".join(lines)
    assert "     nothing" in lines
    assert any("concurrent_calls" in line and "outside load_balancer" in line for line in lines)


def test_a_third_partys_middleware_is_asked_in_a_child(ask, site):
    site.install("acme-retry", RETRY, backend={"acme/retry": "Retry"})
    order = names(ask("ext", "order"), "backend")
    assert order.index("acme/retry") < order.index("load_balancer")
    assert "acme_retry" not in sys.modules


def test_with_a_configuration_only_what_it_uses_is_ordered(ask, site, config):
    site.install("acme-retry", RETRY, backend={"acme/retry": "Retry"})
    assert "acme/retry" not in names(ask("ext", "order", "-c", config()), "backend")
    used = config(backend={"extra_config": {"acme/retry": {}}}, plugin=INPROC)
    assert "acme/retry" in names(ask("ext", "order", "-c", used), "backend")


def test_one_that_cannot_be_asked_is_a_problem(invoke, ask, site):
    site.install("acme-retry", "raise RuntimeError", backend={"acme/retry": "Retry"})
    assert invoke("ext", "order").exit_code == 1
    assert [problem["code"] for problem in ask("ext", "order")["problems"]] == ["KX020"]


def test_a_circle_is_a_problem(invoke, site):
    circle = RETRY.replace('outside = ("load_balancer",)', 'outside = ("acme/again",); inside = ("acme/again",)')
    site.install("acme-retry", circle, backend={"acme/retry": "Retry", "acme/again": "Retry"})
    result = invoke("ext", "order")
    assert result.exit_code == 1
    assert "KX010" in result.stderr


def test_the_owner_of_a_third_partys_middleware_is_shown(invoke, site):
    site.install("acme-retry", RETRY, backend={"acme/retry": "Retry"})
    line = next(line for line in invoke("ext", "order").stdout.splitlines() if " acme/retry " in line)
    assert line.split() == ["1", "acme/retry", "acme-retry/acme/retry", "outside", "load_balancer"]
