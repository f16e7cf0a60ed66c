"""The operator's limits hold, as far as the process may open files."""
import resource

import pytest

from krakpy.client.options import limits_of
from krakpy.config.model import BackendLimits


def test_every_limit_has_its_setting():
    limits = limits_of(
        BackendLimits(max_body_bytes=1, max_head_bytes=2, max_header_fields=3, max_connections=4, max_waiting=5)
    )
    assert (limits.max_body_bytes, limits.max_head_bytes, limits.max_fields) == (1, 2, 3)
    assert (limits.max_connections_per_origin, limits.max_waiting_per_origin) == (4, 5)


@pytest.mark.parametrize(("files", "connections"), [(400, 100), (2, 1)])
def test_one_backend_gets_no_more_than_a_quarter_of_the_files(files, connections):
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, before[1]))
    try:
        assert limits_of(BackendLimits()).max_connections_per_origin == connections
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
