"""Metrics for KrakenD's `/__stats` and for Prometheus: `telemetry/metrics` for the krakpy API gateway."""
from krakpy_metrics.config import MetricsConfig
from krakpy_metrics.layers import BackendFigures, EndpointFigures, Figures, RouterFigures

__version__ = "0.1.0"
__all__ = ["BackendFigures", "EndpointFigures", "Figures", "MetricsConfig", "RouterFigures"]
