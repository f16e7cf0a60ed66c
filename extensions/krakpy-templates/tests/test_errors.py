"""Whoever wrote the template is told the file, the line, the column and what stands there."""
from __future__ import annotations

import pytest
from krakpy_templates.engine import Engine
from krakpy_templates.errors import LONGEST, TemplateError


def render(source: str, data: object) -> None:
    engine = Engine()
    engine.add(source, "krakend.json")
    engine.render("krakend.json", data)


def error_of(source: str, data: object = None) -> TemplateError:
    with pytest.raises(TemplateError) as raised:
        render(source, {} if data is None else data)
    return raised.value


@pytest.mark.parametrize(
    ("source", "place", "message"),
    [
        ("a\n b {{ nope }}", "krakend.json:2:7", "function 'nope' not defined"),
        ("{{ if .x }}", "krakend.json:1:12", "unexpected EOF"),
        ("{{ end }}", "krakend.json:1:4", "unexpected {{end}}"),
        ("\n\n{{ $x }}", "krakend.json:3:4", "undefined variable '$x'"),
        ("{{ .a", "krakend.json:1:1", "unclosed action"),
        ("{{/* x }}", "krakend.json:1:3", "unclosed comment"),
        ("{{ break }}", "krakend.json:1:4", "{{break}} outside {{range}}"),
        ("{{ upper 1 }}", "krakend.json:1:10", "executing 'krakend.json' at <1>: expected string; found 1"),
        (
            "x\n{{ upper .port }}", "krakend.json:2:10",
            "executing 'krakend.json' at <.port>: wrong type for value; expected string; got float64",
        ),
        (
            "{{ .none.x }}", "krakend.json:1:9",
            "executing 'krakend.json' at <.none.x>: nil pointer evaluating interface {}.x",
        ),
        ("{{ fail \"no\" }}", "krakend.json:1:4", "executing 'krakend.json' at <fail>: error calling fail: no"),
        (
            '{{ template "gone" }}', "krakend.json:1:4",
            "executing 'krakend.json' at <template 'gone'>: template 'gone' not defined; there are krakend.json",
        ),
    ],
)
def test_an_error_names_the_place_and_the_reason(source, place, message):
    error = error_of(source, {"port": 80.0, "none": None})
    assert (error.place, error.message) == (place, message)


def test_an_error_shows_the_line():
    assert error_of("{\n  {{ nope }}: 1\n}").excerpt == "  {{ nope }}: 1"


def test_a_long_line_is_shown_in_part():
    assert len(error_of("{{ nope }}" + "x" * 1000).excerpt) == LONGEST


def test_an_error_in_another_file_names_that_one():
    engine = Engine()
    engine.add('{{ template "b.tmpl" . }}', "a.json")
    engine.add("\n{{ .x | upper }}", "b.tmpl")
    with pytest.raises(TemplateError) as raised:
        engine.render("a.json", {"x": 1.0})
    assert raised.value.place == "b.tmpl:2:9"


@pytest.mark.parametrize("name", ["genCA", "bcrypt", "derivePassword"])
def test_functions_that_make_secrets_are_refused_by_name(name):
    assert f"{name} is not supported" in error_of(f"{{{{ {name} }}}}").message
