"""OpenAPI documents from and to configurations: `krakpy openapi`, and the namespace `documentation/openapi`."""
from krakpy_openapi.documentation import Endpoint, Service

__version__ = "0.1.0"
__all__ = ["Endpoint", "Service"]
