"""Backends that answer RSS, Atom or JSON feeds: the decoder `rss`.

    {"url_pattern": "/feed.xml", "encoding": "rss"}
"""
from krakpy_rss.decoder import RssConfig, RssDecoder

__version__ = "0.1.0"
__all__ = ["RssConfig", "RssDecoder"]
