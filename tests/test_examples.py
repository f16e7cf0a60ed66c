"""The example packages pass their own tests, and need the sdk alone."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "extensions" / "examples"
WITH_TESTS = sorted(path.parent for path in EXAMPLES.glob("*/tests"))
SOURCES = sorted(EXAMPLES.glob("*/**/*.py"))


@pytest.mark.parametrize("example", WITH_TESTS, ids=lambda path: path.name)
def test_an_example_passes_its_own_tests(example):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "pyproject.toml", "tests"]
    environ = {**os.environ, "PYTHONPATH": str(example / "src")}
    ended = subprocess.run(command, cwd=example, env=environ, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_an_example_imports_the_sdk_and_never_the_gateway(source):
    assert not re.findall(r"^\s*(?:from|import)\s+krakpy\b(?!_sdk)", source.read_text("utf-8"), re.MULTILINE)
