"""The part of Go's templates that there is."""
import pytest

from krakpy.cli.audit.showing import marshal
from krakpy.cli.audit.template import Template, TemplateError

ONE = {"Rule": "1.1.1", "Severity": "HIGH", "Message": "Do <it>."}
DATA = {"Recommendations": [ONE, {**ONE, "Rule": "K.1.1", "Severity": "LOW"}], "Stats": {}}
NOTHING: dict[str, object] = {"Recommendations": [], "Stats": {}}


def render(source, data=DATA):
    return Template(source).render(data, {"marshal": marshal, "colored": lambda severity: f"*{severity}*"})


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("", ""),
        ("as it is", "as it is"),
        ("{{ range .Recommendations }}{{.Rule}}\t[{{.Severity}}]\n{{ end }}", "1.1.1\t[HIGH]\nK.1.1\t[LOW]\n"),
        ("{{range.Recommendations}}{{.Rule}} {{end}}.", "1.1.1 K.1.1 ."),
        ("{{range .Recommendations}}{{colored .Severity}}{{end}}", "*HIGH**LOW*"),
        ("{{range .Recommendations}}{{if .Rule}}{{.Rule}}{{else}}none{{end}};{{end}}", "1.1.1;K.1.1;"),
        ("{{if .Stats}}some{{else}}none{{end}}", "none"),
        ("{{if .Recommendations}}some{{end}}", "some"),
        ('{{"a\\tb"}}{{`c`}}', "a\tbc"),
        ("a {{- /* said \n nothing */ -}} b", "ab"),
        ("{{range .Recommendations -}}\n  {{.Rule}}\n{{- end}}", "1.1.1K.1.1"),
        ("{{range .Recommendations}}{{.}}{{end}}", "{1.1.1 HIGH Do <it>.}{K.1.1 LOW Do <it>.}"),
        ("{{.Recommendations}}", "[{1.1.1 HIGH Do <it>.} {K.1.1 LOW Do <it>.}]"),
    ],
)
def test_a_template_is_rendered_as_go_does(source, text):
    assert render(source) == text


def test_a_range_over_nothing_has_an_else():
    assert render("{{range .Recommendations}}x{{else}}nothing{{end}}", NOTHING) == "nothing"
    assert render("{{range .Recommendations}}{{else}}nothing{{end}}") == ""


def test_marshal_writes_json_as_krakend_does():
    assert render("{{ marshal . }}", NOTHING) == '{"recommendations":[],"stats":{}}'
    one = render("{{range .Recommendations}}{{marshal .}}{{end}}", {"Recommendations": [ONE]})
    assert one == '{"rule":"1.1.1","severity":"HIGH","message":"Do <it>."}'


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('{{ printf "%s" .Rule }}', r'`printf "%s" \.Rule` is not supported: there are range'),
        ("{{ len .Recommendations }}", "`len .Recommendations` is not supported"),
        ("{{ .Rule | marshal }}", "is not supported"),
        ("{{ $x }}", "is not supported"),
        ("{{ nonsense }}", "`nonsense` is not supported"),
        ("{{ end }}", "`end` is not supported"),
        ("{{ }}", "is not supported"),
        ("{{range .Recommendations}}", "`range` has no `end`"),
        ("{{if .A}}{{else}}{{else}}{{end}}", "`if` has two `else`"),
        ("{{ .Rule", "a pair of braces is not closed"),
        (r'{{"\x"}}', "is no text"),
    ],
)
def test_what_there_is_not_is_refused_by_its_name(source, words):
    with pytest.raises(TemplateError, match=words):
        Template(source)


def test_a_field_that_is_not_there_is_refused_when_it_is_asked_for():
    with pytest.raises(TemplateError, match=r"no field `\.Place`"):
        render("{{range .Recommendations}}{{.Place}}{{end}}")
