"""KrakenD's rules 1 and 2."""
import pytest

from tests.cli.audit.findings import extra, one_endpoint, places

ALL = ["*"]
INSECURE = {"client_tls": {"allow_insecure_connections": True}}
CACHE = "endpoints[0].backend[0].extra_config.qos/http-cache"
CLIENT = "endpoints[0].backend[0].extra_config.backend/http/client.client_tls.allow_insecure_connections"


@pytest.mark.parametrize(
    ("rule", "document", "place"),
    [
        ("1.1.1", extra(auth__basic={}), "extra_config.auth/basic"),
        ("1.1.1", one_endpoint(**extra(auth__basic={})), "endpoints[0].extra_config.auth/basic"),
        ("1.1.1", extra(plugin__http_server={"name": ["basic-auth"]}), "extra_config.plugin/http-server"),
        ("1.1.2", extra(auth__api_keys={}), "extra_config.auth/api-keys"),
        ("1.2.1", one_endpoint(), "endpoints"),
        ("2.1.1", {"allow_insecure_connections": True}, "allow_insecure_connections"),
        ("2.1.1", INSECURE, "client_tls.allow_insecure_connections"),
        ("2.1.2", {}, "tls"),
        ("2.1.3", {"tls": {"disabled": True}}, "tls.disabled"),
        ("2.1.7", {}, "extra_config.security/http"),
        ("2.1.8", {"use_h2c": True}, "use_h2c"),
        ("2.1.8", extra(router={"use_h2c": True}), "extra_config.router.use_h2c"),
        ("2.1.9", one_endpoint(extra(backend__http__client=INSECURE)), CLIENT),
        ("2.2.1", {}, "extra_config.router.hide_version_header"),
        ("2.2.2", {}, "extra_config.security/cors"),
        ("2.2.3", one_endpoint(input_headers=ALL), "endpoints[0].input_headers"),
        ("2.2.4", one_endpoint(input_query_strings=ALL), "endpoints[0].input_query_strings"),
        ("2.2.5", extra(grpc={"server": {"services": []}}), "extra_config.grpc.server.services"),
        ("2.3.1", one_endpoint(extra(qos__http_cache={"max_items": 9})), CACHE),
        ("2.3.1", one_endpoint(extra(qos__http_cache=True)), CACHE),
    ],
    ids=str,
)
def test_it_applies_where_it_is_meant(rule, document, place):
    assert places(rule, document) == [place]


@pytest.mark.parametrize(
    ("rule", "document"),
    [
        ("1.1.1", one_endpoint(extra(auth__basic={}))),
        ("1.1.2", one_endpoint(**extra(auth__api_keys={}))),
        ("1.2.1", one_endpoint(**extra(auth__validator={}))),
        ("2.1.1", {"client_tls": {}}),
        ("2.1.2", {"tls": {}}),
        ("2.1.3", {"tls": {}}),
        ("2.1.7", extra(security__http={})),
        ("2.1.8", {}),
        ("2.1.9", one_endpoint(extra(backend__http__client={"client_tls": {}}))),
        ("2.2.1", extra(router={"hide_version_header": True})),
        ("2.2.2", extra(security__cors={})),
        ("2.2.3", one_endpoint(input_headers=["X-A"])),
        ("2.2.4", one_endpoint(input_query_strings=["a"])),
        ("2.2.5", extra(grpc={"server": {"services": [{}]}})),
        ("2.2.5", extra(grpc={})),
        ("2.3.1", one_endpoint(extra(qos__http_cache={"max_items": 9, "max_size": 9}))),
        ("2.3.1", one_endpoint()),
    ],
    ids=str,
)
def test_it_is_silent_where_all_is_well(rule, document):
    assert places(rule, document) == []
