"""The same figures under KrakenD's names, and as Prometheus reads them."""
import pytest
from krakpy_metrics.book import BOUNDS, Figures
from krakpy_metrics.exposition import as_json, as_text, percentile
from prometheus_client.parser import text_string_to_metric_families


def figures(*values):
    found = Figures()
    for value in values:
        buckets = [0.0] * (len(BOUNDS) + 1)
        buckets[sum(value > bound for bound in BOUNDS)] = 1.0
        found.add([1.0, value, value * value, value, value, *buckets])
    return found


FIGURES = {
    ("connected",): figures(0, 0),
    ("disconnected",): figures(0),
    ("time", "/a", "200"): figures(0.01, 0.03),
    ("size", "/a", "200"): figures(100, 300),
    ("layer", "pipe", "/a", "true", "false"): figures(0.01),
    ("layer", "backend", "/up", "false", "true"): figures(0.02),
    ("too many",): figures(1),
}


def test_krakends_names():
    told = as_json(FIGURES)
    assert told["krakend.router.connected-total"] == 2
    assert told["krakend.router.response./a.status.200.count"] == 2
    assert told["krakend.router.response./a.status.200.time.max"] == 30_000_000
    assert told["krakend.router.response./a.status.200.size.mean"] == 200
    assert told["krakend.router.response./a.status.200.size.std-dev"] == 100
    assert told["krakend.proxy.requests.layer.pipe.name./a.complete.true.error.false"] == 1
    assert told["krakend.proxy.latency.layer.backend.name./up.complete.false.error.true.min"] == 20_000_000
    assert isinstance(told["cmdline"], list)


def test_prometheus_reads_the_text():
    families = {family.name: family for family in text_string_to_metric_families(as_text(FIGURES).decode())}
    names = "krakpy_proxy_seconds", "krakpy_requests", "krakpy_response_bytes", "krakpy_response_seconds"
    assert tuple(sorted(families)) == names
    times = families["krakpy_response_seconds"].samples
    samples = {(sample.name, *sorted(sample.labels.values())): sample.value for sample in times}
    assert samples["krakpy_response_seconds_count", "/a", "200"] == 2
    assert samples["krakpy_response_seconds_bucket", "/a", "0.01", "200"] == 1
    assert samples["krakpy_response_seconds_bucket", "+Inf", "/a", "200"] == 2


def test_a_label_cannot_break_out():
    text = as_text({("time", 'x"} 1\nevil{a="', "200"): figures(1.0)}).decode()
    [family] = [f for f in text_string_to_metric_families(text) if f.name == "krakpy_response_seconds"]
    assert {sample.labels["endpoint"] for sample in family.samples} == {'x"} 1\nevil{a="'}
    assert "\nevil" not in text


@pytest.mark.parametrize(("share", "low", "high"), [(0.5, 0.01, 0.025), (0.95, 0.05, 0.1), (0.999, 0.09, 0.1)])
def test_percentiles_are_as_exact_as_the_buckets(share, low, high):
    found = figures(*[0.02] * 90, *[0.09] * 5, *[0.1] * 5)
    assert low <= percentile(found, share) <= high


def test_equal_values_have_one_percentile():
    assert percentile(figures(7.0, 7.0, 7.0), 0.5) == 7.0


def test_nothing_has_no_percentile():
    assert percentile(Figures(), 0.99) == 0
