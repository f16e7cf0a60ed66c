"""Validates request bodies."""

__version__ = "0.1.0"
