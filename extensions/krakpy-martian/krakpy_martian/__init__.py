"""Changes requests to backends and their answers."""

__version__ = "0.1.0"
