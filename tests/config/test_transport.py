"""What the service says about its connections to backends is complete, and every backend has it."""

import pytest

from tests.config.sample import endpoint, service


@pytest.fixture
def resolved(loading):
    return lambda *endpoints, **keys: loading(service(*endpoints, **keys)).settings


def test_zero_stands_for_the_default(resolved):
    found = resolved(max_idle_connections_per_host=0, dialer_keep_alive="0s", dialer_fallback_delay="0s").transport
    assert (found.max_idle_connections_per_host, found.dialer_keep_alive_s, found.dialer_fallback_delay_s) == (
        250,
        15.0,
        0.3,
    )


@pytest.mark.parametrize(
    ("keys", "tls"),
    [
        ({}, None),
        ({"client_tls": {}}, (False, "TLS13")),
        ({"client_tls": {"min_version": "TLS12", "allow_insecure_connections": True}}, (True, "TLS12")),
        ({"allow_insecure_connections": True}, (True, "TLS12")),
        ({"allow_insecure_connections": True, "client_tls": {}}, (True, "TLS13")),
    ],
    ids=str,
)
def test_the_old_flag_for_any_certificate_is_folded_into_client_tls(resolved, keys, tls):
    found = resolved(**keys).transport.client_tls
    assert tls == (found and (found.allow_insecure_connections, found.min_version))


def test_every_backend_has_the_transport_of_the_service(resolved):
    found = resolved(endpoint(), response_header_timeout="150ms", disable_compression=True)
    assert found.endpoints[0].backends[0].transport is found.transport
    assert (found.transport.response_header_timeout_s, found.transport.disable_compression) == (0.15, True)
