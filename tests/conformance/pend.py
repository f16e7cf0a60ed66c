"""Writes `pending.json` from what fails now: groups that are refused at the start whole, others by case.

    python -m tests.conformance.pend
"""

import json
from pathlib import Path

from tests.conformance.test_golden import TOPICS, played


def main() -> None:
    """Play everything, and note what fails."""
    pending: dict[str, dict[str, list[str] | str]] = {}
    for topic in TOPICS:
        for group, cases in played(topic).items():
            is_refused = any("not played" in problem for problems in cases.values() for problem in problems)
            pending.setdefault(topic, {})[group] = "*" if is_refused else sorted(cases)
    path = Path(__file__).with_name("pending.json")
    path.write_text(json.dumps(pending, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
