"""KrakenD's rules 3 and 4."""
import pytest

from tests.cli.audit.findings import extra, one_endpoint, places


def otel(**exporters):
    return extra(telemetry__opentelemetry={"exporters": exporters})


OPENTELEMETRY = "extra_config.telemetry/opentelemetry"


@pytest.mark.parametrize(
    ("rule", "document", "found"),
    [
        ("3.1.1", one_endpoint(**extra(security__bot_detector={})), ["extra_config.security/bot-detector"]),
        ("3.1.2", one_endpoint(), ["endpoints"]),
        ("3.1.3", one_endpoint(), ["endpoints"]),
        ("3.1.3", extra(qos__circuit_breaker={}), ["endpoints"]),
        ("3.3.1", one_endpoint(timeout="3001ms"), ["endpoints[0].timeout"]),
        ("3.3.1", {"timeout": "4s", **one_endpoint()}, ["endpoints[0].timeout"]),
        ("3.3.2", one_endpoint(timeout="6s"), ["endpoints[0].timeout"]),
        ("3.3.3", one_endpoint(timeout="31s"), ["endpoints[0].timeout"]),
        ("3.3.4", one_endpoint(timeout="61s"), ["endpoints[0].timeout"]),
        ("4.1.1", otel(prometheus=[{}]), ["extra_config"]),
        (
            "4.1.3",
            extra(telemetry__metrics={}, telemetry__newrelic={}),
            ["extra_config.telemetry/newrelic", "extra_config.telemetry/metrics"],
        ),
        ("4.1.3", otel(prometheus=[{}], otlp=[{}]), [OPENTELEMETRY]),
        ("4.2.1", otel(otlp=[{"disable_traces": True}]), ["extra_config"]),
        ("4.3.1", {}, ["extra_config.telemetry/logging"]),
    ],
    ids=str,
)
def test_it_applies_where_it_is_meant(rule, document, found):
    assert places(rule, document) == found


@pytest.mark.parametrize(
    ("rule", "document"),
    [
        ("3.1.1", extra(security__bot_detector={})),
        ("3.1.2", one_endpoint(**extra(qos__ratelimit__router={}))),
        ("3.1.2", one_endpoint(extra(qos__ratelimit__proxy={}))),
        ("3.1.2", extra(qos__ratelimit__service={})),
        ("3.1.2", extra(plugin__http_server={"name": "redis-ratelimit"})),
        ("3.1.3", one_endpoint(extra(qos__circuit_breaker={}))),
        ("3.1.3", one_endpoint(extra(qos__circuit_breaker__http={}))),
        ("3.3.1", one_endpoint(timeout="3s")),
        ("3.3.1", {"timeout": "4s", **one_endpoint(timeout="1s")}),
        ("3.3.2", one_endpoint(timeout="5s")),
        ("3.3.3", one_endpoint(timeout="30s")),
        ("3.3.4", one_endpoint(timeout="1m")),
        ("4.1.1", extra(telemetry__metrics={})),
        ("4.1.2", {}),
        ("4.1.3", extra(telemetry__metrics={})),
        ("4.1.3", otel(prometheus=[{}], otlp=[{"disable_metrics": True}])),
        ("4.1.3", otel(prometheus={}, otlp=[5])),
        ("4.2.1", otel(otlp=[{}])),
        ("4.2.1", extra(telemetry__instana={})),
        ("4.3.1", extra(telemetry__logging={})),
        ("4.3.1", extra(telemetry__gelf={})),
    ],
    ids=str,
)
def test_it_is_silent_where_all_is_well(rule, document):
    assert places(rule, document) == []
