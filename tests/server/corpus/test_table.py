"""Every case of our own table gets the answer that its rule says, and the application sees what it says."""
import re
import tomllib

import pytest

from tests.server.corpus.table import FOLDER, cases
from tests.server.corpus.verdicts import verdict

CASES = cases()
RULES = [
    pytest.param(rule, id=f"{path.stem}-{number}")
    for path in sorted(FOLDER.glob("*.toml"))
    for number, rule in enumerate(tomllib.loads(path.read_text("utf-8"))["rule"], 1)
]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])
async def test_each_case_is_answered_as_its_rule_says(case):
    found = await verdict([case.sent], manner=case.app)
    assert len(found.statuses) == len(case.answers), f"{found} for {case.why}"
    for status, allowed in zip(found.statuses, case.answers, strict=True):
        assert status in allowed, f"{found} for {case.why}"
    assert found.seen == case.sees
    assert set(case.headers) <= set(found.headers)
    assert case.closed in (None, found.closed)


def test_the_table_is_large_enough_and_names_each_case_once():
    refused = [case for case in CASES if case.is_refused]
    assert len(refused) >= 215
    assert len(CASES) == len({case.id for case in CASES}), "two cases have one id"
    assert len(CASES) == len({(case.sent, case.app) for case in CASES}), "two cases are the same"


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_says_what_why_and_by_whose_word(rule):
    assert rule["level"] in {"MUST", "SHOULD", "MAY", "own"}
    assert re.fullmatch(r"(\d{4} §[\d.]+(, §[\d.]+)*)(, \d{4} §[\d.]+(, §[\d.]+)*)*", rule["rfc"])
    assert rule["why"]
    assert ("cases" in rule) != ("limit" in rule)
    assert ("answer" in rule) != ("answers" in rule)
