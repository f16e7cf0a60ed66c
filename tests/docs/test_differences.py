"""The page about differences cannot drift: what it names is there, and what krakpy answers otherwise is on it."""
import json
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFORMANCE = ROOT / "tests" / "conformance"
PAGE = (ROOT / "docs" / "differences.md").read_text("utf-8")
#: what may be answered otherwise, and is not
ALIKE = {
    "lua/backend/lists",
    "manipulation/mapping/renaming to itself deletes",
    "rate-limits/client/client capacity omitted",
    "rate-limits/client/client capacity omitted, max_rate given",
}
#: whose components are not there yet
LATER = {"startup/nested-roles-key-of-three-characters"}
SHOWN = re.compile(r"`((?:[\w.-]+/)[^`]+)`")


def cells(line):
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


LINES = [cells(line) for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| KrakenD ")]
NAMED = sorted({name for line in LINES for name in SHOWN.findall(line[-1])})


@cache
def recorded():
    """Every group and case that was recorded, and those of them that krakpy is not meant to answer like KrakenD."""
    names, others = set(), set()
    for path in (CONFORMANCE / "cases").glob("*.json"):
        topic = json.loads(path.read_text("utf-8"))
        for group in topic["groups"]:
            name = f"{topic['topic']}/{group['name']}"
            cases = {f"{name}/{case['name']}": case for case in group["cases"]}
            names |= {name, *cases}
            own = {case for case in cases if "divergence" in cases[case]}
            others |= {name} if "divergence" in group else own
    return names, others


def is_there(name):
    path, _, test = name.partition("::")
    if not test:
        return name in recorded()[0]
    return (ROOT / path).is_file() and f"def {test}(" in (ROOT / path).read_text("utf-8")


def is_pending(name):
    topic, group, *_ = name.split("/")
    return json.loads((CONFORMANCE / "pending.json").read_text("utf-8")).get(topic, {}).get(group) == "*"


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0][:60])
def test_every_difference_has_what_shows_it(line):
    assert len(line) == 5
    assert SHOWN.findall(line[-1])


@pytest.mark.parametrize("name", NAMED)
def test_what_shows_a_difference_is_there(name):
    assert is_there(name)


@pytest.mark.parametrize("name", sorted(recorded()[1] - ALIKE - LATER))
def test_what_is_answered_otherwise_is_on_the_page(name):
    if is_pending(name):
        pytest.skip("its package is not there yet")
    assert any(name == shown or name.startswith(f"{shown}/") for shown in NAMED)
