"""The quickstart works: every file is written, every command is run."""
import sys
from pathlib import Path

from tests.docs.pages import blocks
from tests.docs.terminal import Terminal, plain_environment, play


def test_every_block_of_the_page_works(tmp_path):
    path = f"{Path(sys.executable).parent}:{plain_environment()['PATH']}"
    with Terminal(tmp_path, plain_environment(PATH=path)) as terminal:
        assert play(terminal, blocks("docs/quickstart.md"), {}) > 3
