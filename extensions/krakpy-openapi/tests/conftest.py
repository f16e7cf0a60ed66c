"""A document, and the command line."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from krakpy_openapi.documents import read

from krakpy.cli.main import main

SHOP = Path(__file__).parent / "shop.yaml"


@pytest.fixture
def shop() -> dict[str, Any]:
    """An API with a bit of everything."""
    return read(str(SHOP))


@pytest.fixture
def krakpy() -> Callable[..., Result]:
    """Runs `krakpy` with words."""
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words], prog_name="krakpy")
