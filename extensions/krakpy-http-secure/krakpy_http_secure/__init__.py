"""Security headers, host and TLS redirects."""

__version__ = "0.1.0"
