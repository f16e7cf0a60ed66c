"""A configuration file for each test, and what loading it says."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from krakpy.config.loading import Loaded, load
from krakpy.errors import ConfigurationError, Problem

Load = Callable[..., Loaded]
Refuse = Callable[..., tuple[Problem, ...]]


@pytest.fixture
def loading(tmp_path: Path) -> Load:
    """Loads a document (or a text) as the file of a name."""

    def loaded(document: Any, *, name: str = "krakend.json", environ: Mapping[str, str] | None = None) -> Loaded:
        path = tmp_path / name
        content = document if isinstance(document, str) else json.dumps(document)
        path.write_text(content, encoding="utf-8")
        return load(path, environ or {})

    return loaded


@pytest.fixture
def refusal(loading: Load) -> Refuse:
    """The errors for which a document is refused."""

    def errors(document: Any, **options: Any) -> tuple[Problem, ...]:
        with pytest.raises(ConfigurationError) as raised:
            loading(document, **options)
        return tuple(problem for problem in raised.value.problems if problem.severity == "error")

    return errors
