"""Every line of what is rendered is known to come from a line of a template."""
from __future__ import annotations

import pytest
from krakpy_templates.engine import Engine


@pytest.fixture
def rendered():
    engine = Engine()
    engine.add('{\n"a": 1,\n{{ template "b.tmpl" . }},\n{{- range .l }}\n"{{ . }}": 0,\n{{- end }}\n"z": 1}', "a.json")
    engine.add('"b1": 1,\n"b2": 2', "b.tmpl")
    return engine.render("a.json", {"l": ["p", "q"]})


@pytest.mark.parametrize(
    ("line", "origin"),
    [
        (1, "a.json:1"), (2, "a.json:2"), (3, "b.tmpl:1"), (4, "b.tmpl:2"), (5, "a.json:5"), (6, "a.json:5"),
        (7, "a.json:7"),
    ],
)
def test_a_line_is_traced_to_its_template(rendered, line, origin):
    assert rendered.origin(line, 1) == origin


def test_nothing_comes_from_nowhere():
    engine = Engine()
    engine.add("", "a.json")
    assert engine.render("a.json", {}).origin(1, 1) == ""
