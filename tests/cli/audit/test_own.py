"""krakpy's own rules."""
from types import SimpleNamespace

import pytest

from tests.cli.audit.findings import extra, one_endpoint, places

ROUTER = "extra_config.router"
GUARD = "endpoints[0].extra_config.auth/validator"


def stranger(family="backend", on_error="fail"):
    """A use of third-party code."""
    need = SimpleNamespace(place="endpoints[0].backend[0].extra_config.acme/retry")
    return SimpleNamespace(
        need=need, candidate=SimpleNamespace(family=family), policy=SimpleNamespace(on_error=on_error)
    )


def guarded(**settings):
    return one_endpoint(**extra(auth__validator=settings))


def router(**settings):
    return extra(router=settings)


@pytest.mark.parametrize(
    ("rule", "document", "place"),
    [
        ("K.1.1", {"plugin": {}}, "plugin.allow"),
        ("K.1.1", {"plugin": {"pattern": ".so"}}, "plugin.allow"),
        ("K.2.1", guarded(), f"{GUARD}.require_exp"),
        ("K.2.1", guarded(require_exp=False), f"{GUARD}.require_exp"),
        ("K.2.2", guarded(), f"{GUARD}.max_expiry"),
        ("K.2.3", guarded(), f"{GUARD}.strict_sources"),
        ("K.2.4", {"cache_ttl": "1s", **guarded()}, "endpoints[0].cache_ttl"),
        ("K.2.5", guarded(jwk_url="http://idp.test"), f"{GUARD}.jwk_url"),
        ("K.3.1", router(forwarded_by_client_ip=True), f"{ROUTER}.trusted_proxies"),
        ("K.3.2", router(trusted_proxies=["10.0.0.1", "0.0.0.0/0"]), f"{ROUTER}.trusted_proxies[1]"),
        ("K.4.1", {"client_tls": {"min_version": "TLS11"}}, "client_tls.min_version"),
        ("K.4.1", {"tls": {"min_version": "SSL3.0"}}, "tls.min_version"),
        ("K.5.1", {"echo_endpoint": True}, "echo_endpoint"),
        ("K.5.1", {"debug_endpoint": True, "listen_ip": "10.0.0.1"}, "debug_endpoint"),
        ("K.5.2", router(return_error_msg=True), f"{ROUTER}.return_error_msg"),
    ],
    ids=str,
)
def test_it_applies_where_it_is_meant(rule, document, place):
    assert places(rule, document) == [place]


@pytest.mark.parametrize(
    ("rule", "document"),
    [
        ("K.1.1", {}),
        ("K.1.1", {"plugin": {"allow": ["acme-geo/geo"]}}),
        ("K.1.1", {"plugin": {"pattern": "acme-"}}),
        ("K.1.2", {"plugin": {}}),
        ("K.1.3", {}),
        ("K.1.4", {}),
        ("K.2.1", guarded(require_exp=True)),
        ("K.2.1", extra(auth__validator={"shared_cache_duration": 9})),
        ("K.2.2", guarded(max_expiry="1h")),
        ("K.2.3", guarded(strict_sources=True)),
        ("K.2.4", guarded()),
        ("K.2.5", guarded()),
        ("K.2.5", guarded(jwk_url="https://idp.test")),
        ("K.2.5", guarded(jwk_url=5)),
        ("K.2.4", {"cache_ttl": "1s", **one_endpoint(method="POST", **extra(auth__validator={}))}),
        ("K.2.4", {"cache_ttl": "1s", **one_endpoint()}),
        ("K.3.1", router(forwarded_by_client_ip=True, trusted_proxies=["10.0.0.1"])),
        ("K.3.2", router(trusted_proxies=["10.0.0.0/8", "::1"])),
        ("K.4.1", {"client_tls": {}}),
        ("K.5.1", {"echo_endpoint": True, "debug_endpoint": True, "listen_ip": "::1"}),
        ("K.5.2", {}),
    ],
    ids=str,
)
def test_it_is_silent_where_all_is_well(rule, document):
    assert places(rule, document) == []


PLUGIN: dict[str, object] = {"plugin": {}}
PLACE = stranger().need.place


@pytest.mark.parametrize(
    ("rule", "use", "found"),
    [
        ("K.1.2", stranger("hooks"), ["plugin.lock"]),
        ("K.1.3", stranger("backend"), [PLACE]),
        ("K.1.3", stranger("decoder"), [PLACE]),
        ("K.1.3", stranger("hooks"), []),
        ("K.1.4", stranger(on_error="skip"), [PLACE]),
        ("K.1.4", stranger(), []),
    ],
)
def test_third_party_code_is_looked_at(rule, use, found):
    assert places(rule, PLUGIN, strangers=(use,)) == found


def test_code_that_a_lock_pins_is_pinned():
    assert places("K.1.2", {"plugin": {"lock": "krakpy.lock"}}, strangers=(stranger(),)) == []


@pytest.mark.parametrize(
    ("file", "folder", "found"),
    [
        (0o100644, 0o040755, []),
        (0o100666, 0o040755, ["krakend.json"]),
        (0o100644, 0o040777, ["krakend.json"]),
        (0o100644, 0o041777, []),
    ],
    ids=["safe", "file", "folder", "sticky folder"],
)
def test_a_configuration_that_anybody_may_write_is_found(file, folder, found):
    assert places("K.6.1", {}, file_mode=file, folder_mode=folder) == found
