"""What tests of every part may ask for."""
import logging

import pytest


@pytest.fixture
def clean_loggers():
    """krakpy's loggers as they are in a process that nobody has configured; put back afterwards."""
    loggers = [logging.getLogger(name) for name in (None, "krakpy", "krakpy.access")]
    before = [(logger, logger.handlers[:], logger.level, logger.propagate) for logger in loggers]
    for logger in loggers[1:]:
        logger.handlers, logger.propagate = [], True
        logger.setLevel(logging.NOTSET)
    yield
    for logger, handlers, level, propagate in before:
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)
