"""A configuration of thousands of endpoints is checked, started and held within bounds.

The figures themselves are those of `python -m benchmarks.large`; here is room for a machine that is slow, or busy.
"""
import json

import pytest

from benchmarks.large import configuration, measure
from krakpy.config.loading import load

#: endpoints, backends of each: the most that each figure may be, in seconds of processor time and in MB
BOUNDS = {
    (1000, 3): {"check.cpu_s": 2.0, "start.boot_cpu_s": 2.5, "start.pss_mb": 120.0, "start.rss_mb": 140.0},
    (5000, 1): {"check.cpu_s": 2.5, "start.boot_cpu_s": 3.0, "start.pss_mb": 150.0},
    (1, 1): {"check.cpu_s": 1.0, "start.boot_cpu_s": 1.2, "start.pss_mb": 60.0, "start.rss_mb": 60.0},
}


def written(folder, endpoints, backends):
    path = folder / "krakend.json"
    path.write_text(json.dumps(configuration(endpoints, backends)))
    return path


@pytest.mark.parametrize("backends", [1, 3])
def test_every_endpoint_of_a_large_configuration_is_understood_without_a_warning(tmp_path, backends):
    loaded = load(written(tmp_path, 100, backends), {})
    assert not loaded.problems
    assert [len(endpoint.backends) for endpoint in loaded.settings.endpoints] == [backends] * 100


@pytest.mark.slow
@pytest.mark.parametrize("size", BOUNDS, ids=[f"{endpoints} x {backends}" for endpoints, backends in BOUNDS])
def test_a_large_configuration_costs_no_more_than_it_may(tmp_path, size):
    figures = measure(written(tmp_path, *size), rounds=3)
    beyond = {name: (figures[name], bound) for name, bound in BOUNDS[size].items() if figures[name] > bound}
    assert not beyond
