"""One worker downloads keys for all of a node, and leaves them to those that come later."""
import asyncio

import pytest
from krakpy_jose.algorithms import algorithm
from krakpy_jose.fetching import Document, FetchError
from krakpy_jose.key_server import KeyServer

JSON = "application/json"


async def fresh(keys, max_age_s=900.0, max_stale_s=86400.0):
    return await keys.fresh(max_age_s, max_stale_s, 5.0)


@pytest.fixture
def worker(tmp_path, clock):
    """Makes the key servers of workers of one node."""

    def make(idp):
        return KeyServer({"url": "http://idp.test/keys", "folder": str(tmp_path)}, fetch=idp, clock=clock)

    return make


async def test_one_worker_downloads_for_all(worker, good, clock, idps):
    idp = idps(good)
    workers = [worker(idp) for _ in range(3)]
    assert all(await asyncio.gather(*map(fresh, workers)))
    assert idp.asked == 1
    clock.now += 1000
    assert all(await asyncio.gather(*map(fresh, workers)))
    assert idp.asked == 2


async def test_without_a_cache_another_workers_keys_are_too_old(worker, good, clock, idps):
    idp = idps(good)
    await fresh(worker(idp))
    clock.now += 1
    assert await fresh(worker(idp), max_age_s=0.0) is not None
    assert idp.asked == 2


async def test_old_keys_of_another_worker_are_downloaded_anew(worker, good, clock, idps):
    idp = idps(good)
    await fresh(worker(idp))
    clock.now += 2000
    await fresh(worker(idp))
    assert idp.asked == 2


async def test_without_a_cache_what_others_are_content_with_is_too_old(worker, good, clock, idps):
    """Also where both wait for one download, and that finds what another worker has left."""
    idp = idps(good)
    await fresh(worker(idp))
    clock.now += 100
    two = worker(idp)
    assert all(await asyncio.gather(fresh(two), fresh(two, max_age_s=0.0)))
    assert idp.asked == 2


async def test_o13_who_starts_while_the_server_is_away_has_the_keys_of_those_before(worker, good, clock, idps):
    await fresh(worker(idps(good)))
    clock.now += 2000
    later = worker(idps(FetchError("refused")))
    assert await fresh(later) is not None
    clock.now += 86400
    assert await fresh(later) is None


async def test_a_new_key_that_one_worker_has_found_is_there_for_the_others(worker, good, other, clock, idps):
    idp = idps(good, other)
    one, two = worker(idp), worker(idp)
    await fresh(one)
    await fresh(two)
    clock.now += 1
    assert list((await one.renewed(5.0)).verifiers("kid", algorithm("RS256"))) == ["RS256"]
    assert list((await two.renewed(5.0)).verifiers("kid", algorithm("RS256"))) == ["RS256"]
    assert idp.asked == 2


async def test_o13_workers_seek_unknown_keys_together(worker, good, clock, idps):
    idp = idps(good)
    one, two = worker(idp), worker(idp)
    await fresh(one)
    await fresh(two)
    clock.now += 1
    for each in (one, two) * 10:
        await each.renewed(5.0)
    assert idp.asked == 2


async def test_what_is_no_set_of_keys_is_not_shared(worker, good, clock, idps):
    await fresh(worker(idps(good)))
    clock.now += 1000
    await fresh(worker(idps(Document(200, JSON, b"<html>"))))
    assert await fresh(worker(idps(FetchError("refused")))) is not None


async def test_files_of_keys_are_for_the_owner_alone(worker, good, tmp_path, idps):
    await fresh(worker(idps(good)))
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}


async def test_broken_files_are_no_keys(worker, good, tmp_path, idps):
    await fresh(worker(idps(good)))
    for path in (tmp_path / "keys").iterdir():
        path.write_bytes(b"x")
    assert await fresh(worker(idps(FetchError("refused")))) is None
    assert await fresh(worker(idps(good))) is not None


async def test_without_its_folder_a_worker_downloads_by_itself(worker, good, tmp_path, idps):
    idp = idps(good)
    one = worker(idp)
    (tmp_path / "keys").rmdir()
    assert await fresh(one) is not None
