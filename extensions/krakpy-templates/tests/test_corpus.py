"""Byte for byte what Go's text/template with Sprig makes of the same templates (`record.go` has asked it)."""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from krakpy_templates.engine import Engine
from krakpy_templates.errors import TemplateError
from krakpy_templates.json_texts import unmarshalled
from krakpy_templates.loader import MARSHAL
from krakpy_templates.signatures import Function

CORPUS = json.loads((Path(__file__).parent / "corpus.json").read_text("utf-8"))


def rendered(source: str) -> str | None:
    include = Function("string", lambda name: CORPUS["partials"].get(name, ""))
    engine = Engine({"marshal": MARSHAL, "include": include}, CORPUS["environ"])
    data: dict[str, Any] = unmarshalled(json.dumps(CORPUS["data"]))
    try:
        engine.add(source, "krakend.json")
        for name, text in CORPUS["templates"].items():
            engine.add(text, name)
        text = engine.render("krakend.json", data).text
    except TemplateError:
        return None
    # NOTE: JSON cannot hold broken UTF-8, so the recording has U+FFFD in its place
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@pytest.mark.parametrize(("source", "expected"), CORPUS["cases"], ids=range(len(CORPUS["cases"])))
def test_a_template_renders_as_it_does_in_go(source, expected):
    assert rendered(source) == expected
