"""What rates a configuration stands for: KrakenD's rules, quirks included."""
import pytest
from krakpy_ratelimit import ProxyConfig, RouterConfig
from krakpy_ratelimit.config import backend_rate, client_rate, endpoint_rate, seconds
from krakpy_sdk.typed import decoded


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"max_rate": 5}, (5, 5.0)),
        ({"max_rate": 5, "capacity": 9}, (9, 5.0)),
        ({"max_rate": 0.5}, (1, 0.5)),
        ({"max_rate": 2.9}, (2, 2.9)),
        ({"max_rate": 120, "every": "1m"}, (2, 2.0)),
        ({"max_rate": 4, "every": "10m"}, (1, 4 / 600)),
        ({"max_rate": 30, "every": "24h", "capacity": 30}, (30, 30 / 86_400)),
        ({"max_rate": 10, "every": "nonsense"}, (10, 10.0)),
        ({"max_rate": 10, "every": "500ms"}, (10, 10.0)),
        ({"max_rate": 10, "every": 60}, (10, 10.0)),
        ({"max_rate": 1e-30}, (1, 1e-9)),
        ({"max_rate": 0, "capacity": 5}, None),
        ({"max_rate": -1}, None),
        ({}, None),
    ],
    ids=str,
)
def test_the_limit_of_an_endpoint(config, expected):
    assert endpoint_rate(RouterConfig(**config)) == expected


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"client_max_rate": 5}, (1, 5.0)),
        ({"client_max_rate": 5, "client_capacity": 3}, (3, 5.0)),
        ({"client_max_rate": 5, "max_rate": 10}, (5, 5.0)),
        ({"client_max_rate": 5, "max_rate": 0.5}, (1, 5.0)),
        ({"client_max_rate": 0.5, "max_rate": 10}, (1, 0.5)),
        ({"client_max_rate": 2, "max_rate": 5, "every": "10m"}, (1, 2 / 600)),
        ({"client_max_rate": 0}, None),
    ],
    ids=str,
)
def test_the_limit_of_a_client(config, expected):
    assert client_rate(RouterConfig(**config)) == expected


@pytest.mark.parametrize(
    ("config", "expected"),
    [({"max_rate": 3}, (3, 3.0)), ({"max_rate": 3, "every": "500ms"}, (6, 6.0)), ({"max_rate": 0}, None)],
    ids=str,
)
def test_the_limit_of_a_backend(config, expected):
    assert backend_rate(ProxyConfig(**config)) == expected


@pytest.mark.parametrize(
    ("every", "expected"),
    [("1s", 1.0), ("1m30s", 90.0), ("1.5h", 5_400.0), ("0s", 1.0), ("-5s", 1.0), ("5", 1.0), ("", 1.0), (5, 1.0)],
    ids=str,
)
def test_a_duration_that_is_none_is_a_second(every, expected):
    assert seconds(every) == expected


@pytest.mark.parametrize(
    ("kind", "config", "path"),
    [
        (RouterConfig, {"capacity": -1}, "capacity"),
        (RouterConfig, {"client_capacity": -1}, "client_capacity"),
        (ProxyConfig, {"capacity": -1}, "capacity"),
        (RouterConfig, {"max_rate": "5"}, "max_rate"),
        (RouterConfig, {"max_rat": 5}, "max_rat"),
    ],
)
def test_what_is_no_limit_is_refused(kind, config, path):
    assert [misfit.path for misfit in decoded(kind, config)[1]] == [path]
