"""`krakpy check`: output and exit status."""
import json

import pytest


def test_a_good_configuration_gets_two_lines(invoke, config):
    path = config()
    result = invoke("check", "-c", path)
    assert result.exit_code == 0
    assert result.output == f"Parsing configuration file: {path}\nSyntax OK!\n"


def test_every_problem_is_shown_in_one_run(invoke, config):
    result = invoke("check", "-c", config(backend={"url_pattern": "/{x}"}, prt=1, timeut="2s"))
    assert result.exit_code == 1
    heading, *problems = result.stderr.splitlines()
    assert heading.endswith("does not pass (3 problems)")
    assert [line.partition(":")[0] for line in problems] == [
        "KC003 prt", "KC003 timeut", "KC009 endpoints[0].backend[0].url_pattern",
    ]


def test_the_file_may_be_named_by_the_environment(invoke, config):
    assert invoke("check", KRAKPY_CONFIG=config()).exit_code == 0


def test_without_a_file_it_says_how_to_name_one(invoke):
    result = invoke("check")
    assert result.exit_code == 1
    assert "krakpy check -c FILE" in result.stderr
    assert "KRAKPY_CONFIG" in result.stderr


def test_a_file_that_is_not_there_is_a_problem(invoke):
    result = invoke("check", "-c", "none.json")
    assert result.exit_code == 1
    assert "KC001 none.json" in result.stderr


WEAK = {"port": "8081"}


def test_a_weak_type_passes_with_a_warning(invoke, config):
    result = invoke("check", "-c", config(**WEAK))
    assert result.exit_code == 0
    assert "warning KC014 port" in result.stderr


@pytest.mark.parametrize("option", ["-l", "-n", "--lint", "--lint-no-network"])
def test_a_weak_type_does_not_pass_the_linter(invoke, config, option):
    result = invoke("check", "-c", config(**WEAK), option)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[1].startswith("KC014 port")


def test_what_the_schema_forbids_does_not_pass_the_linter(invoke, config):
    path = config(backend={"extra_config": {"backend/http": {"return_error_code": "yes"}}}, name=None)
    assert invoke("check", "-c", path).exit_code == 0
    problems = invoke("check", "-l", "-c", path).stderr.splitlines()[1:]
    assert [line.partition(":")[0] for line in problems] == [
        "KC014 endpoints[0].backend[0].extra_config.backend/http.return_error_code", "KC014 name",
    ]


def test_a_schema_of_ones_own_is_held_against_it(invoke, config, tmp_path):
    rules = tmp_path / "rules.json"
    rules.write_text('{"required": ["name"]}')
    assert invoke("check", "-c", config(name="x"), "-s", rules).exit_code == 0
    result = invoke("check", "-c", config(), "-s", rules)
    assert result.exit_code == 1
    assert "KC020 'name' is a required property" in result.stderr


@pytest.mark.parametrize("options", [("-l", "-n"), ("-l", "-s", "s.json"), ("-n", "-s", "s.json")], ids=str)
def test_one_schema_is_enough(invoke, config, options):
    result = invoke("check", "-c", config(), *options)
    assert result.exit_code == 2
    assert "-l, -n and -s exclude one another" in result.stderr


def test_a_gate_that_is_closed_here_is_an_error(invoke, config, site, using):
    site.install("acme-geo", hooks={"geo": "Geo"})
    path = config(using("geo"), plugin={"defaults": {"isolation": "inproc"}})
    assert "KX003" in invoke("check", "-c", path).stderr
    assert invoke("check", "-c", path, allowed=True).exit_code == 0


def test_a_namespace_that_nobody_answers_is_an_error(invoke, config):
    result = invoke("check", "-c", config({"extra_config": {"acme/nope": {}}}))
    assert result.exit_code == 1
    assert "KC012 endpoints[0].extra_config.acme/nope" in result.stderr


def test_d_prints_what_was_understood(invoke, config):
    lines = invoke("check", "-d", "-i", "..", "-c", config()).stdout.splitlines()
    assert lines[1].startswith("service ")
    assert lines[2].startswith("..GET /a ")
    assert lines[3].startswith("....GET /x ")


@pytest.mark.parametrize(
    "options", [("-dd",), ("-d", "-d"), ("--debug", "--debug"), ("-tdd",), ("-ndd", "--indent", "\t")], ids=str
)
def test_dd_prints_every_setting(invoke, config, options):
    result = invoke("check", *options, "-c", config())
    assert result.exit_code == 0
    assert "input_query_strings=[]" in result.stdout


def test_the_object_says_whether_it_is_good(ask, config):
    path = config()
    assert ask("check", "-c", path) == {
        "schema": "krakpy.check/1", "file": path, "ok": True, "tested": False, "problems": [],
    }


def test_the_object_has_every_problem(ask, config):
    problems = ask("check", "-c", config(prt=1))["problems"]
    assert [set(problem) for problem in problems] == [{"code", "place", "message", "remedy", "severity"}]


def test_the_object_has_the_configuration_on_demand(ask, config):
    assert ask("check", "-d", "-c", config())["configuration"]["endpoints"][0]["endpoint"] == "/a"


def test_standard_output_has_nothing_but_the_object(invoke, config):
    result = invoke("check", "--json", "-c", config(prt=1))
    assert result.exit_code == 1
    assert result.stderr == ""
    json.loads(result.stdout)


def test_what_is_opened_is_shown_with_what_was_understood(invoke, config):
    path = config(backend={"allow": ["a.b"]})
    assert "\t\t\topens: a\n" in invoke("check", "-d", "-c", path).output
    shown = json.loads(invoke("check", "-d", "--json", "-c", path).output)
    assert shown["opens"] == {"endpoints[0].backend[0]": {"paths": ["a"], "whole": [], "because": ""}}
    assert "opens" not in json.loads(invoke("check", "--json", "-c", path).output)
