"""Finding everything that is wrong with a configuration."""
import sys

from krakpy.cli.checking import examine
from krakpy.codes import Code
from krakpy.errors import Problem

OPEN = {"KRAKPY_ENABLE_PLUGINS": "1"}
INPROC = {"defaults": {"isolation": "inproc"}}


def built(_):
    return ()


def test_what_the_file_alone_can_tell_ends_the_examination(config):
    findings = examine(config(version=2), environ={}, test=True, build=built)
    assert [problem.code for problem in findings.problems] == [Code.VERSION]
    assert findings.settings is None
    assert not findings.is_good


def test_a_test_probes_extensions_with_their_real_settings(config, site, using):
    site.install("acme-geo", hooks={"geo": "Geo"})
    path = config(using("geo", geo={"hedder": "X"}), plugin=INPROC)
    findings = examine(path, environ=OPEN, test=True, build=built)
    place = "endpoints[0].extra_config.plugin/req-resp-modifier.geo.hedder"
    assert [problem.place for problem in findings.problems] == [place]


def test_without_a_test_no_extension_is_tried(config, site, using):
    site.install("acme-geo", "raise RuntimeError", hooks={"geo": "Geo"})
    assert examine(config(using("geo"), plugin=INPROC), environ=OPEN).is_good


def test_a_probe_that_fails_does_not_pass_a_test(config, site, using):
    site.install("acme-geo", "raise RuntimeError('no')", hooks={"geo": "Geo"})
    findings = examine(config(using("geo"), plugin=INPROC), environ=OPEN, test=True, build=built)
    assert [problem.code for problem in findings.problems] == [Code.IMPORT_RAISED]
    assert findings.problems[0].remedy == "pip install --upgrade acme-geo"


def test_gates_and_probes_are_told_together(config, site, using):
    site.install("acme-geo", "raise RuntimeError('no')", hooks={"geo": "Geo"})
    path = config(using("geo", "nope"), plugin=INPROC)
    found = examine(path, environ=OPEN, test=True, build=built).problems
    assert {problem.code for problem in found} == {Code.NOT_INSTALLED, Code.IMPORT_RAISED}


def test_what_goes_wrong_in_building_the_routes_is_told(config):
    problem = Problem(Code.SETUP, "endpoints[0]", "no database")
    findings = examine(config(), environ={}, test=True, build=lambda prepared: [problem])
    assert findings.problems == (problem,)
    assert findings.is_tested


def test_a_problem_is_told_once(config):
    problem = Problem(Code.SETUP, "endpoints[0]", "no database")
    assert examine(config(), environ={}, test=True, build=lambda prepared: [problem, problem]).problems == (problem,)


def test_nothing_is_imported_here(config, site, using):
    site.install("acme-geo", hooks={"geo": "Geo"})
    examine(config(using("geo"), plugin=INPROC), environ=OPEN, test=True, build=built)
    assert "acme_geo" not in sys.modules


def test_a_problem_of_the_file_is_told_once_by_all_who_read_it(tmp_path):
    rules = tmp_path / "rules.json"
    rules.write_text("{}")
    assert len(examine("none.json", environ={}, schema=str(rules)).problems) == 1


def test_what_extensions_are_missing_is_told_beside_the_errors_of_the_file(config, using):
    path = config(using("geo"), {"extra_config": {"acme/nope": {}}}, timeuot="2s")
    found = [problem.code for problem in examine(path, environ=OPEN).problems]
    assert found == [Code.UNKNOWN_KEY, Code.NOT_INSTALLED, Code.UNKNOWN_NAMESPACE]


def test_nothing_is_said_about_extensions_while_the_object_that_decides_is_broken(config, site, using):
    site.install("acme-geo", hooks={"geo": "Geo"})
    found = examine(config(using("geo"), plugin=5), environ=OPEN).problems
    assert [problem.place for problem in found] == ["plugin"]


def test_a_place_that_is_wrong_is_told_once(tmp_path):
    path = tmp_path / "krakend.json"
    path.write_text('{"version": 3, "extra_config": {"acme/nope": 1, "acme/nope": 2}}')
    assert [problem.code for problem in examine(str(path), environ={}).problems] == [Code.DUPLICATE_KEY]


def test_hosts_that_cannot_be_resolved_are_told_and_nothing_follows_from_them(config):
    found = examine(config(backend={"host": ["a b"]}), environ={}).problems
    assert [problem.code for problem in found] == [Code.BAD_HOST]


def test_settings_of_krakpys_own_components_are_read_without_a_test(config):
    graphql = {"extra_config": {"backend/graphql": {"type": "query", "query": "{ a }", "variables": {"a": ""}}}}
    backend = {"url_pattern": "/g", "host": ["http://backend.test"], **graphql}
    findings = examine(config({"backend": [backend]}), environ={})
    place = "endpoints[0].backend[0].extra_config.backend/graphql.variables.a"
    assert [(problem.code, problem.place) for problem in findings.problems] == [(Code.SETTINGS, place)]
