"""Which agents are bots: allowed first, then denied, then matched, in time that no client can stretch."""
from dataclasses import replace

import pytest
from krakpy_bot_detector import BotDetectorConfig
from krakpy_bot_detector.agents import MAX_CACHED_CHARACTERS, judge, remembered
from krakpy_sdk import ConfigError

LISTS = BotDetectorConfig(
    deny=("bad-bot", "Evil/1.0", "böt"),
    allow=("good-bot/7",),
    patterns=("(good-bot)/.*", "(?i)crawler", "^curl", "§$"),
)
AGENTS = {
    "bad-bot": True,
    "bad-bot/1": False,
    "BAD-BOT": False,
    "Evil/1.0": True,
    "good-bot/7": False,
    "good-bot/8": True,
    "My CRAWLER": True,
    "curl/8": True,
    "libcurl/8": False,
    "Mozilla/5.0": False,
    "böt".encode().decode("latin-1"): True,
    "ends with §".encode().decode("latin-1"): True,
    "ÿ": False,
    "": False,
}


@pytest.mark.parametrize("cache_size", [0, 2, 1000])
@pytest.mark.parametrize(("agent", "is_bot"), AGENTS.items(), ids=AGENTS)
def test_an_agent_is_judged_by_the_lists_in_their_order(agent, is_bot, cache_size):
    judged = judge(replace(LISTS, cache_size=cache_size))
    assert [judged(agent), judged("another"), judged(agent)] == [is_bot, False, is_bot]


@pytest.mark.parametrize("is_bot", [True, False])
def test_an_empty_agent_is_a_bot_if_the_operator_says_so(is_bot):
    judged = judge(BotDetectorConfig(empty_user_agent_is_bot=is_bot, allow=("",), deny=("",), patterns=("^$",)))
    assert judged("") is is_bot


def test_an_agent_that_is_allowed_and_denied_is_allowed():
    assert not judge(BotDetectorConfig(allow=("a",), deny=("a",), patterns=("a",)))("a")


APART = {
    "a quotation that is left open": (r"\Qa.b", "x"),
    "one at the end": ("x", r"\Qa.b"),
    "one that the next would close": (r"\Qa.b", r"\Qx\E"),
    "groups of one name": ("(?P<n>a.b)", "(?P<n>x)"),
    "flags of one pattern": ("(?i)A.B", "x"),
    "alternatives": ("a.b|c", "x|d"),
}


@pytest.mark.parametrize("patterns", APART.values(), ids=APART)
def test_patterns_stay_apart(patterns):
    judged = judge(BotDetectorConfig(patterns=patterns))
    assert [judged(agent) for agent in ("a.b", "x", "X", "y")] == [True, True, False, False]


def test_patterns_that_are_too_large_together_are_looked_for_one_by_one():
    judged = judge(BotDetectorConfig(patterns=("(.{20}){40}",) * 200))
    assert [judged("x" * 799), judged("x" * 800)] == [False, True]


def test_a_pattern_that_is_none_is_refused_at_its_place(capfd):
    with pytest.raises(ConfigError) as raised:
        judge(BotDetectorConfig(patterns=("ok", "(?=look-ahead)")))
    assert raised.value.path == "patterns[1]"
    assert "RE2" in raised.value.message
    assert capfd.readouterr().err == ""


def test_a_cache_cannot_have_a_negative_size():
    with pytest.raises(ConfigError, match="cache_size"):
        BotDetectorConfig(cache_size=-1)


@pytest.mark.parametrize("cache_size", [0, 100])
def test_patterns_that_make_others_backtrack_take_linear_time(cache_size):
    # NOTE: a backtracking engine would need longer than the age of the world for the first of them
    judged = judge(BotDetectorConfig(patterns=("^(a+)+$", "(a|a?)+b"), cache_size=cache_size))
    assert not judged("a" * 60_000 + "!")
    assert judged("a" * (MAX_CACHED_CHARACTERS + 1))


@pytest.mark.parametrize(
    ("agents", "decisions"),
    [("aa", 1), ("aba", 2), ("abca", 4), (["x" * (MAX_CACHED_CHARACTERS + 1)] * 2, 2)],
    ids=["again", "the last two", "forgotten by then", "too long"],
)
def test_decisions_are_remembered_for_so_many_agents_that_are_not_too_long(agents, decisions):
    decided = []

    def decide(agent):
        decided.append(agent)
        return False

    judged = remembered(decide, 2)
    for agent in agents:
        judged(agent)
    assert len(decided) == decisions
