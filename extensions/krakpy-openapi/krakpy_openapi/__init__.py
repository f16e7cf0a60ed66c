"""OpenAPI documents from and to configurations of the krakpy API gateway."""

__version__ = "0.1.0"
