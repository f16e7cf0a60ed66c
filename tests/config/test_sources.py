"""With flexible configuration the file is a template, and every problem is told where it was written."""
import pytest

from krakpy.codes import Code
from krakpy.config.report import Report
from krakpy.config.sources import find

ON = {"FC_ENABLE": "1"}
VALID = '{"version": 3, "name": "{{ nope }}"}'


@pytest.fixture
def path(tmp_path):
    return tmp_path / "krakend.json"


def problems(path, environ=ON, **options):
    report = Report()
    source = find(path, environ, report, **options)
    assert source is None or source.document(report) is None
    return report.problems


def test_a_file_is_read_as_it_is_without_the_switch(path):
    path.write_text("{{ 1 }}")
    source = find(path, {"FC_ENABLE": ""}, Report())
    assert source is not None
    assert source.content == b"{{ 1 }}"


def test_a_template_without_the_package_is_told_what_to_install(path):
    path.write_text("{}")
    (problem,) = problems(path, package="krakpy-nowhere")
    assert (problem.code, problem.remedy) == (Code.NOT_INSTALLED, "pip install krakpy-nowhere")


def test_a_package_without_a_loader_is_named(path):
    path.write_text("{}")
    (problem,) = problems(path, package="krakpy-sdk")
    assert (problem.code, problem.place) == (Code.BAD_ENTRY_POINT, "krakpy-sdk")


def test_a_template_that_fails_is_an_error_though_the_file_could_be_read(path):
    path.write_text(VALID)
    (problem,) = problems(path)
    assert (problem.code, problem.place) == (Code.SYNTAX, "krakend.json:1:28")
    assert problem.message == "function 'nope' not defined: " + VALID


def test_rendered_text_that_is_no_json_is_shown_with_the_line_that_it_comes_from(path):
    path.write_text('{"version": 3,\n{{ range until 2 }}\n"a": {{ . }}\n{{ end }}}')
    (problem,) = problems(path)
    assert problem.place == f"{path} (rendered):5:1"
    assert "(from krakend.json:3): \"a\": 1" in problem.message


def test_what_is_rendered_in_another_format_needs_a_name_for_it(tmp_path):
    path = tmp_path / "krakend.yaml"
    path.write_text("version: {{ add 1 2 }}\n")
    (problem,) = problems(path)
    assert "FC_OUT" in problem.remedy
    source = find(path, ON | {"FC_OUT": str(tmp_path / "out.yaml")}, Report())
    assert source is not None
    assert source.document(Report()) == {"version": 3}


def test_problems_inside_the_document_keep_their_places(path):
    path.write_text('{"version": 3, "port": 1, "port": {{ 2 }}}')
    report = Report()
    source = find(path, ON, report)
    assert source is not None
    source.document(report)
    assert [problem.place for problem in report.problems] == ["port"]


def test_what_the_loader_warns_of_is_a_warning(path):
    path.write_text('{"version": 3{{ include "gone" }}}')
    report = Report()
    assert find(path, ON, report) is not None
    assert [(problem.severity, problem.code) for problem in report.problems] == [("warning", Code.IGNORED)]
