"""Backends that answer XML: the decoder `xml`, and the defused reader under it for who builds on it.

    {"url_pattern": "/users/7", "encoding": "xml"}
"""
from krakpy_xml.charsets import decoded
from krakpy_xml.decoder import XmlConfig, XmlDecoder
from krakpy_xml.reader import MAX_DEPTH, Reader, local_name

__version__ = "0.1.0"
__all__ = ["MAX_DEPTH", "Reader", "XmlConfig", "XmlDecoder", "decoded", "local_name"]
