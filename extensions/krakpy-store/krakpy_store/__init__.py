"""Small values that workers and nodes share: the stores `memory`, `shared` and `redis`.

    class Limit:
        def __init__(self, settings: RouterSettings, next: Proxy) -> None:
            self._store = store_of(settings, "rate")
"""
from krakpy_store.choosing import (
    StoreConfig,
    StoreNamespace,
    answers_at_once,
    cluster_store_of,
    node_store_of,
    store_of,
)
from krakpy_store.memory import Memory, MemoryConfig
from krakpy_store.shared import Shared, SharedConfig

__version__ = "0.1.0"
__all__ = [
    "Memory", "MemoryConfig", "Shared", "SharedConfig", "StoreConfig", "StoreNamespace", "answers_at_once",
    "cluster_store_of", "node_store_of", "store_of",
]
