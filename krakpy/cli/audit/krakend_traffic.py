"""KrakenD's rules 3 and 4: how much may come in, and what is seen of it (wording ours)."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from krakpy.cli.audit.audited import Audited
from krakpy.cli.audit.krakend_security import without
from krakpy.cli.audit.rule import Find, Rule

_TRACING = ("telemetry/opencensus", "telemetry/newrelic", "telemetry/instana")
_METRICS = (*_TRACING, "telemetry/metrics", "telemetry/ganalytics")


def _no_rate_limit(audited: Audited) -> Iterator[str]:
    limits = (*audited.uses("qos/ratelimit/router"), *audited.uses("qos/ratelimit/proxy"))
    is_limited = limits or "qos/ratelimit/service" in audited.components
    if not is_limited and not any(audited.listing("plugin/http-server", "redis-ratelimit")):
        yield "endpoints"


def _no_breaker(audited: Audited) -> Iterator[str]:
    breakers = (*audited.uses("qos/circuit-breaker"), *audited.uses("qos/circuit-breaker/http"))
    if not any(place.startswith("endpoints[") for place, _ in breakers):
        yield "endpoints"


def _longer_than(seconds: float) -> Find:
    def found(audited: Audited) -> Iterator[str]:
        for place, endpoint in audited.endpoints():
            if audited.timeout_s(endpoint) > seconds:
                yield f"{place}.timeout"

    return found


def _exporters(audited: Audited, kind: str, off: str) -> int:
    """How many exporters of OpenTelemetry are there that one switch has not switched off."""
    settings = audited.components.get("telemetry/opentelemetry")
    exporters = settings.get("exporters") if isinstance(settings, Mapping) else None
    listed: Any = exporters.get(kind) if isinstance(exporters, Mapping) else ()
    listed = listed if isinstance(listed, list) else ()
    return sum(isinstance(exporter, Mapping) and exporter.get(off) is not True for exporter in listed)


def _there(audited: Audited, namespaces: Iterable[str]) -> list[str]:
    return [f"extra_config.{name}" for name in namespaces if name in audited.components]


def _no_metrics(audited: Audited) -> Iterator[str]:
    # NOTE: as in KrakenD, OpenTelemetry does not count here
    if not _there(audited, _METRICS):
        yield "extra_config"


def _several_metrics(audited: Audited) -> Iterable[str]:
    found = _there(audited, _METRICS)
    exporters = _exporters(audited, "prometheus", "disable_metrics") + _exporters(audited, "otlp", "disable_metrics")
    ours = ["extra_config.telemetry/opentelemetry"] * exporters
    return dict.fromkeys((*found, *ours)) if len(found) + exporters > 1 else ()


def _no_tracing(audited: Audited) -> Iterator[str]:
    if not _there(audited, _TRACING) and not _exporters(audited, "otlp", "disable_traces"):
        yield "extra_config"


def _no_logging(audited: Audited) -> Iterable[str]:
    has_logging = audited.service.extra_config.logging is not None
    others = ("telemetry/gelf", "telemetry/logstash")
    return () if has_logging or _there(audited, others) else ["extra_config.telemetry/logging"]


def _never(_: Audited) -> tuple[str, ...]:
    """Registered in KrakenD, and never fires there either."""
    return ()


TRAFFIC = (
    Rule("3.1.1", "LOW", "Keep known bots out (security/bot-detector).", without("security/bot-detector")),
    Rule("3.1.2", "HIGH", "Limit how often clients may ask (qos/ratelimit/router).", _no_rate_limit),
    Rule("3.1.3", "HIGH", "Spare backends that fail (qos/circuit-breaker).", _no_breaker),
    Rule("3.3.1", "LOW", "Keep timeouts at 3 seconds or below.", _longer_than(3)),
    Rule("3.3.2", "MEDIUM", "Keep timeouts at 5 seconds or below.", _longer_than(5)),
    Rule("3.3.3", "HIGH", "Keep timeouts at 30 seconds or below.", _longer_than(30)),
    Rule("3.3.4", "CRITICAL", "Keep timeouts at a minute or below.", _longer_than(60)),
    Rule("4.1.1", "MEDIUM", "Collect metrics.", _no_metrics),
    Rule("4.1.2", "MEDIUM", "Name the configuration, so that its metrics can be told apart.", _never),
    Rule("4.1.3", "HIGH", "Collect metrics in one way, not in several.", _several_metrics),
    Rule("4.2.1", "MEDIUM", "Collect traces.", _no_tracing),
    Rule("4.3.1", "MEDIUM", "Write a log that machines can read (telemetry/logging).", _no_logging),
)
