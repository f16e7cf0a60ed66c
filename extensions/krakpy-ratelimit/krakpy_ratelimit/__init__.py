"""Rate limits for clients, endpoints, backends and the service."""
from krakpy_ratelimit.config import ProxyConfig, RouterConfig
from krakpy_ratelimit.proxy import ProxyRateLimit, RateLimited
from krakpy_ratelimit.router import RouterRateLimit, ServiceRateLimit

__version__ = "0.1.0"
__all__ = ["ProxyConfig", "ProxyRateLimit", "RateLimited", "RouterConfig", "RouterRateLimit", "ServiceRateLimit"]
