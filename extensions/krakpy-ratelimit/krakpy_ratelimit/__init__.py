"""Rate limits for clients, endpoints and backends."""

__version__ = "0.1.0"
