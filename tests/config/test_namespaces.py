"""What KrakenD has under each namespace, and what follows for hosts and tokens."""

import pytest

from krakpy.config.aliases import LEGACY
from krakpy.config.namespaces import CORE, NAMESPACES, may_authenticate, may_replace_http


def test_every_legacy_spelling_stands_for_a_namespace_that_krakend_knows():
    assert set(LEGACY.values()) <= NAMESPACES.keys()
    assert not LEGACY.keys() & NAMESPACES.keys()


@pytest.mark.parametrize("level", sorted(CORE))
def test_what_the_core_answers_may_stand_where_it_answers_it(level):
    of_krakend = [name for name in CORE[level] if not name.startswith("krakpy/")]
    assert all(level in NAMESPACES[name].levels for name in of_krakend)


@pytest.mark.parametrize(("name", "edition"), [("qos/circuit-breaker", "CE"), ("qos/circuit-breaker/http", "EE")])
def test_a_namespace_has_an_edition(name, edition):
    assert NAMESPACES[name].edition == edition


@pytest.mark.parametrize(
    ("namespaces", "may"),
    [
        ([], False),
        (["qos/circuit-breaker", "backend/http", "backend/graphql"], False),
        (["backend/lambda"], True),
        (["plugin/http-client"], True),
        (["acme/queue"], True),
    ],
)
def test_a_backend_may_ask_something_else_than_a_host(namespaces, may):
    assert may_replace_http(namespaces) is may


@pytest.mark.parametrize(
    ("namespaces", "may"),
    [
        ([], False),
        (["auth/signer"], False),
        (["auth/validator"], True),
        (["plugin/req-resp-modifier"], True),
        (["acme/auth"], True),
    ],
)
def test_an_endpoint_may_read_a_token(namespaces, may):
    assert may_authenticate(namespaces) is may
