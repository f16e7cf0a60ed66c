"""Conditions in CEL that requests, answers and tokens have to meet: `validation/cel` for the krakpy API gateway."""
from krakpy_cel.backend import CheckBackend
from krakpy_cel.config import CelCheck
from krakpy_cel.endpoint import CheckEndpoint
from krakpy_cel.token import CheckToken

__version__ = "0.1.0"
__all__ = ["CelCheck", "CheckBackend", "CheckEndpoint", "CheckToken"]
