"""Keeps backends' answers, as long as they say."""
from krakpy_http_cache.cache import AfterMartian, HttpCache
from krakpy_http_cache.config import CacheConfig

__version__ = "0.1.0"
__all__ = ["AfterMartian", "CacheConfig", "HttpCache"]
