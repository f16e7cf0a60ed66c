"""How recommendations are shown."""
import io
import json

import pytest

from krakpy.cli.audit import showing
from krakpy.cli.audit.rule import Recommendation
from krakpy.cli.audit.template import Template

ITEM = Recommendation("1.1.1", "HIGH", "Do it.", ("a", "b", "c", "d", "e"))


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_line_has_rule_severity_and_message_with_tabs_between_them(capsys):
    showing.show([ITEM])
    assert capsys.readouterr() == ("", "1.1.1\t[HIGH]\tDo it. (a, b, c and 2 more)\n")


def test_control_characters_of_a_place_do_not_reach_the_terminal(capsys):
    showing.show([ITEM._replace(places=("a\x1b[31m",))])
    assert "\x1b" not in capsys.readouterr().err


def test_the_object_has_all_places(capsys):
    showing.show_json("k.json", [ITEM])
    (found,) = json.loads(capsys.readouterr().out)["recommendations"]
    assert found == {"rule": "1.1.1", "severity": "HIGH", "message": "Do it.", "places": ["a", "b", "c", "d", "e"]}


def test_a_template_has_the_last_word_on_standard_error(capsys):
    showing.show_as(Template("{{range .Recommendations}}{{colored .Severity}}{{end}}"), [ITEM])
    assert capsys.readouterr() == ("", "HIGH")


@pytest.mark.parametrize(("stream", "text"), [(Terminal(), "\x1b[31;1mHIGH\x1b[0m"), (io.StringIO(), "HIGH")])
def test_severities_have_colours_on_a_terminal(stream, text, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert showing.painter(stream)("HIGH") == text


def test_what_is_no_severity_has_no_colour():
    assert showing.coloured("X") == "X"
