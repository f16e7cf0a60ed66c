"""Cross-origin requests."""

__version__ = "0.1.0"
