"""Packages add commands to `krakpy`; none of their code is imported until one is called."""
import os
import subprocess
import sys

import click
import pytest

from krakpy.cli.installed import Missing
from tests.distributions import Site

HELLO = """
class Hello:
    def __init__(self, config):
        pass

    def run(self, arguments, tools):
        print(tools.name, arguments)
        return 7
"""


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path / "site")


@pytest.fixture
def krakpy(tmp_path):
    """Runs `krakpy` with what the site offers; with the gate open unless said otherwise."""

    def run(*words, gate="1"):
        environ = os.environ | {"PYTHONPATH": str(tmp_path / "site"), "KRAKPY_ENABLE_PLUGINS": gate}
        command = [sys.executable, "-m", "krakpy", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environ, timeout=60)

    return run


def add(site, name, source=HELLO, command="hello", module="acme_hello"):
    site.add(name, modules={f"{module}.py": source}, commands={command: f"{module}:Hello"})


def test_a_command_gets_its_words_as_they_are_and_gives_the_status(site, krakpy):
    add(site, "acme-hello")
    done = krakpy("hello", "-x", "--json", "a b", "--help")
    assert (done.returncode, done.stdout) == (7, "krakpy hello ['-x', '--json', 'a b', '--help']\n")


def test_the_list_of_commands_imports_nothing(site, krakpy):
    add(site, "acme-hello", "raise SystemExit('imported')")
    done = krakpy("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "hello         Of the package acme-hello." in done.stdout


def test_code_of_third_parties_needs_the_gate(site, krakpy):
    add(site, "acme-hello", "raise SystemExit('imported')")
    done = krakpy("hello", gate="")
    assert done.returncode == 1
    assert "third party (acme-hello): set KRAKPY_ENABLE_PLUGINS=1" in done.stderr


def test_a_command_that_cannot_be_imported_is_a_sentence(site, krakpy):
    add(site, "acme-hello", "import nowhere")
    done = krakpy("hello")
    assert done.returncode == 1
    assert done.stderr == (
        "krakpy: the command of acme-hello cannot be loaded: ModuleNotFoundError: No module named 'nowhere': "
        "see `krakpy ext doctor`\n"
    )
    assert krakpy("version").returncode == 0


def test_two_packages_with_one_command_are_both_named(site, krakpy):
    add(site, "acme-hello")
    add(site, "other-hello", module="other_hello")
    done = krakpy("hello")
    assert done.returncode == 1
    assert "acme-hello and other-hello both have a command `hello`" in done.stderr


@pytest.mark.parametrize("name", ["check", "validate"])
def test_a_command_of_krakpy_is_never_replaced(site, krakpy, name):
    add(site, "acme-hello", "raise SystemExit('imported')", command=name)
    assert "imported" not in krakpy(name).stderr


def test_a_package_that_krakpy_ships_is_told_to_be_installed(capsys):
    with pytest.raises(click.exceptions.Exit) as ended:
        Missing("openapi", "krakpy-openapi").make_context("openapi", [])
    assert ended.value.exit_code == 1
    assert capsys.readouterr().err.endswith("pip install krakpy-openapi\n")
