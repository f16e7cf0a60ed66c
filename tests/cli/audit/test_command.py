"""`krakpy audit`: options, output and exit status."""
import json

import pytest


def rules(result):
    return [line.partition("\t")[0] for line in result.stderr.splitlines()]


@pytest.fixture
def path(config):
    return config()


def test_recommendations_are_lines_on_standard_error_and_an_exit_status(invoke, path):
    result = invoke("audit", "-c", path)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert {"1.2.1", "2.1.2", "3.1.2"} <= set(rules(result))


def test_nothing_to_recommend_is_success(invoke, path):
    result = invoke("audit", "-c", path, "-s", "NONE")
    assert (result.exit_code, result.output) == (0, "")


def test_severities_and_threshold_choose_what_counts(invoke, path):
    low = rules(invoke("audit", "-c", path, "-s", "LOW"))
    high = rules(invoke("audit", "-c", path, "--threshold", "high"))
    assert "3.1.1" in low
    assert "2.1.2" not in low
    assert "2.1.2" in high
    assert "3.1.1" not in high


def test_rules_are_ignored_by_option_and_by_file(invoke, path, tmp_path):
    ignored = tmp_path / "ignored"
    ignored.write_text("2.1.2\n")
    found = rules(invoke("audit", "-c", path, "-i", "1.2.1,3.1.2", "-I", ignored))
    assert {"1.2.1", "2.1.2", "3.1.2"} & set(found) == set()
    assert "3.1.3" in found


def test_a_template_shapes_the_output(invoke, path):
    result = invoke("audit", "-c", path, "-f", "{{ marshal . }}")
    assert json.loads(result.stderr)["recommendations"][0].keys() == {"rule", "severity", "message"}


def test_the_object_lists_the_recommendations(ask, path):
    document = ask("audit", "-c", path)
    assert (document["schema"], document["file"], document["ok"]) == ("krakpy.audit/1", path, False)
    assert document["recommendations"][0].keys() == {"rule", "severity", "message", "places"}


def test_a_configuration_that_cannot_be_read_is_refused(invoke):
    result = invoke("audit", "-c", "none.json")
    assert result.exit_code == 1
    assert "KC001 none.json" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("-s", "HGIH"), 2, "-s: HGIH is no severity"),
        (("-f", "{{ len . }}"), 2, "-f: `len .` is not supported"),
        (("-f", "{{ .Nope }}"), 1, "-f: there is no field `.Nope`"),
        (("-f", "x", "--json"), 2, "--json and -f exclude one another"),
        (("-I", "none"), 1, "the file none cannot be read"),
    ],
    ids=str,
)
def test_what_is_asked_for_wrongly_is_refused_with_a_sentence(invoke, path, arguments, status, words):
    result = invoke("audit", "-c", path, *arguments)
    assert result.exit_code == status
    assert words in result.stderr
