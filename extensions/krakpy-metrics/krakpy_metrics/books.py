"""The one book of this process for each folder, whichever seats write in it."""
from __future__ import annotations

import os
from functools import lru_cache

from krakpy_metrics.book import Book, fold


def book_of(folder: str) -> Book:
    """The book of this process in a gateway's folder."""
    return _book(folder, os.getpid())


@lru_cache(maxsize=8)
def _book(folder: str, pid: int) -> Book:  # noqa: ARG001  a child that was forked has a book of its own
    fold(folder)
    return Book(folder)
