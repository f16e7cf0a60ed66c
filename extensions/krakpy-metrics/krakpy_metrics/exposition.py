"""Figures in words: KrakenD's flat JSON of `/__stats`, and Prometheus' text.

    as_json(read(folder))["krakend.router.response./users.status.200.count"]
"""
from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from krakpy_metrics.book import BOUNDS, Figures, Key

Figured = Mapping[Key, Figures]
Instances = Callable[[], Sequence[Mapping[str, Any]]]
"""How the instances of extensions do: `krakpy_sdk.seats.Settings.instances`."""

#: the shares that KrakenD tells of its histograms, and what it calls them
_SHARES = {"50": 0.5, "75": 0.75, "95": 0.95, "99": 0.99, "999": 0.999}
_CONNECTIONS = ("connected", "disconnected")
_COUNTED = ("calls", "errors", "overruns", "deaths")


def as_json(figures: Figured, instances: Sequence[Mapping[str, Any]] = ()) -> dict[str, object]:
    """KrakenD's names, each with its figure, and krakpy's own about extensions."""
    return {"cmdline": sys.argv, **dict(sorted((*_flat(figures), *_extensions(instances))))}


def _extensions(instances: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, float]]:
    for one in instances:
        prefix = f"krakpy.extension.{one['instance']}"
        yield from ((f"{prefix}.{word}", one[word]) for word in _COUNTED)
        yield f"{prefix}.time", _seconds(one) * 1e9


def _seconds(one: Mapping[str, Any]) -> float:
    return float(one["calls"] * (one["mean_ms"] or 0.0) / 1000)


def _flat(figures: Figured) -> Iterator[tuple[str, float]]:
    for key, found in figures.items():
        if not found.count:
            continue
        match key:
            case ("connected" | "disconnected" as word,):
                yield f"krakend.router.{word}-total", int(found.count)
            case ("time" | "size" as what, endpoint, status):
                prefix = f"krakend.router.response.{endpoint}.status.{status}"
                if what == "time":
                    yield f"{prefix}.count", int(found.count)
                yield from _histogram(f"{prefix}.{what}", found, 1e9 if what == "time" else 1)
            case ("layer", layer, name, is_complete, is_error):
                rest = f"layer.{layer}.name.{name}.complete.{is_complete}.error.{is_error}"
                yield f"krakend.proxy.requests.{rest}", int(found.count)
                yield from _histogram(f"krakend.proxy.latency.{rest}", found, 1e9)


def _histogram(name: str, found: Figures, factor: float) -> Iterator[tuple[str, float]]:
    """A histogram as KrakenD tells it; times are nanoseconds there."""
    mean = found.total / found.count if found.count else 0.0
    variance = max(0.0, found.squares / found.count - mean * mean) if found.count else 0.0
    yield f"{name}.count", int(found.count)
    yield f"{name}.min", int(found.least * factor)
    yield f"{name}.max", int(found.most * factor)
    yield f"{name}.mean", mean * factor
    yield f"{name}.std-dev", math.sqrt(variance) * factor
    for word, share in _SHARES.items():
        yield f"{name}.{word}-percentile", percentile(found, share) * factor


def percentile(found: Figures, share: float) -> float:
    """About the value below which this share of all is, as exactly as the buckets tell."""
    wanted, below = share * found.count, 0.0
    lows = (found.least, *BOUNDS)
    for low, high, size in zip(lows, (*BOUNDS, found.most), found.buckets, strict=True):
        if size and below + size >= wanted:
            low, high = max(low, found.least), min(high, found.most)
            return low + max(0.0, high - low) * (wanted - below) / size
        below += size
    return found.most


def as_text(figures: Figured, instances: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """The text format of Prometheus, 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(figures, instances))
    return generate_latest(registry)


class _Collector(Collector):
    """Gives prometheus-client what there is."""

    def __init__(self, figures: Figured, instances: Sequence[Mapping[str, Any]]) -> None:
        self._figures = figures
        self._instances = instances

    def collect(self) -> Iterable[Metric]:
        """Every metric, with all its series."""
        answers = HistogramMetricFamily(
            "krakpy_response_seconds", "Time of answers to clients", labels=("endpoint", "status")
        )
        sizes = CounterMetricFamily(
            "krakpy_response_bytes", "Size of answers to clients that were not streamed", labels=("endpoint", "status")
        )
        calls = HistogramMetricFamily(
            "krakpy_proxy_seconds", "Time of calls by layer", labels=("layer", "name", "complete", "error")
        )
        connections = CounterMetricFamily("krakpy_requests", "Requests begun and ended", labels=("event",))
        for key, found in sorted(item for item in self._figures.items() if item[1].count):
            match key:
                case ("time", *labels):
                    answers.add_metric(labels, _buckets(found), found.total)
                case ("size", *labels):
                    sizes.add_metric(labels, found.total)
                case ("layer", *labels):
                    calls.add_metric(labels, _buckets(found), found.total)
                case (word,) if word in _CONNECTIONS:
                    connections.add_metric([word], found.count)
        return answers, sizes, calls, connections, *self._of_extensions()

    def _of_extensions(self) -> Iterator[Metric]:
        for word in (*_COUNTED, "seconds"):
            what = "Time in" if word == "seconds" else f"{word.capitalize()} of"
            metric = CounterMetricFamily(
                f"krakpy_extension_{word}", f"{what} the instances of extensions", labels=("instance", "id")
            )
            for one in self._instances:
                value = _seconds(one) if word == "seconds" else one[word]
                metric.add_metric([str(one["instance"]), str(one["id"])], value)
            yield metric


def _buckets(found: Figures) -> list[tuple[str, float]]:
    ends = [*map(str, BOUNDS), "+Inf"]
    return list(zip(ends, accumulate(found.buckets), strict=True))
