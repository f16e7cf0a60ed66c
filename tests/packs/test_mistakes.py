"""A guard that cannot work takes its endpoint with it and is told with its place; KrakenD leaves it out."""
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from krakpy.cli.main import main
from krakpy.codes import Code
from krakpy.config.loading import load
from krakpy.errors import ConfigurationError
from krakpy.extension.preparing import prepare

CASES = Path(__file__).parents[1] / "conformance" / "cases"
#: what KrakenD CE serves without its guard, as recorded: topic, group, endpoints
RECORDED = [
    ("cel", "endpoint", {"/syntax": "[0].check_expr", "/type": "[0].check_expr", "/unknown-var": "[0].check_expr"}),
    ("json-schema", "person", {"/broken": ".type"}),
]
NAMESPACES = {"cel": "validation/cel", "json-schema": "validation/json-schema"}


@pytest.mark.parametrize(("topic", "name", "broken"), RECORDED, ids=lambda part: part if isinstance(part, str) else "")
def test_every_broken_guard_is_told_with_its_place_and_no_other(topic, name, broken, tmp_path):
    text = (CASES / f"{topic}.json").read_text("utf-8").replace("{{BACKEND}}", "http://127.0.0.1:8081")
    [group] = [group for group in json.loads(text)["groups"] if group["name"] == name]
    path = tmp_path / "krakend.json"
    path.write_text(json.dumps(group["config"]))
    result = CliRunner().invoke(main, ["check", "-c", str(path), "--json"])
    told = {problem["place"] for problem in json.loads(result.stdout)["problems"] if problem["severity"] == "error"}
    indices = {endpoint["endpoint"]: index for index, endpoint in enumerate(group["config"]["endpoints"])}
    assert result.exit_code == 1
    assert told == {
        f"endpoints[{indices[path]}].extra_config.{NAMESPACES[topic]}{place}" for path, place in broken.items()
    }


GUARDS = {
    "validation/cel": ([{"check_expr": "req_method =="}], [{"check_expr": "req_method == 'GET'"}]),
    "validation/json-schema": ({"type": "nonsense"}, {"type": "object"}),
}


def settled(folder, *guards):
    """What a start makes of endpoints with these components."""
    backend = {"host": ["http://127.0.0.1:8081"], "url_pattern": "/"}
    endpoints = [{"endpoint": f"/{n}", "backend": [backend], "extra_config": own} for n, own in enumerate(guards)]
    path = folder / "krakend.json"
    path.write_text(json.dumps({"version": 3, "endpoints": endpoints}))
    return prepare(load(path, {}).settings, environ={})


@pytest.mark.parametrize("namespace", GUARDS)
def test_a_mistake_costs_its_own_endpoint(namespace, tmp_path):
    broken, whole = GUARDS[namespace]
    failures = settled(tmp_path, {namespace: broken}, {namespace: whole}, {}).failures
    assert [(failure.need.owner, failure.problem.code) for failure in failures] == [("endpoints[0]", Code.UNUSABLE)]


@pytest.mark.parametrize("namespace", GUARDS)
def test_a_gateway_with_nothing_left_to_serve_does_not_start(namespace, tmp_path):
    broken, _ = GUARDS[namespace]
    with pytest.raises(ConfigurationError) as raised:
        settled(tmp_path, {namespace: broken}, {namespace: broken})
    assert {problem.code for problem in raised.value.problems} == {Code.UNUSABLE}
