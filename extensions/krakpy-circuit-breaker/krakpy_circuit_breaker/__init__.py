"""Spares a failing backend."""

__version__ = "0.1.0"
