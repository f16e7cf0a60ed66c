"""krakpy answers as KrakenD CE did when the cases were recorded.

Each topic is played against a gateway of its own, under gunicorn. What is not there yet is listed by group in
`pending.json` with the reason; a group that starts to pass has to leave that list.
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TOPICS = sorted(path.stem for path in (HERE / "cases").glob("*.json"))
PENDING = json.loads((HERE / "pending.json").read_text("utf-8"))
#: topics whose answers depend on how often something was asked before, where each worker counts for itself
COUNTING = {"client-credentials"}


def played(topic: str, *, workers: int = 1) -> dict[str, dict[str, list[str]]]:
    """The failed cases of a topic by group, with what was wrong."""
    command = [
        sys.executable, str(HERE / "replay.py"), "--bin", f"{sys.executable} -m krakpy", "--json",
        "--port-base", str(22000 + 200 * TOPICS.index(topic)), str(HERE / "cases" / f"{topic}.json"),
    ]
    environ = {**os.environ, "WEB_CONCURRENCY": str(workers)}
    output = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=300, check=False).stdout
    failed: dict[str, dict[str, list[str]]] = defaultdict(dict)
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    assert lines, output
    for line in lines:
        _, group, case = line["case"].split("/", 2)
        if line["verdict"] == "fail":
            failed[group][case] = line["problems"]
    return failed


def surprises(topic: str, failed: dict[str, dict[str, list[str]]]) -> str:
    """What failed and is not pending, as a text; none if nothing did."""
    pending = PENDING.get(topic, {})
    surprising = {
        f"{group}/{case}": problems
        for group, cases in failed.items()
        for case, problems in cases.items()
        if pending.get(group) != "*" and case not in pending.get(group, [])
    }
    return json.dumps(surprising, indent=1) if surprising else ""


@pytest.mark.slow
@pytest.mark.parametrize("topic", TOPICS)
def test_answers_are_the_same_twice_in_a_row(topic):
    for _ in range(2):
        assert not surprises(topic, played(topic))


@pytest.mark.slow
@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic not in COUNTING])
def test_two_workers_answer_as_one(topic):
    assert not surprises(topic, played(topic, workers=2))


def test_two_workers_answer_the_queries_as_one():
    assert not surprises("query-strings", played("query-strings", workers=2))


@pytest.mark.parametrize("topic", TOPICS)
def test_answers_are_those_of_the_reference(topic):
    failed = played(topic)
    assert not surprises(topic, failed)
    pending = PENDING.get(topic, {})
    mended = [
        group
        for group, cases in pending.items()
        if group not in failed or (cases != "*" and not set(cases) <= set(failed[group]))
    ]
    assert not mended, f"these pass now and leave pending.json: {mended}"
