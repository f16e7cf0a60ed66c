"""Keys are downloaded once for all who wait, renewed in time, and used on while their server is away (O13)."""
import asyncio
import json

import pytest
from krakpy_jose.algorithms import algorithm
from krakpy_jose.fetching import Document, FetchError
from krakpy_jose.key_server import STALE_RETRY_S, UNKNOWN_KEY_INTERVAL_S, KeyServer

JSON = "application/json"


def server(idp, clock):
    return KeyServer({"url": "http://idp.test/keys"}, fetch=idp, clock=clock)


async def fresh(keys, max_age_s=900.0, max_stale_s=86400.0):
    return await keys.fresh(max_age_s, max_stale_s, 5.0)


async def test_keys_are_kept_for_their_time(good, clock, idps):
    idp = idps(good)
    keys = server(idp, clock)
    assert keys.kept(900.0) is None
    first = await fresh(keys)
    clock.now += 600
    assert keys.kept(900.0) is first
    assert await fresh(keys) is first
    assert idp.asked == 1


async def test_each_endpoint_keeps_them_for_its_own_time(good, clock, idps):
    keys = server(idps(good), clock)
    await fresh(keys)
    clock.now += 100
    assert keys.kept(900.0) is not None
    assert keys.kept(60.0) is None


async def test_without_a_cache_every_request_downloads(good, clock, idps):
    idp = idps(good)
    keys = server(idp, clock)
    for _ in range(3):
        assert keys.kept(0.0) is None
        assert await fresh(keys, max_age_s=0.0) is not None
    assert idp.asked == 3


async def test_one_download_serves_all_who_wait(good, clock, idps):
    idp = idps(good)
    idp.gate = asyncio.Event()
    keys = server(idp, clock)
    waiting = [asyncio.create_task(fresh(keys, max_age_s=max_age_s)) for max_age_s in (900.0, 60.0, 0.0) * 20]
    await asyncio.sleep(0)
    idp.gate.set()
    assert len({id(found) for found in await asyncio.gather(*waiting)}) == 1
    assert idp.asked == 1


