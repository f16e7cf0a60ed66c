"""KrakenD's rules 5 to 7."""
import pytest

from tests.cli.audit.findings import extra, one_endpoint, places

SERVER, CLIENT, MODIFIER = "plugin__http_server", "plugin__http_client", "plugin__req_resp_modifier"
BACKEND, ENDPOINT = "endpoints[0].backend[0].extra_config", "endpoints[0].extra_config"


def lists(namespace, name):
    return extra(**{namespace: {"name": [name]}})


def writes(*backends, **keys):
    return {"endpoints": [{"endpoint": "/a", "backend": list(backends), **keys}]}


POST, GET, GRPC = {"method": "POST"}, {"method": "get"}, extra(backend__grpc={})


@pytest.mark.parametrize(
    ("rule", "document", "place"),
    [
        ("5.1.1", {"disable_rest": True}, "disable_rest"),
        ("5.1.2", {"debug_endpoint": True}, "debug_endpoint"),
        ("5.1.3", {"echo_endpoint": True}, "echo_endpoint"),
        ("5.1.4", {"endpoints": [{"endpoint": "/a/*"}]}, "endpoints[0].endpoint"),
        ("5.1.5", {"endpoints": [{"endpoint": "/__catchall"}]}, "endpoints[0].endpoint"),
        ("5.1.6", writes(POST, GET, POST), "endpoints[0].backend"),
        ("5.1.6", writes(POST, GRPC), "endpoints[0].backend"),
        ("5.1.6", writes({}, {}, method="PUT"), "endpoints[0].backend"),
        ("5.1.7", one_endpoint(**extra(proxy={"sequential": True})), f"{ENDPOINT}.proxy.sequential"),
        ("5.2.1", {"endpoints": [{"endpoint": "/a"}]}, "endpoints[0].backend"),
        ("5.2.2", one_endpoint(), "endpoints"),
        ("5.2.3", {"output_encoding": "no-op", **one_endpoint()}, "endpoints"),
        ("6.1.1", {"sequential_start": True, "async_agent": [{}] * 10}, "sequential_start"),
        ("7.1.1", lists(SERVER, "virtualhost"), "extra_config.plugin/http-server"),
        ("7.1.2", lists(SERVER, "static-filesystem"), "extra_config.plugin/http-server"),
        ("7.1.3", lists(SERVER, "basic-auth"), "extra_config.plugin/http-server"),
        ("7.1.4", lists(SERVER, "wildcard"), "extra_config.plugin/http-server"),
        ("7.1.5", one_endpoint(extra(plugin__http_client={"name": "http-proxy"})), f"{BACKEND}.plugin/http-client"),
        ("7.1.6", one_endpoint(lists(CLIENT, "static-filesystem")), f"{BACKEND}.plugin/http-client"),
        ("7.1.7", one_endpoint(lists(CLIENT, "no-redirect")), f"{BACKEND}.plugin/http-client"),
        ("7.1.8", one_endpoint(**lists(MODIFIER, "content-replacer")), f"{ENDPOINT}.plugin/req-resp-modifier"),
        ("7.1.9", one_endpoint(lists(MODIFIER, "response-schema-validator")), f"{BACKEND}.plugin/req-resp-modifier"),
        ("7.2.1", extra(telemetry__ganalytics={}), "extra_config.telemetry/ganalytics"),
        ("7.2.2", extra(telemetry__instana={}), "extra_config.telemetry/instana"),
        ("7.2.3", extra(telemetry__opencensus={}), "extra_config.telemetry/opencensus"),
        ("7.2.4", extra(telemetry__influx={}), "extra_config.telemetry/influx"),
        ("7.3.1", {"tls": {"public_key": "cert.pem"}}, "tls.public_key"),
    ],
    ids=str,
)
def test_it_applies_where_it_is_meant(rule, document, place):
    assert places(rule, document) == [place]


@pytest.mark.parametrize(
    ("rule", "document"),
    [
        *((f"5.1.{number}", one_endpoint()) for number in range(1, 8)),
        ("5.1.6", writes(POST, GET)),
        ("5.1.6", writes({}, {}, method="HEAD")),
        ("5.2.1", one_endpoint()),
        ("5.2.2", writes(GET, GET)),
        ("5.2.3", {"output_encoding": "no-op", **one_endpoint(output_encoding="json")}),
        ("6.1.1", {"sequential_start": True, "async_agent": [{}] * 9}),
        ("6.1.1", {"async_agent": [{}] * 10}),
        *((f"7.1.{number}", lists(SERVER, "another")) for number in range(1, 10)),
        *((f"7.2.{number}", {}) for number in range(1, 5)),
        ("7.3.1", {"tls": {"keys": [{"public_key": "cert.pem"}]}}),
    ],
    ids=str,
)
def test_it_is_silent_where_all_is_well(rule, document):
    assert places(rule, document) == []


def test_old_namespaces_count_as_those_of_today():
    document = {"extra_config": {"github_com/devopsfaith/krakend/transport/http/server/handler": {"name": "wildcard"}}}
    assert places("7.1.4", document) == ["extra_config.plugin/http-server"]
