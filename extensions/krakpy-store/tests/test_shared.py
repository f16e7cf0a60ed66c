"""The workers of a node have one store, whatever becomes of them."""
import signal
import subprocess
import sys
import time

import pytest
from krakpy_sdk import ConfigError, StoreError
from krakpy_store import Shared, SharedConfig

WORKER = """
import sys
from krakpy_store import Shared, SharedConfig
store = Shared(SharedConfig(folder=sys.argv[1]))
"""


def worker(folder, code):
    return subprocess.Popen([sys.executable, "-c", WORKER + code, str(folder)], stdout=subprocess.PIPE, text=True)


@pytest.fixture
def store(tmp_path):
    store = Shared(SharedConfig(folder=str(tmp_path)))
    yield store
    store.teardown()


def test_nothing_is_counted_twice_or_lost_by_several_processes(store, tmp_path):
    workers = [worker(tmp_path, "for _ in range(2000): store.add('n', 1, 60.0)") for _ in range(3)]
    for process in workers:
        process.communicate(timeout=60)
    assert store.add("n", 0, 60.0) == 6_000


def test_a_bucket_gives_no_more_to_several_processes_than_to_one(tmp_path):
    code = "print(sum(store.take('b', 1, 500, 1e-6, 60.0).is_allowed for _ in range(1000)))"
    workers = [worker(tmp_path, code) for _ in range(3)]
    assert sum(int(process.communicate(timeout=60)[0]) for process in workers) == 500


def test_a_killed_process_takes_nobody_with_it(store, tmp_path):
    process = worker(tmp_path, "print('on', flush=True)\nwhile True: store.add('n', 1, 60.0)")
    assert process.stdout.readline() == "on\n"
    until = time.monotonic() + 30
    while not store.add("n", 0, 60.0) and time.monotonic() < until:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = store.add("n", 0, 60.0)
    assert before > 0
    assert store.add("n", 1, 60.0) == before + 1


def test_only_its_owner_may_read_it(store, tmp_path):
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def small(tmp_path):
    return Shared(SharedConfig(folder=str(tmp_path), max_bytes=1024 * 1024))


def test_when_it_is_full_what_is_over_goes_first(tmp_path):
    store = small(tmp_path)
    store.put("kept", b"1", 60.0)
    for number in range(500):
        store.put(f"{number}", b"x" * 10_000, 0.0)
    assert store.get("kept") == b"1"


def test_when_nothing_is_over_it_begins_anew(tmp_path):
    store = small(tmp_path)
    for number in range(500):
        store.put(f"{number}", b"x" * 10_000, 60.0)
    assert store.get("499") == b"x" * 10_000


def test_what_never_fits_is_an_error_and_the_rest_works(tmp_path):
    store = small(tmp_path)
    with pytest.raises(StoreError, match="cannot be written"):
        store.put("large", b"x" * 2_000_000, 60.0)
    store.put("small", b"1", 60.0)
    assert store.get("small") == b"1"


@pytest.mark.parametrize(("settings", "message"), [({"folder": ""}, "say where"), ({"folder": "/nowhere"}, "opened")])
def test_a_folder_that_is_not_there_is_told(settings, message):
    with pytest.raises(ConfigError, match=message):
        Shared(SharedConfig(**settings))