async def test_who_leaves_does_not_end_the_download_of_others(good, clock, idps):
    idp = idps(good)
    idp.gate = asyncio.Event()
    keys = server(idp, clock)
    leaving, staying = (asyncio.create_task(fresh(keys)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    idp.gate.set()
    assert await staying is not None


async def test_keys_are_renewed_in_the_background_before_they_are_old(good, other, clock, idps):
    idp = idps(good, other)
    keys = server(idp, clock)
    old = await fresh(keys)
    clock.now += 800
    assert keys.kept(900.0) is old
    await keys._download
    assert keys.kept(900.0) is not old
    assert idp.asked == 2


async def test_the_same_document_is_the_same_set(good, clock, idps):
    keys = server(idps(good), clock)
    first = await fresh(keys)
    clock.now += 1000
    assert await fresh(keys) is first


async def test_another_document_is_another_set(good, other, clock, idps):
    """What was verified by a key that is withdrawn is forgotten with it."""
    keys = server(idps(good, other), clock)
    first = await fresh(keys)
    first.known("kid", algorithm("HS256"))["token"] = {}
    clock.now += 1000
    second = await fresh(keys)
    assert not second.known("kid", algorithm("HS256"))


BROKEN = {
    "away": FetchError("refused"),
    "HTML": Document(200, "text/html", b"<html>"),
    "HTML that says JSON": Document(200, JSON, b"<html>"),
    "empty": Document(200, JSON, b'{"keys":[]}'),
    "500": Document(500, JSON, b"{}"),
    "redirect": Document(302, JSON, b"{}"),
    "text": Document(200, "text/plain", b"{}"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
async def test_o13_old_keys_serve_while_the_server_is_away(good, clock, broken, idps):
    """O13: down, HTML, errors; the next try comes later, and not with every request."""
    idp = idps(good, broken)
    keys = server(idp, clock)
    first = await fresh(keys)
    clock.now += 1000
    for _ in range(5):
        assert await fresh(keys) is first
    assert idp.asked == 2
    clock.now += STALE_RETRY_S
    assert await fresh(keys) is first
    assert idp.asked == 3


async def test_old_keys_do_not_serve_for_ever(good, clock, idps):
    keys = server(idps(good, FetchError("refused")), clock)
    await fresh(keys)
    clock.now += 900 + 3600 + 1
    assert await fresh(keys, max_stale_s=3600.0) is None


async def test_old_keys_never_serve_without_a_cache(good, clock, idps):
    keys = server(idps(good, FetchError("refused")), clock)
    await fresh(keys)
    assert await fresh(keys, max_age_s=0.0) is None


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
async def test_o13_without_keys_nobody_gets_any(clock, broken, idps):
    assert await fresh(server(idps(broken), clock)) is None


async def test_without_a_cache_a_request_asks_a_server_that_is_away_once(clock, idps):
    idp = idps(FetchError("refused"))
    assert await fresh(server(idp, clock), max_age_s=0.0) is None
    assert idp.asked == 1


async def test_a_server_that_comes_back_is_used_at_once(good, clock, idps):
    keys = server(idps(FetchError("refused"), good), clock)
    assert await fresh(keys) is None
    assert await fresh(keys) is not None


async def test_a_server_that_stays_away_is_asked_once_a_second(good, clock, idps):
    idp = idps(FetchError("refused"))
    keys = server(idp, clock)
    for _ in range(20):
        assert await fresh(keys) is None
    assert idp.asked == 3
    clock.now += 1
    await fresh(keys)
    assert idp.asked == 4


async def test_o13_keys_are_sought_once_in_30_seconds_for_unknown_names(good, clock, idps):
    """O13: whatever names clients make up."""
    idp = idps(good)
    keys = server(idp, clock)
    await fresh(keys)
    for _ in range(100):
        await keys.renewed(5.0)
    assert idp.asked == 2
    clock.now += UNKNOWN_KEY_INTERVAL_S
    await keys.renewed(5.0)
    assert idp.asked == 3


async def test_a_new_key_is_found_when_a_token_names_it(good, other, clock, idps):
    keys = server(idps(good, other), clock)
    await fresh(keys)
    renewed = await keys.renewed(5.0)
    assert list(renewed.verifiers("kid", algorithm("RS256"))) == ["RS256"]


async def test_a_warm_up_downloads_before_the_first_request(good, clock, idps):
    idp = idps(good)
    keys = server(idp, clock)
    await keys.warm_up(900.0, 5.0)
    assert keys.kept(900.0) is not None


async def test_a_start_does_not_wait_for_ever(good, clock, idps):
    idp = idps(good)
    idp.gate = asyncio.Event()
    keys = server(idp, clock)
    for _ in range(3):
        await keys.warm_up(900.0, 0.01)
        clock.now += 1
    assert idp.asked == 1
    idp.gate.set()
    assert await fresh(keys) is not None


async def test_a_start_asks_a_server_that_is_away_once(clock, idps):
    idp = idps(FetchError("refused"))
    keys = server(idp, clock)
    for _ in range(3):
        await keys.warm_up(900.0, 5.0)
    assert idp.asked == 1


async def test_the_end_of_a_worker_ends_its_download(good, clock, idps):
    idp = idps(good)
    idp.gate = asyncio.Event()
    keys = server(idp, clock)
    await keys.warm_up(900.0, 0.0)
    await keys.teardown()
    assert keys._download.cancelled()


async def test_the_log_does_not_hold_what_an_address_may_hold(clock, caplog, idps):
    config = {"url": "http://user:canary@idp.test/keys?key=canary"}
    keys = KeyServer(config, fetch=idps(FetchError("refused")), clock=clock)
    await fresh(keys)
    assert "idp.test" in caplog.text
    assert "canary" not in caplog.text


async def test_what_is_left_out_of_a_set_is_told(issuer, clock, caplog, idps):
    caplog.set_level("INFO")
    document = json.dumps({"keys": [issuer.jwk("HS256"), {"kty": "new"}]}).encode()
    await fresh(server(idps(Document(200, "application/jwk-set+json; charset=utf-8", document)), clock))
    assert "keys[1]" in caplog.text


async def test_an_unread_status_or_type_is_no_set_of_keys(issuer, clock, idps):
    keys = issuer.jwks("HS256")
    for document in (Document(404, JSON, keys), Document(200, "text/plain", keys), Document(302, JSON, keys)):
        assert await fresh(server(idps(document), clock)) is None
