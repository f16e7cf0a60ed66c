"""Changes requests to backends and their answers: the namespace `modifier/martian`.

    {"modifier/martian": {"header.Modifier": {"scope": ["request"], "name": "X-A", "value": "1"}}}
"""
from krakpy_martian.middleware import Martian

__version__ = "0.1.0"
__all__ = ["Martian"]
