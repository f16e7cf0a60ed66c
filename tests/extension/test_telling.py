"""What components say of themselves reaches the master, no older than a second, and is gone with its worker."""
import asyncio
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from krakpy.extension import telling
from krakpy.extension.telling import Telling, told


def guard(name):
    return SimpleNamespace(name=name, candidate=SimpleNamespace(id=f"acme/{name}"), place=f"endpoints[0].{name}")


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path)


async def until(is_there):
    async with asyncio.timeout(20):
        while not is_there():
            await asyncio.sleep(0.01)


async def test_what_is_said_is_told_by_worker(folder, monkeypatch):
    monkeypatch.setattr(telling.os, "getpid", lambda: 4711)
    own = Telling(lambda: [(guard("breaker"), {"state": "open", "since": 3})], lambda: folder)
    own.open()
    await until(lambda: told(folder, [4711]))
    own.close()
    assert told(folder, [4711]) == []


async def test_it_says_who_where_and_what(folder, monkeypatch):
    monkeypatch.setattr(telling.os, "getpid", lambda: 4711)
    own = Telling(lambda: [(guard("breaker"), {"state": "open", "at": Path("/x")})], lambda: folder)
    own._write()
    assert told(folder, [4711, 4712]) == [{
        "instance": "breaker", "id": "acme/breaker", "place": "endpoints[0].breaker",
        "status": {"state": "open", "at": "/x"}, "worker": 4711,
    }]  # fmt: skip


async def test_it_is_told_anew(folder, monkeypatch):
    monkeypatch.setattr(telling, "INTERVAL_S", 0.01)
    states = iter(range(1_000_000))
    own = Telling(lambda: [(guard("breaker"), {"state": next(states)})], lambda: folder)
    own.open()
    pid = telling.os.getpid()
    await until(lambda: told(folder, [pid]) and told(folder, [pid])[0]["status"]["state"] > 5)
    own.close()


async def test_nobody_writes_where_nobody_says_anything(folder):
    own = Telling(list, lambda: folder)
    own.open()
    await asyncio.sleep(0)
    own.close()
    assert list(Path(folder).iterdir()) == []


async def test_a_folder_that_cannot_be_written_is_told_and_hurts_nobody(tmp_path, caplog):
    own = Telling(lambda: [(guard("breaker"), {})], lambda: str(tmp_path / "none"))
    own.open()
    await until(lambda: "cannot be written" in caplog.text)
    own.close()


def test_a_file_that_is_not_whole_is_left_out(folder):
    Path(folder, "components-1.json").write_text('[{"a":')
    Path(folder, "components-2.json").write_text(json.dumps([{"a": 1}]))
    assert told(folder, [1, 2, 3]) == [{"a": 1, "worker": 2}]
