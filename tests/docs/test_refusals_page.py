"""The page about refusals comes from the rules that the tests hold the wire to, and from nothing else."""
import pytest

from docs.generators import refusals
from docs.generators.writing import Undocumented

RULE = """
title = "Things"

[[rule]]
what = "A thing"
rfc = "9112 §6.3, §7.1"
level = "MAY"
answer = 400
why = "because"
[rule.cases]
thing = "GET"
"""


@pytest.fixture
def folder(tmp_path):
    for topic in refusals.TOPICS:
        (tmp_path / f"{topic}.toml").write_text(RULE)
    return tmp_path


def test_each_rule_is_a_row_with_its_answer_its_sections_and_its_reason(folder):
    section = "[9112 §6.3](https://www.rfc-editor.org/rfc/rfc9112#section-6.3)"
    row = f"| A thing | **400** | {section}, [§7.1](https://www.rfc-editor.org/rfc/rfc9112#section-7.1) |"
    assert row + " MAY; our choice | because | 1 |" in refusals.page(folder)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("answer = 200", "| accepted |"),
        ("answers = [200, 400]", "| accepted, then **400** |"),
        ("answer = [400, 501]", "| **400** or **501** |"),
    ],
)
def test_an_answer_is_told_in_words(folder, answer, words):
    (folder / "host.toml").write_text(RULE.replace("answer = 400", answer))
    assert words in refusals.page(folder)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('what = "A thing"', 'what = ""', "a rule has no description"),
        ('why = "because"', 'why = " "', "the reason of A thing has no description"),
        ("§7.1", "chapter 7", "'chapter 7' is no section of an RFC"),
    ],
    ids=["no words", "no reason", "no section"],
)
def test_a_rule_that_says_too_little_is_refused(folder, old, new, words):
    (folder / "host.toml").write_text(RULE.replace(old, new))
    with pytest.raises(Undocumented, match=words):
        refusals.page(folder)


def test_a_file_that_is_no_topic_is_refused(folder):
    (folder / "cookies.toml").write_text(RULE)
    with pytest.raises(Undocumented, match=r"cookies\.toml"):
        refusals.page(folder)


def test_a_size_is_told_with_its_default(folder):
    (folder / "sizes.toml").write_text(RULE.replace("[rule.cases]\nthing = \"GET\"", 'limit = "max_url"').replace(
        "A thing", "A target of more than {max_url} bytes"
    ))
    assert "| A target of more than 8000 bytes | **400** |" in refusals.page(folder)
