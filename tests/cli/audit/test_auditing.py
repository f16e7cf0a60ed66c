"""What of the rules remains."""
import pytest

from krakpy.cli.audit.auditing import ignored_rules, recommended, severities_of
from krakpy.cli.audit.rule import Rule
from tests.cli.audit.findings import audited

RULES = (
    Rule("1.1.1", "HIGH", "First.", lambda _: ["a", "b"]),
    Rule("1.1.2", "LOW", "Second.", lambda _: ["c"], needs="plugin.lock"),
    Rule("1.1.3", "HIGH", "Third.", lambda _: ()),
)


def ids(**options):
    return [found.rule for found in recommended(audited({}), rules=RULES, **{"unbuilt": (), **options})]


def test_a_rule_that_finds_a_place_is_a_recommendation_with_all_places():
    first, second = recommended(audited({}), rules=RULES, unbuilt=())
    assert first == ("1.1.1", "HIGH", "First.", ("a", "b"))
    assert second.rule == "1.1.2"


def test_what_is_ignored_is_not_recommended():
    assert ids(ignored={"1.1.1"}) == ["1.1.2"]


def test_what_has_another_severity_is_not_recommended():
    assert ids(severities={"HIGH"}) == ["1.1.1"]


def test_what_krakpy_does_not_have_yet_is_not_recommended():
    assert ids(unbuilt={"plugin.lock"}) == ["1.1.1"]


@pytest.mark.parametrize(
    ("text", "threshold", "counted"),
    [
        ("CRITICAL,HIGH,MEDIUM,LOW", "LOW", {"CRITICAL", "HIGH", "MEDIUM", "LOW"}),
        ("CRITICAL,HIGH,MEDIUM,LOW", "high", {"CRITICAL", "HIGH"}),
        ("high, low", "MEDIUM", {"HIGH"}),
        ("NONE", "LOW", set()),
        ("", "LOW", set()),
    ],
)
def test_severities_count_that_are_listed_and_not_below_the_threshold(text, threshold, counted):
    assert severities_of(text, threshold) == counted


def test_a_severity_that_is_none_is_an_error():
    with pytest.raises(ValueError, match="HGIH is no severity"):
        severities_of("HGIH", "LOW")


def test_ignored_rules_come_from_the_list_and_from_the_file():
    lines = ["3.3.3", "", "# 4.4.4", "K.1.1  # why"]
    assert ignored_rules("1.1.1, 2.2.2", lines) == {"1.1.1", "2.2.2", "3.3.3", "K.1.1"}
