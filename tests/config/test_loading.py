"""A file goes in, and settings come out or every reason why not."""

import pytest

from krakpy.codes import Code
from krakpy.config.loading import load, read
from krakpy.config.report import Report
from krakpy.errors import ConfigurationError
from tests.config.sample import backend, endpoint, service

YAML = """
version: 3
cache_ttl: 90s
endpoints:
  - endpoint: /a/{id}
    input_query_strings: [q]
    backend:
      - url_pattern: /mirror/{id}
        host: ["http://b.test"]
        mapping: {path: p}
extra_config:
  router:
    return_error_msg: true
    error_body: {404: {yes: no}}
"""

TOML = """
version = 3
cache_ttl = "90s"

[extra_config.router]
return_error_msg = true

[[endpoints]]
endpoint = "/a/{id}"

  [[endpoints.backend]]
  url_pattern = "/mirror/{id}"
  host = ["http://b.test"]
"""


@pytest.mark.parametrize(("name", "text"), [("k.yaml", YAML), ("k.yml", YAML), ("k.toml", TOML)])
def test_every_format_says_the_same(loading, name, text):
    loaded = loading(text, name=name)
    assert loaded.problems == ()
    assert loaded.settings.cache_ttl_s == 90.0
    assert loaded.settings.router.return_error_msg
    assert loaded.settings.endpoints[0].backends[0].url_pattern == "/mirror/{id}"


def test_keys_of_yaml_stay_texts_down_to_the_error_bodies(loading):
    assert loading(YAML, name="k.yaml").settings.router.error_body == {"404": {"yes": "no"}}


def test_the_file_is_there_as_it_is_written_too(loading):
    loaded = loading(service(endpoint()))
    assert loaded.service.timeout == 2.0
    assert loaded.service.endpoints[0].timeout == 0.0


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigurationError) as raised:
        load(tmp_path / "none.json", {})
    (problem,) = raised.value.problems
    assert (problem.code, problem.place) == (Code.SYNTAX, str(tmp_path / "none.json"))


@pytest.mark.parametrize(("text", "place"), [("", ""), ('{"version": 3,}', ":1:15"), ("[]", "")])
def test_a_file_that_is_no_document_is_named_with_the_place_in_it(refusal, tmp_path, text, place):
    (problem,) = refusal(text)
    assert (problem.code, problem.place) == (Code.SYNTAX, f"{tmp_path / 'krakend.json'}{place}")


def test_a_key_that_is_there_twice_is_refused_with_the_other_errors(refusal):
    text = '{"version": 3, "port": 1, "port": 2, "listen_ip": "x"}'
    assert [problem.place for problem in refusal(text)] == ["port", "listen_ip"]


def test_the_environment_wins_over_the_file(loading):
    loaded = loading(service(endpoint(), cache_ttl="1s"), environ={"KRAKEND_CACHE_TTL": "77s", "KRAKEND_PORT": "8081"})
    assert (loaded.settings.cache_ttl_s, loaded.settings.port, loaded.problems) == (77.0, 8081, ())


def test_the_environment_adds_what_the_file_does_not_say(loading):
    assert loading(service(endpoint()), environ={"KRAKEND_TIMEOUT": "100ms"}).settings.endpoints[0].timeout_s == 0.1


@pytest.mark.parametrize(
    ("environ", "place"),
    [({"KRAKEND_TIMEOUT": "x"}, "KRAKEND_TIMEOUT"), ({"KRAKPY_LISTEN_IP": "x"}, "KRAKPY_LISTEN_IP")],
)
def test_an_error_of_the_environment_names_the_variable(refusal, environ, place):
    assert [problem.place for problem in refusal(service(endpoint()), environ=environ)] == [place]


def test_a_template_is_rendered_before_it_is_read(loading):
    loaded = loading('{"version": {{ add 1 2 }}, "name": "a", "endpoints": []}', environ={"FC_ENABLE": "0"})
    assert loaded.service.name == "a"


def test_the_digest_is_that_of_what_is_rendered(loading):
    template, environ = '{"version": {{ add 1 2 }}}', {"FC_ENABLE": "1"}
    assert loading(template, environ=environ).digest == loading('{"version": 3}').digest


def test_warnings_come_with_the_settings(loading):
    loaded = loading(service(endpoint(input_headers="X-A"), version="3", plugin={"folder": "./", "pattern": ".so"}))
    assert {(problem.code, problem.place) for problem in loaded.problems} == {
        (Code.WEAK_TYPE, "version"),
        (Code.WEAK_TYPE, "endpoints[0].input_headers"),
        (Code.IGNORED, "plugin.folder"),
    }


def test_warnings_are_told_with_the_errors(loading):
    with pytest.raises(ConfigurationError) as raised:
        loading(service(endpoint(backend=[backend(timeout="1s")]), listen_ip="x"))
    assert {problem.severity for problem in raised.value.problems} == {"warning", "error"}


def test_long_namespaces_of_old_files_are_read(loading):
    router = {"github_com/luraproject/lura/router/gin": {"hide_version_header": True}}
    assert loading(service(endpoint(), extra_config=router)).settings.router.hide_version_header


def test_instances_of_extensions_are_read(loading):
    instance = {"from": "acme-geo/geo", "isolation": "inproc", "timeout": "50ms", "config": {"block": ["XX"]}}
    plugin = loading(service(plugin={"defaults": {"on_error": "skip"}, "instances": {"geo": instance}})).settings.plugin
    assert plugin is not None
    geo = plugin.instances["geo"]
    assert (geo.from_, geo.isolation, geo.timeout, geo.config) == ("acme-geo/geo", "inproc", 0.05, {"block": ["XX"]})
    assert plugin.defaults.on_error == "skip"


def test_who_only_looks_gets_what_could_be_understood_and_what_is_wrong(tmp_path):
    path = tmp_path / "krakend.json"
    path.write_text('{"version": 3, "port": 81, "nonsense": 1, "extra_config": {"router": {"max_payload": 1}}}')
    report = Report()
    found = read(path, {}, report)
    assert found is not None
    assert found.port == 81
    assert [problem.place for problem in report.problems] == ["nonsense", "extra_config.router.max_payload"]


def test_of_a_file_that_cannot_be_read_nothing_is_understood(tmp_path):
    report = Report()
    assert read(tmp_path / "none.json", {}, report) is None
    assert report.has_errors


def test_the_lock_file_lies_beside_the_configuration(tmp_path):
    (tmp_path / "krakend.json").write_text('{"version": 3, "endpoints": [], "plugin": {"lock": "locks/krakpy.lock"}}')
    plugin = load(tmp_path / "krakend.json", {}).settings.plugin
    assert plugin is not None
    assert plugin.lock == str(tmp_path / "locks/krakpy.lock")
