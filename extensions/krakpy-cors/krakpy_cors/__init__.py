"""Cross-origin requests: `security/cors` for the krakpy API gateway."""
from krakpy_cors.config import CorsConfig
from krakpy_cors.cors import Cors

__version__ = "0.1.0"
__all__ = ["Cors", "CorsConfig"]
