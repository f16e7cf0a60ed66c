"""What is written from the code is fresh and complete; what the code leaves undocumented fails."""
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from docs.generators import audit, back_wire, commands, configuration, entry_points, errors
from docs.generators.writing import Undocumented
from krakpy.cli.audit.rule import Rule
from krakpy.config.reference import FieldDoc, ObjectDoc
from krakpy.extension.contracts import CONTRACTS
from tests.docs.pages import GENERATED, ROOT


def generate(*arguments):
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_pages_are_those_that_the_code_gives():
    ended = generate("--check")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_stale_page_fails_the_check_and_is_written_anew_without_it(tmp_path):
    for name in GENERATED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("stale")
    ended = generate("--check", "--folder", tmp_path)
    told = [line.partition(" is stale")[0] for line in ended.stderr.splitlines()]
    assert (ended.returncode, {Path(name).name for name in GENERATED} - set(told)) == (1, set())
    assert generate("--folder", tmp_path).returncode == 0
    assert generate("--check", "--folder", tmp_path).returncode == 0


def test_a_missing_page_fails_the_check(tmp_path):
    assert generate("--check", "--folder", tmp_path).returncode == 1


def code(id="KC001", meaning="What.", remedy="How."):
    return SimpleNamespace(id=id, meaning=meaning, remedy=remedy)


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ([code(meaning="")], "the meaning of KC001 has no description"),
        ([code(remedy=" ")], "the remedy of KC001 has no description"),
        ([code(), code(meaning="Else.")], "KC001 is given to two codes"),
        ([code(id="KZ001")], "KZ001 belongs to no group"),
    ],
    ids=["no meaning", "no remedy", "one number for two", "no group"],
)
def test_a_code_without_words_is_refused(codes, words):
    with pytest.raises(Undocumented, match=words):
        errors.page(codes)


def item(doc="An object.", key_doc="A key.", why="Remove it."):
    field = FieldDoc("host", "text", '""', key_doc)
    return ObjectDoc("endpoints[]", "Endpoint", doc, (field,), (("old", why),))


@pytest.mark.parametrize(
    ("described", "words"),
    [
        (item(doc=""), "Endpoint has no description"),
        (item(key_doc=""), "Endpoint.host has no description"),
        (item(why=""), "the ignored key old has no description"),
    ],
    ids=["object", "key", "ignored key"],
)
def test_a_key_without_words_is_refused(described, words):
    with pytest.raises(Undocumented, match=words):
        configuration.page([described])


def test_a_key_that_is_not_built_says_so():
    field = FieldDoc("tls", "object", "", "The listener's TLS.", "not built")
    assert "TLS. **Not built yet.**" in configuration.page([ObjectDoc("", "Service", "A.", (field,), ())])


def test_a_group_without_words_is_refused():
    contract = CONTRACTS["decoder"]
    silent = type(contract)(contract.family, contract.kind, contract.protocol, contract.method, contract.arguments, "")
    with pytest.raises(Undocumented, match=r"the group krakpy\.decoder\.v1"):
        entry_points.page([silent])


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (click.Command("run"), "krakpy has no description"),
        (click.Command("run", help="Run.", params=[click.Option(["--port"])]), "krakpy --port has no description"),
    ],
    ids=["command", "option"],
)
def test_a_command_without_words_is_refused(command, words):
    with pytest.raises(Undocumented, match=words):
        commands.page(command)


def rule(id="1.1.1", message="Do it.", needs=""):
    return Rule(id, "HIGH", message, lambda audited: (), needs)


@pytest.mark.parametrize(
    ("rules", "words"),
    [([rule(message="")], "the rule 1.1.1 has no description"), ([rule(), rule()], "1.1.1 is given to two rules")],
    ids=["no message", "one id for two"],
)
def test_a_rule_without_words_is_refused(rules, words):
    with pytest.raises(Undocumented, match=words):
        audit.page(rules)


def test_a_rule_that_waits_for_a_key_says_so():
    assert "Do it. Silent until krakpy has `plugin.lock`." in audit.page([rule("K.1.2", needs="plugin.lock")])


@pytest.mark.parametrize(
    ("key", "test", "words"),
    [
        ("max_waiting", "", "no test shows what extra_config.krakpy/backends.max_waiting does"),
        ("max_waiting", "tests/client/test_options.py::test_nothing", "max_waiting: .* does not exist"),
    ],
    ids=["no test", "a test that is not there"],
)
def test_a_setting_towards_backends_whose_effect_no_test_shows_is_refused(key, test, words):
    place = "extra_config.krakpy/backends"
    others = {name: known for name, known in back_wire.TESTS[place].items() if name != key}
    shown = others | ({key: test} if test else {})
    with pytest.raises(Undocumented, match=words):
        back_wire.page({**back_wire.TESTS, place: shown})
