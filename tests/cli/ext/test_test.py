"""`krakpy ext test` sends a request through one extension and shows what it changed."""
import json
import sys

import pytest

CLASSES = '''
from dataclasses import dataclass
from krakpy_sdk import ConfigError, Extension, Patch, Reply
import os

@dataclass(frozen=True)
class Config:
    header: str = "X-Country"

class Geo(Extension[Config]):
    def endpoint_request(self, request):
        return Patch().set_header(self.config.header, request.headers.get("X-From", "NO"))
    def endpoint_response(self):
        return Patch().set_data("seen", True)

class Outer(Extension):
    def http_request(self, request):
        return Reply(418, text="no tea")

class Exits(Extension):
    def backend_request(self):
        os._exit(7)

class Told(Extension):
    def endpoint_request(self):
        self.context.log.warning("told")

class Retry:
    def __init__(self, settings, next):
        self._next = next
    async def __call__(self, request):
        await self._next(request)
        return await self._next(request)

class Csv:
    def __init__(self, config=None):
        self._config = config
    def decode(self, body, is_collection):
        return {"text": body.decode()}
'''


@pytest.fixture
def acme(installed):
    """A package with an extension of each kind."""
    hooks = {"geo": "acme:Geo", "outer": "acme:Outer", "exits": "acme:Exits", "told": "acme:Told"}
    offers = {"backend": {"acme/retry": "acme:Retry"}, "decoder": {"acme-csv": "acme:Csv"}}
    installed.add("acme-all", hooks=hooks, modules={"acme.py": CLASSES}, **offers)


@pytest.mark.parametrize("tier", ["inproc", "process"])
def test_a_hook_is_shown_with_what_it_changed_in_each_tier(ask, acme, tier):
    document = ask("ext", "test", "geo", "--tier", tier, "-H", "X-From: SE")
    assert (document["ok"], document["tier"], document["problems"]) == (True, tier, [])
    assert "+   X-Country: SE" in document["diff"]
    assert '+     "seen": true' in document["diff"]
    assert "acme" not in sys.modules


def test_people_see_both_sides(invoke, acme):
    result = invoke("ext", "test", "geo", "-s", '{"header": "X-Land"}')
    assert result.exit_code == 0
    assert "to the backend" in result.stdout
    assert "+   X-Land: NO" in result.stdout.splitlines()
    assert result.stdout.endswith("it did its work\n")


def test_a_hook_of_the_service_answers_for_everybody(ask, acme):
    document = ask("ext", "test", "outer", "--tier", "inproc")
    assert document["after"]["backend"] == []
    assert (document["after"]["client"]["status"], document["after"]["client"]["body"]) == (418, "no tea")


def test_a_middleware_is_put_where_its_namespace_belongs(ask, acme):
    document = ask("ext", "test", "acme/retry")
    assert [len(document[when]["backend"]) for when in ("before", "after")] == [1, 2]


def test_a_driver_is_asked_by_its_name(ask, acme):
    document = ask("ext", "test", "acme-csv", "--answer", "a,b", "--answer-header", "Content-Type: text/csv")
    assert json.loads(document["after"]["client"]["body"]) == {"text": "a,b"}


def test_a_hook_whose_process_ends_has_failed_and_the_command_line_lives(invoke, ask, acme):
    document = ask("ext", "test", "exits")
    assert document["ok"] is False
    assert "KX053" in {record.get("code") for record in document["log"]}
    assert invoke("ext", "test", "exits", "--tier", "inproc").exit_code == 1


def test_what_it_logs_is_shown(ask, acme):
    assert "told" in {record["message"] for record in ask("ext", "test", "told", "--tier", "inproc")["log"]}


def test_the_settings_of_a_configuration_are_taken_where_nobody_gives_others(ask, acme, config, using):
    path = config(using("geo", geo={"header": "X-Land"}), plugin={})
    assert ask("ext", "test", "geo", "-c", path)["settings"] == {"header": "X-Land"}
    assert ask("ext", "test", "geo", "-c", path, "-s", "{}")["settings"] == {}


def test_request_and_answer_come_from_options_and_files(ask, acme, tmp_path):
    (tmp_path / "body.json").write_text('{"name": "Ann"}')
    words = ("-X", "post", "--url", "/users/7?page=2", "--endpoint", "/users/{id}", "-b", f"@{tmp_path}/body.json")
    document = ask("ext", "test", "geo", *words, "--answer-status", "200", "--answer", '{"id": 7}')
    (request,) = document["before"]["backend"]
    assert (request["method"], request["url"]) == ("POST", "http://upstream.test/users/7?page=2")
    assert request["body"] == '{"name": "Ann"}'
    assert json.loads(document["before"]["client"]["body"]) == {"id": 7}


def test_settings_that_do_not_decode_are_a_problem(ask, acme):
    document = ask("ext", "test", "geo", "-s", '{"heder": "x"}')
    assert document["ok"] is False
    assert [problem["code"] for problem in document["problems"]] == ["KC003"]


def test_what_fails_its_probe_is_not_tried(ask, installed):
    installed.add("acme-bad", hooks={"bad": "acme_bad:Bad"}, modules={"acme_bad.py": "raise SystemExit(3)"})
    assert [problem["code"] for problem in ask("ext", "test", "bad")["problems"]] == ["KX021"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("acme/retry", "--tier", "process"), "runs in inproc"),
        (("geo", "--tier", "venv"), "--python"),
        (("geo", "-s", "{"), "no JSON"),
        (("geo", "-s", "@/nowhere"), "cannot be read"),
        (("geo", "-H", "novalue"), "Name: value"),
        (("gone",), "nothing installed"),
    ],
    ids=["a tier that cannot hold it", "no interpreter", "no JSON", "no file", "no field", "no extension"],
)
def test_a_command_line_that_makes_no_sense_ends_with_status_2(invoke, acme, words, said):
    result = invoke("ext", "test", *words)
    assert (result.exit_code, said in result.stderr) == (2, True)
