"""Configurations in the shapes of those that KrakenD documents: `krakpy check` names exactly what is not there yet.

Each file of `examples` starts once the parts that are named are taken out. krakpy is alone here, without any of its
packages, so a package that gets built changes nothing; a part of the core that does leaves `REFUSED`.
"""
import json
import re
from pathlib import Path

import pytest

from krakpy.cli.checking import examine
from krakpy.codes import Code

EXAMPLES = Path(__file__).parent / "examples"
#: by file, the keys, decoders, components and plugins that are not there
REFUSED = {
    "details": set(),
    "drawn": {"security/cors", "auth/validator"},
    "envelopes": {"encoding", "modifier/martian"},
    "everything": {
        "encoding", "telemetry/metrics", "security/cors", "security/bot-detector",
        "validation/cel", "auth/validator", "qos/http-cache", "auth/signer", "modifier/lua-proxy",
        "modifier/lua-backend", "validation/json-schema",
    },
    "formats": {"encoding"},
    "plugins": {
        "plugin/http-server.shop-gate", "telemetry/opentelemetry", "plugin/req-resp-modifier.shop-ask",
        "plugin/req-resp-modifier.shop-answer",
    },
    "queues": {"async_agent", "backend/pubsub/publisher/kafka"},
    "storefront": {
        "encoding", "telemetry/metrics", "security/cors", "modifier/martian", "qos/circuit-breaker",
        "qos/ratelimit/proxy", "auth/validator", "qos/ratelimit/router",
    },
    "tour": {
        "async_agent", "telemetry/metrics", "telemetry/influx", "telemetry/gelf", "telemetry/opencensus",
        "security/cors", "auth/revoker", "documentation/openapi", "qos/ratelimit/router", "qos/ratelimit/proxy",
    },
}  # fmt: skip
NOT_THERE = {Code.NOT_BUILT, Code.ENTERPRISE, Code.UNKNOWN_NAMESPACE, Code.UNKNOWN_NAME, Code.NOT_INSTALLED}


def errors(path):
    return [problem for problem in examine(str(path), environ={}).problems if problem.severity == "error"]


def name_of(place):
    _, components, name = place.rpartition("extra_config.")
    return name if components else place.rpartition(".")[2]


def without(document, place):
    """Take the key at a place out of a document; of what a plugin's name stands in, all of it."""
    name = name_of(place)
    holder = document
    for key, index in re.findall(r"(\w+)(?:\[(\d+)\])?", place.removesuffix(name)):
        holder = holder[key][int(index)] if index else holder[key]
    holder.pop(name.partition(".")[0], None)


def test_every_example_is_looked_at():
    assert {path.stem for path in EXAMPLES.glob("*.json")} == set(REFUSED)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_there_is_named_and_nothing_else_is_wrong(name):
    problems = errors(EXAMPLES / f"{name}.json")
    assert {name_of(problem.place) for problem in problems} == REFUSED[name]
    assert {problem.code for problem in problems} <= NOT_THERE


@pytest.mark.parametrize("name", REFUSED)
def test_without_that_it_starts(name, tmp_path):
    document = json.loads((EXAMPLES / f"{name}.json").read_text())
    for problem in errors(EXAMPLES / f"{name}.json"):
        without(document, problem.place)
    path = tmp_path / "krakend.json"
    # NOTE: claims of tokens go with what reads tokens
    path.write_text(re.sub(r"/\{JWT[^}]*\}", "", json.dumps(document)))
    findings = examine(str(path), environ={}, test=True)
    assert findings.is_good, [str(problem) for problem in findings.problems]
