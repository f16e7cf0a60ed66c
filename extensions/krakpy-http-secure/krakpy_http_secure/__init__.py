"""Security headers, host and TLS redirects: `security/http` for the krakpy API gateway."""
from krakpy_http_secure.config import HttpSecureConfig
from krakpy_http_secure.secure import HttpSecure

__version__ = "0.1.0"
__all__ = ["HttpSecure", "HttpSecureConfig"]
