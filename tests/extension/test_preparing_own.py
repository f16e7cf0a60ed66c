"""Components of krakpy's own are built like those of strangers before the gateway starts, if they have settings."""
import pytest

from krakpy.codes import Code
from krakpy.encoding.json_documents import DEEPEST

from .services import at_backend
from .starts import refusal, unprobed

GRAPHQL = {"type": "query", "query": "{ a }"}


@pytest.mark.parametrize(
    ("wrong", "code", "key"),
    [
        ({"query": ""}, Code.SETTINGS, "query"),
        ({"variables": {"a": ""}}, Code.SETTINGS, "variables.a"),
        ({"variabels": {}}, Code.UNKNOWN_KEY, "variabels"),
    ],
)
def test_wrong_settings_keep_the_gateway_from_starting(ask, wrong, code, key):
    [problem] = refusal(ask, {}, at_backend(backend__graphql={**GRAPHQL, **wrong}))
    assert (problem.code, problem.place) == (code, f"endpoints[1].backend[0].extra_config.backend/graphql.{key}")


def test_what_a_backend_that_takes_bodies_must_not_lack_keeps_the_gateway_from_starting(ask):
    backend = {"host": ["http://backend.test"], "url_pattern": "/", "method": "POST"}
    wrong = {**backend, "extra_config": {"backend/graphql": {**GRAPHQL, "type": "nonsense"}}}
    [problem] = refusal(ask, {}, {"backend": [wrong]})
    place = "endpoints[1].backend[0].extra_config.backend/graphql.type"
    assert (problem.code, problem.place) == (Code.SETTINGS, place)


def test_those_with_settings_are_probed(ask):
    prepared = ask(at_backend(backend__graphql=GRAPHQL), examine=unprobed)
    assert [verdict.candidate.id for verdict in prepared.verdicts] == ["krakpy/backend/graphql"]


@pytest.mark.parametrize("encoding", ["json", "fast-json", "safejson"])
@pytest.mark.parametrize("max_depth", [0, DEEPEST + 1])
def test_wrong_settings_of_a_driver_keep_the_gateway_from_starting(ask, encoding, max_depth):
    plugin = {"instances": {f"krakpy/{encoding}": {"config": {"max_depth": max_depth}}}}
    backend = {"host": ["http://backend.test"], "url_pattern": "/", "encoding": encoding}
    [problem] = refusal(ask, {"backend": [backend, backend]}, {"backend": [backend]}, plugin=plugin)
    assert (problem.code, problem.place) == (Code.WRONG_TYPE, "endpoints[0].backend[0].encoding.max_depth")
