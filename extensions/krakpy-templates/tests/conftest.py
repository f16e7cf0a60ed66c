"""A folder with a configuration to render."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from krakpy_sdk import LoadedText
from krakpy_templates.loader import Templates

Load = Callable[..., LoadedText]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Writes files, and renders one of them with the variables of flexible configuration."""

    def written(files: Mapping[str, str], *, name: str = "krakend.json", **environ: str) -> LoadedText:
        for file, text in files.items():
            path = tmp_path / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        folders = {"FC_SETTINGS": "settings", "FC_TEMPLATES": "templates", "FC_PARTIALS": "partials"}
        there = {key: str(tmp_path / folder) for key, folder in folders.items() if (tmp_path / folder).is_dir()}
        return Templates(None).load(str(tmp_path / name), there | environ)

    return written
