"""Files that end in `.j2` are in Jinja's language."""
from __future__ import annotations

import pytest
from krakpy_sdk import LoadError

NAME = "krakend.yaml.j2"


def test_settings_are_variables_and_the_format_is_that_of_the_name(load, tmp_path):
    template = "port: {{ x.port }}\nhost: {{ x.hosts | marshal }}\n"
    loaded = load({NAME: template, "settings/x.json": '{"port": 80, "hosts": ["a"]}'}, name=NAME)
    assert loaded.text == 'port: 80\nhost: ["a"]\n'
    assert loaded.name == str(tmp_path / "krakend.yaml")


def test_partials_and_templates_are_included_and_rendered(load):
    template = "{% include 'p.txt' %}{% include 't.tmpl' %}"
    files = {NAME: template, "partials/p.txt": "{{ 1 + 1 }}", "templates/t.tmpl": "t"}
    assert load(files, name=NAME).text == "2t"


def test_the_environment_can_be_asked(load):
    assert load({NAME: "{{ env('A') }}{{ env('B', 'b') }}"}, name=NAME, A="a").text == "ab"


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("a\n{% if %}", 2, "xpected"),
        ("a\nb\n{{ nope.x }}", 3, "'nope' is undefined"),
        ("\n{{ nope }}", 2, "'nope' is undefined"),
        ("{{ 1 / 0 }}", 1, "ZeroDivisionError"),
        ("\n{{ ''.__class__.__mro__ }}", 2, "unsafe"),
        ("{{ range(999999999) }}", 1, "Range too big"),
        ("{% include 'gone' %}", 1, "gone"),
    ],
    ids=["syntax", "undefined", "printed", "zero", "sandbox", "range", "missing"],
)
def test_an_error_names_the_line(load, source, line, message):
    with pytest.raises(LoadError, match=message) as raised:
        load({NAME: source}, name=NAME)
    assert raised.value.place == f"{NAME}:{line}"
