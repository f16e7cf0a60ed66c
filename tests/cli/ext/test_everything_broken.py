"""Every command works when every extension is broken and every gate is closed, and imports none of them."""
import json
import sys

import pytest

BROKEN = "import os\nos._exit(9)\n"

#: the words of each command, and the status that it ends with: 0 it has looked, 1 what it looked at is bad
COMMANDS = {
    "list": (("ext", "list"), 0),
    "list --probe": (("ext", "list", "--probe"), 0),
    "show": (("ext", "show", "bad"), 0),
    "probe": (("ext", "probe", "bad"), 1),
    "doctor": (("ext", "doctor"), 1),
    "order": (("ext", "order"), 1),
    "new": (("ext", "new", "acme-new"), 0),
    "test": (("ext", "test", "bad"), 1),
    "bench": (("ext", "bench", "bad"), 1),
    "lock": (("ext", "lock"), 1),
    "verify": (("ext", "verify"), 1),
    "sbom": (("ext", "sbom"), 0),
    "check-plugin": (("check-plugin", "bad"), 0),
    "test-plugin": (("test-plugin", "-m", "bad"), 1),
}


@pytest.mark.parametrize(("words", "status"), COMMANDS.values(), ids=COMMANDS)
def test_a_command_says_what_is_wrong_and_lives(invoke, installed, tmp_path, monkeypatch, words, status):
    monkeypatch.chdir(tmp_path)
    installed.add("acme-bad", hooks={"bad": "acme_bad:Bad"}, backend={"acme/bad": "acme_bad:Mw"},
                  modules={"acme_bad.py": BROKEN})  # fmt: skip
    result = invoke(*words, "--json")
    assert result.exit_code == status
    assert json.loads(result.stdout)["schema"].startswith("krakpy.")
    assert "acme_bad" not in sys.modules


@pytest.mark.parametrize("command", ["show", "probe", "test", "bench"])
def test_ids_are_completed(command, geo):
    from click.shell_completion import ShellComplete

    from krakpy.cli.main import main

    found = ShellComplete(main, {}, "krakpy", "_KRAKPY_COMPLETE").get_completions(["ext", command], "acme-")
    assert "acme-geo/geo" in {item.value for item in found}
