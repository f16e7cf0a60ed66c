"""Conditions in the Common Expression Language."""

__version__ = "0.1.0"
