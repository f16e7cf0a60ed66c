"""Refuses bots by their User-Agent."""

__version__ = "0.1.0"
