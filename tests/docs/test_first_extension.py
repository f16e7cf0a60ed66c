"""The page "Your first extension in five minutes" works: every file is written, every command is run."""
import re
import shutil
import sys
import sysconfig
from pathlib import Path

from tests.docs.pages import ROOT, blocks
from tests.docs.terminal import Terminal, plain_environment, play

#: the index is out of reach in a test: what the checkout's environment has counts as installed
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
SCRIPT = """#!{python}
import sys
from krakpy.cli.main import main
sys.exit(main())
"""


def test_every_block_of_the_page_works(tmp_path):
    page = [block._replace(text=_offline(block.text)) for block in blocks("docs/first-extension.md")]
    environ = plain_environment(**OFFLINE, PATH=_path())
    with Terminal(tmp_path, environ) as terminal:
        after = {"python -m venv .venv": lambda: _give_checkout(tmp_path / ".venv")}
        assert play(terminal, page, after) > 10


def test_a_newcomer_has_a_working_extension_after_fewer_than_five_commands():
    page = (ROOT / "docs/first-extension.md").read_text("utf-8")
    steps = page.partition("## Four steps")[2].partition("\n## ")[0]
    commands = re.findall(r"^\$ (.*)$", steps, re.MULTILINE)
    assert [command.split()[:3] for command in commands] == [
        ["krakpy", "ext", "new"], ["pip", "install", "-e"], ["krakpy", "ext", "test"],
    ]  # fmt: skip


def _path() -> str:
    return f"{Path(sys.executable).parent}:{plain_environment()['PATH']}"


def _offline(text: str) -> str:
    return text.replace("$ pip install -e ./", "$ pip install --no-build-isolation -e ./")


def _give_checkout(environment: Path) -> None:
    """Let a new environment see what this one has, as if it had been installed there."""
    site = next(environment.glob("lib/python*/site-packages"))
    # NOTE: an isolated build would have a setuptools of its own, newer than what Python 3.11 brings along
    for old in (*site.glob("setuptools*"), *site.glob("_distutils_hack*")):
        shutil.rmtree(old)
    (site / "distutils-precedence.pth").unlink(missing_ok=True)
    (site / "checkout.pth").write_text(f"import site; site.addsitedir({sysconfig.get_paths()['purelib']!r})\n")
    script = environment / "bin" / "krakpy"
    script.write_text(SCRIPT.format(python=environment / "bin" / "python"))
    script.chmod(0o755)
