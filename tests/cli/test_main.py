"""The root of the command line."""
import subprocess
import sys

import pytest

COMMANDS = ("run", "check", "ext", "demo", "version", "completion")


@pytest.mark.parametrize("words", [(), ("help",), ("--help",), ("-h",)], ids=["none", "help", "--help", "-h"])
def test_every_command_is_listed_with_status_0(invoke, words):
    result = invoke(*words)
    assert result.exit_code == 0
    assert all(f"\n  {name} " in result.stdout for name in COMMANDS)


def test_help_explains_a_command(invoke):
    assert invoke("help", "check").stdout == invoke("check", "--help").stdout


def test_an_unknown_command_ends_with_status_2(invoke):
    result = invoke("frobnicate")
    assert result.exit_code == 2
    assert "frobnicate" in result.stderr


def test_an_unknown_option_ends_with_status_2(invoke):
    assert invoke("check", "--nope").exit_code == 2


def test_validate_is_check(invoke, config):
    path = config()
    assert invoke("validate", "-c", path).stdout == invoke("check", "-c", path).stdout


def test_python_dash_m_krakpy_is_krakpy():
    done = subprocess.run([sys.executable, "-m", "krakpy", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("krakpy ")


@pytest.mark.parametrize("words", ["['version']", "['run', '--help']"])
def test_a_command_imports_only_what_it_needs(words):
    code = (
        "import sys; from krakpy.cli.main import main\n"
        f"main({words}, standalone_mode=False)\n"
        "print([name for name in sys.modules if name in ('rich', 'gunicorn', 'falcon', 'msgspec', 'stevedore')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
