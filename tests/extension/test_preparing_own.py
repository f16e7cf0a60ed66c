"""Components of krakpy's own are built like those of strangers before the gateway starts, if they have settings."""
import pytest

from krakpy.codes import Code

from .services import at_backend
from .starts import refusal, unprobed

GRAPHQL = {"type": "query", "query": "{ a }"}


@pytest.mark.parametrize(
    ("wrong", "code", "key"),
    [
        ({"type": "nonsense"}, Code.SETTINGS, "type"),
        ({"query_path": "./missing.graphql"}, Code.SETTINGS, "query_path"),
        ({"variabels": {}}, Code.UNKNOWN_KEY, "variabels"),
    ],
)
def test_wrong_settings_keep_the_gateway_from_starting(ask, wrong, code, key):
    [problem] = refusal(ask, {}, at_backend(backend__graphql={**GRAPHQL, **wrong}))
    assert (problem.code, problem.place) == (code, f"endpoints[1].backend[0].extra_config.backend/graphql.{key}")


def test_those_with_settings_are_probed(ask):
    prepared = ask(at_backend(backend__graphql=GRAPHQL), examine=unprobed)
    assert [verdict.candidate.id for verdict in prepared.verdicts] == ["krakpy/backend/graphql"]
