"""Settings, templates and partials come from folders, and what is rendered can be kept."""
from __future__ import annotations

import stat

import pytest
from krakpy_sdk import LoadError


def test_settings_are_there_by_the_names_of_their_files(load):
    files = {"krakend.json": "{{ .urls.list }} {{ index . \"a.b\" \"x\" }}", "settings/urls.json": '{"list": [1]}'}
    assert load(files | {"settings/a.b.json": '{"x": true}'}).text == "[1] true"


def test_settings_are_json_files_of_the_folder_alone(load):
    files = {"krakend.json": "{{ . }}", "settings/deep/x.json": "{}", "settings/y.yaml": "a: 1", "settings/z.txt": ""}
    loaded = load(files)
    assert loaded.text == "map[]"
    assert loaded.warnings == ("y.yaml is not read: settings are JSON files, as KrakenD has it",)


@pytest.mark.parametrize("text", ["{", "[]", "1", '{"a": 1e999}', '{"a": NaN}', ""])
def test_a_settings_file_that_is_no_object_is_named(load, text):
    with pytest.raises(LoadError, match=r"x\.json: "):
        load({"krakend.json": "{}", "settings/x.json": text, "settings/good.json": "{}"})


def test_every_broken_settings_file_is_named(load):
    with pytest.raises(LoadError, match=r"a\.json: .*; b\.json: "):
        load({"krakend.json": "{}", "settings/a.json": "{", "settings/b.json": "}"})


def test_settings_that_are_null_are_empty(load):
    assert load({"krakend.json": "{{ .x }}", "settings/x.json": "null"}).text == "map[]"


def test_numbers_of_settings_are_floats_as_in_go(load):
    files = {"krakend.json": "{{ .x.a }} {{ .x.b }} {{ marshal .x }}", "settings/x.json": '{"a": 8080, "b": 1000000}'}
    assert load(files).text == '8080 1e+06 {"a":8080,"b":1000000}'


def test_templates_are_called_by_the_names_of_their_files(load):
    files = {"krakend.json": '{{ template "b.tmpl" 5 }}', "templates/b.tmpl": "<{{ . }}>", "templates/c.txt": "{{ bad"}
    assert load(files).text == "<5>"


def test_a_template_file_has_the_last_word_over_a_definition(load):
    files = {"krakend.json": '{{ define "b.tmpl" }}a{{ end }}{{ template "b.tmpl" }}', "templates/b.tmpl": "b"}
    assert load(files).text == "b"
    assert load(files | {"templates/b.tmpl": " \n"}).text == "a"


def test_partials_are_put_in_as_they_are(load):
    assert load({"krakend.json": '{{ include "d/p.txt" }}', "partials/d/p.txt": "<{{ .x }}\n"}).text == "<{{ .x }}\n"


def test_a_partial_that_is_not_there_is_nothing_and_a_warning(load):
    loaded = load({"krakend.json": 'a{{ include "no" }}b{{ include "no" }}', "partials/p": ""})
    assert loaded.text == "ab"
    assert loaded.warnings == ("there is no partial 'no': nothing is put in its place, as KrakenD has it",)


def test_the_environment_can_be_asked(load):
    assert load({"krakend.json": '{{ env "NAME" }}{{ expandenv "-${NAME}" }}{{ env "NO" }}'}, NAME="x").text == "x-x"


def test_what_is_rendered_is_kept_for_its_owner_alone(load, tmp_path):
    out = tmp_path / "out.yaml"
    loaded = load({"krakend.json": "a: {{ add 1 2 }}"}, FC_OUT=str(out))
    assert (out.read_text(), loaded.text, loaded.name) == ("a: 3", "a: 3", str(out))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_the_template_is_never_written_over(load, tmp_path):
    with pytest.raises(LoadError, match="the template itself"):
        load({"krakend.json": "{{ 1 }}"}, FC_OUT=str(tmp_path / "krakend.json"))
    assert (tmp_path / "krakend.json").read_text() == "{{ 1 }}"


@pytest.mark.parametrize("variable", ["FC_SETTINGS", "FC_TEMPLATES"])
def test_a_folder_that_is_not_there_is_named(load, variable):
    with pytest.raises(LoadError) as raised:
        load({"krakend.json": "{}"}, **{variable: "/nowhere/at/all"})
    assert raised.value.place == "/nowhere/at/all"


def test_a_place_where_nothing_can_be_written_is_named(load):
    with pytest.raises(LoadError, match="cannot be written"):
        load({"krakend.json": "{}"}, FC_OUT="/nowhere/at/all")


def test_a_file_that_is_not_there_is_named(load, tmp_path):
    with pytest.raises(LoadError, match="cannot be read") as raised:
        load({}, name="none.json")
    assert raised.value.place == str(tmp_path / "none.json")


def test_an_error_names_the_line_and_shows_it(load):
    with pytest.raises(LoadError) as raised:
        load({"krakend.json": "{\n  {{ nope }}\n}"})
    assert (raised.value.place, raised.value.excerpt) == ("krakend.json:2:6", "{{ nope }}")


@pytest.mark.parametrize(
    ("environ", "name"), [({}, "krakend.yaml (rendered)"), ({"FC_OUT": "out.toml"}, "out.toml")], ids=["none", "out"]
)
def test_the_format_is_json_unless_another_file_is_named(load, tmp_path, environ, name):
    there = {key: str(tmp_path / value) for key, value in environ.items()}
    assert load({"krakend.yaml": "{}"}, name="krakend.yaml", **there).name == str(tmp_path / name)
