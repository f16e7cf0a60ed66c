"""What the tests of operations share."""
from collections.abc import Iterator

import pytest

from .upstream import Upstream


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as upstream:
        yield upstream
