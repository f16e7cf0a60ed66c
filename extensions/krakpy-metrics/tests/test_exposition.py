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


INSTANCE = {
    "id": "acme-geo/geo", "instance": "geo", "calls": 4, "mean_ms": 0.5, "errors": 1, "overruns": 0, "deaths": 0,
}  # fmt: skip
OF_EXTENSIONS = tuple(f"krakpy_extension_{word}" for word in ("calls", "deaths", "errors", "overruns", "seconds"))
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
    assert sorted(families) == sorted((*OF_EXTENSIONS, *names))
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


def test_extensions_are_told_by_instance():
    told = as_json({}, [INSTANCE])
    assert (told["krakpy.extension.geo.calls"], told["krakpy.extension.geo.errors"]) == (4, 1)
    assert told["krakpy.extension.geo.time"] == 2_000_000
    text = as_text({}, [INSTANCE]).decode()
    assert 'krakpy_extension_calls_total{id="acme-geo/geo",instance="geo"} 4.0' in text
    assert 'krakpy_extension_seconds_total{id="acme-geo/geo",instance="geo"} 0.002' in text


def test_an_instance_that_was_never_called_took_no_time():
    assert as_json({}, [{**INSTANCE, "calls": 0, "mean_ms": None}])["krakpy.extension.geo.time"] == 0
