"""Metrics for KrakenD's /__stats and for Prometheus."""

__version__ = "0.1.0"
