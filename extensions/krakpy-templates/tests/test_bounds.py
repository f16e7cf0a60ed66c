"""A template that does not end, or has no end of output, is stopped; everything else is the operator's own."""
from __future__ import annotations

import pytest
from krakpy_templates.engine import Engine
from krakpy_templates.errors import TemplateError


def rendered(source: str) -> str:
    engine = Engine(most_steps=10_000)
    engine.add(source, "krakend.json")
    return engine.render("krakend.json", {}).text


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('{{ define "x" }}{{ template "x" }}{{ end }}{{ template "x" }}', "exceeded maximum template depth"),
        ("{{ range 100000000000 }}{{ end }}", "does not end"),
        ("{{ range until 1000000 }}{{ range until 1000000 }}{{ end }}{{ end }}", "does not end"),
        ("{{ until 2000000 }}", "more than"),
        ('{{ repeat 1000000000 "abc" }}', "longer than"),
        ('{{ $x := repeat 60000000 "a" }}{{ $x }}{{ $x }}', "longer than"),
        ("{{ randAlpha 100000000 }}", "cannot be had"),
        ("{{ " + "(" * 61 + "1" + ")" * 61 + " }}", "max expression depth exceeded"),
    ],
    ids=["calls", "range", "ranges", "list", "text", "output", "chance", "parentheses"],
)
def test_what_has_no_end_is_stopped(source, message):
    with pytest.raises(TemplateError, match=message):
        rendered(source)


def test_statements_too_deep_inside_one_another_are_an_error():
    depth = 400
    with pytest.raises(TemplateError, match="too deep inside one another"):
        rendered("{{ if true }}" * depth + "{{ end }}" * depth)


def test_templates_may_call_one_another_ninety_times():
    definition = '{{ define "x" }}{{ if . }}{{ template "x" (sub . 1 | int) }}{{ end }}.{{ end }}'
    assert rendered(definition + '{{ template "x" 90 }}') == "." * 91
