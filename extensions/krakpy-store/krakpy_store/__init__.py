"""Small values that workers and nodes share."""

__version__ = "0.1.0"
