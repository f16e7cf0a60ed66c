"""The rules as a whole."""
import re

from krakpy.cli.audit.rule import SEVERITIES
from krakpy.cli.audit.rules import RULES


def test_no_two_rules_have_one_id():
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))


def test_every_rule_of_krakend_is_there_and_our_ids_are_none_of_them():
    own = [rule.id for rule in RULES if rule.id.startswith("K.")]
    assert len(RULES) - len(own) == 52
    assert all(re.fullmatch(r"(K\.)?\d\.\d\.?\d?", rule.id) for rule in RULES)


def test_every_rule_says_what_to_do_in_a_sentence_and_how_bad_it_is():
    assert [rule.id for rule in RULES if not rule.message.endswith(".") or rule.severity not in SEVERITIES] == []
