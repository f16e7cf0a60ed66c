"""krakpy: the API gateway that one declarative file describes and pip-installed packages extend."""

__version__ = "0.1.0"
