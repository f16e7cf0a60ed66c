"""What the tests of the extension manager share: a folder of distributions, and what was logged."""
import logging
import sys

import pytest

from tests.distributions import Site

from .probing import examine
from .starts import ask, strangers
from .workers import acme, opened, prepared

__all__ = ["acme", "ask", "examine", "opened", "prepared", "strangers"]


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder of distributions that can be imported from; their modules are forgotten afterwards."""
    site = Site(tmp_path / "site")
    monkeypatch.syspath_prepend(str(site.path))
    yield site
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(str(site.path)):
            del sys.modules[name]


class Events(logging.Handler):
    """The events of krakpy's loggers as (level, message, fields)."""

    def __init__(self):
        super().__init__()
        self.told = []

    def emit(self, record):
        self.told.append((record.levelname, record.getMessage(), getattr(record, "fields", {})))

    def __len__(self):
        return len(self.told)

    def fields(self, message=""):
        """The fields of the one event whose message has this text."""
        [found] = [fields for _, told, fields in self.told if message in told]
        return found


@pytest.fixture
def events():
    """Everything that krakpy logs while the test runs."""
    handler, logger = Events(), logging.getLogger("krakpy")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(level)
