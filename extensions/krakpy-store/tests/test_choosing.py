"""One word of the configuration says where things are kept."""
import pytest
from krakpy_sdk import ConfigError, StoreError
from krakpy_sdk.testing import drivers, endpoint_settings, server_settings
from krakpy_sdk.typed import decoded
from krakpy_store import Memory, Shared, StoreConfig, StoreNamespace, node_store_of, store_of


class Elsewhere(Memory):
    """A store of somebody else's, which cannot be asked."""

    Config = None

    def __init__(self, config):
        super().__init__()
        self.config = config

    def get(self, key):
        raise StoreError("away")


def settings(tmp_path, **config):
    built = {}
    find = drivers({"store": {"memory": Memory, "shared": Shared, "acme": Elsewhere}})

    def driver(family, name, config=None):
        key = name, str(config)
        if key not in built:
            built[key] = find(family, name, config)
        return built[key]

    return endpoint_settings(folder=str(tmp_path), driver=driver, service={"krakpy/store": config} if config else {})


def test_workers_share_unless_it_says_otherwise(tmp_path):
    chosen = settings(tmp_path)
    store_of(chosen, "rate").put("k", b"v", 9.0)
    assert chosen.driver("store", "shared", {"folder": str(tmp_path), "name": "rate", "max_bytes": 67108864}).get("k")


def test_what_is_kept_in_one_space_takes_no_room_from_another(tmp_path):
    chosen = settings(tmp_path)
    store_of(chosen, "rate").put("k", b"v", 9.0)
    assert store_of(chosen, "cache").get("k") is None


def test_memory_is_each_workers_own(tmp_path):
    assert isinstance(store_of(settings(tmp_path, driver="memory"), "rate"), Memory)


def test_another_packages_driver_gets_its_options(tmp_path):
    store = store_of(settings(tmp_path, driver="acme", on_store_error="refuse", options={"a": 1}), "rate")
    assert store.config == {"a": 1}


def test_local_counts_on_the_node_while_the_store_is_away(tmp_path):
    assert store_of(settings(tmp_path, driver="acme"), "rate").get("k") is None


def test_refuse_lets_the_error_pass(tmp_path):
    with pytest.raises(StoreError):
        store_of(settings(tmp_path, driver="acme", on_store_error="refuse"), "rate").get("k")


@pytest.mark.parametrize("driver", ["shared", "memory", "acme"])
def test_what_is_about_a_node_stays_on_it(tmp_path, driver):
    store = node_store_of(settings(tmp_path, driver=driver), "breaker")
    store.put("k", b"v", 9.0)
    assert store.get("k") == b"v"


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({"driver": "redis"}, "url"),
        ({"url": "redis://a.test"}, "url"),
        ({"on_store_error": "ignore"}, "on_store_error"),
        ({"drivr": "shared"}, "drivr"),
        ({"timeout": "soon"}, "timeout"),
    ],
)
def test_wrong_settings_are_told_with_their_place(config, path):
    assert [misfit.path for misfit in decoded(StoreConfig, config)[1]] == [path]


def test_wrong_settings_reach_nobody(tmp_path):
    with pytest.raises(ConfigError):
        store_of(settings(tmp_path, url="redis://a.test"), "rate")


def test_the_namespace_stands_in_nobodys_way():
    assert StoreNamespace.applies_to(server_settings()) is False
