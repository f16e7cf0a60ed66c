"""`krakpy completion`, and what shells are then told."""
import pytest
from click.testing import CliRunner

from krakpy.cli.main import main


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_asks_krakpy(invoke, shell):
    result = invoke("completion", shell)
    assert result.exit_code == 0
    assert "_KRAKPY_COMPLETE" in result.stdout


def complete(words: str) -> list[str]:
    environ = {"_KRAKPY_COMPLETE": "zsh_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    lines = CliRunner().invoke(main, [], env=environ, prog_name="krakpy").stdout.splitlines()
    return lines[1::3]


def test_ids_of_installed_extensions_are_completed(site):
    site.install("acme-geo", hooks={"geo": "Geo"})
    assert complete("krakpy ext show acme-g") == ["acme-geo/geo"]


def test_krakpys_own_parts_are_offered_only_by_name(site):
    site.install("acme-geo", hooks={"geo": "Geo"})
    assert complete("krakpy ext probe ") == ["acme-geo/geo"]
    assert "krakpy/url_pattern" in complete("krakpy ext probe krakpy/url")
