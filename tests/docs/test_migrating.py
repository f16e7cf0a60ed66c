"""The way from KrakenD works as it is described: every file is written, every command is run."""
import sys
from pathlib import Path

import pytest

from tests.docs.pages import blocks
from tests.docs.terminal import Terminal, plain_environment, play


@pytest.mark.parametrize(("page", "commands"), [("docs/migrating.md", 6), ("docs/editors.md", 2)])
def test_every_block_of_the_page_works(page, commands, tmp_path):
    path = f"{Path(sys.executable).parent}:{plain_environment()['PATH']}"
    with Terminal(tmp_path, plain_environment(PATH=path)) as terminal:
        assert play(terminal, blocks(page), {}) == commands
