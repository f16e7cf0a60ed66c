"""When Redis is away nobody waits for it (O5)."""
import asyncio

import pytest
from krakpy_sdk import StoreError
from krakpy_store import Memory
from krakpy_store.fallback import OrLocal
from krakpy_store.redis import Redis, RedisConfig

LOADED = b"$1\r\nx\r\n"
TAKEN = b"*3\r\n:1\r\n:9\r\n$1\r\n0\r\n"


def well(command):
    return LOADED if command[0] == b"SCRIPT" else TAKEN


@pytest.fixture
async def store(scripted):
    """Connected, with a short patience."""
    scripted.answer = well
    store = Redis(RedisConfig(url=scripted.url, timeout_s=0.2))
    await store.setup()
    yield store
    store.teardown()


def take(store):
    return store.take("b", 1, 10, 1.0, 60.0)


async def refused(store, times=50):
    """Whether so many calls fail, as long as it rests."""
    outcomes = await asyncio.gather(*[take(store) for _ in range(times)], return_exceptions=True)
    return all(isinstance(outcome, StoreError) for outcome in outcomes)


async def test_taking_is_one_command_and_so_one_step_and_one_round_trip(scripted, store):
    scripted.asked.clear()
    assert await take(store) == (True, 9, 0.0)
    assert [command[0] for command in scripted.asked] == [b"EVALSHA"]


async def test_a_server_that_is_silent_counts_as_away_after_its_time(scripted, store):
    scripted.answer = lambda _: None
    with pytest.raises(StoreError, match="none within"):
        await take(store)
    scripted.asked.clear()
    assert await refused(store)
    assert scripted.asked == []


async def test_a_broken_connection_ends_what_is_under_way(scripted, store):
    scripted.answer = lambda _: scripted.break_all()
    with pytest.raises(StoreError, match="no answer of Redis"):
        await take(store)
    assert await refused(store)


async def test_nobody_tries_again_while_it_rests(scripted, store):
    scripted.answer = lambda _: scripted.break_all()
    for _ in range(20):
        with pytest.raises(StoreError):
            await take(store)
        await asyncio.sleep(0)
    assert (scripted.connections, store._connecting) == (1, None)


async def test_it_is_back_when_it_answers_again(scripted, store, caplog):
    scripted.answer = lambda _: scripted.break_all()
    with pytest.raises(StoreError):
        await take(store)
    scripted.answer = well
    store._rests_until = 0.0
    with pytest.raises(StoreError):  # who comes first finds out, and does not wait for it
        await take(store)
    await until(lambda: store._link is not None)
    assert (await take(store)).is_allowed
    assert [record.message.split(":")[0].rsplit(" at ", 1)[0] for record in caplog.records] == ["Redis", "Redis"]


async def test_a_server_that_is_not_there_at_the_start_holds_nobody_up():
    store = Redis(RedisConfig(url="redis://127.0.0.1:1", timeout_s=5.0))
    await store.setup()
    assert await refused(store)


async def test_a_wrong_password_is_told_without_it(scripted, caplog):
    scripted.answer = lambda _: b"-WRONGPASS invalid username-password pair\r\n"
    store = Redis(RedisConfig(url=scripted.url.replace("//", "//user:secret@"), timeout_s=5.0))
    await store.setup()
    assert scripted.asked[0] == [b"AUTH", b"user", b"secret"]
    assert await refused(store)
    assert "WRONGPASS" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("refusal", ["OOM command not allowed", "WRONGTYPE kind", "LOADING data", "NOAUTH needed"])
async def test_what_redis_refuses_is_an_error_of_that_call_alone(scripted, store, refusal):
    scripted.answer = lambda _: f"-{refusal}\r\n".encode()
    with pytest.raises(StoreError, match=refusal):
        await take(store)
    scripted.answer = well
    assert (await take(store)).is_allowed
    assert scripted.connections == 1


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"*1\r\n" * 100], ids=["http", "nested"])
async def test_what_is_not_redis_is_hung_up_on(scripted, store, answer):
    scripted.answer = lambda _: answer
    with pytest.raises(StoreError):
        await take(store)
    assert store._link is None


async def test_an_answer_that_nobody_asked_for_ends_the_connection(scripted, store):
    """Or the next caller would get somebody else's."""
    scripted.answer = lambda _: TAKEN + TAKEN
    await take(store)
    await until(lambda: store._link is None)


async def test_a_call_that_is_given_up_takes_nobody_elses_answer(scripted, store):
    scripted.answer = lambda command: b"$1\r\n%b\r\n" % command[1][-1:]
    given_up = asyncio.ensure_future(store.get("1"))
    other = asyncio.ensure_future(store.get("2"))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await other == b"2"


async def test_the_node_counts_for_itself_within_the_same_request(scripted, store):
    scripted.answer = lambda _: scripted.break_all()
    limited = OrLocal(store, Memory())
    allowed = [(await limited.take("b", 1, 3, 1e-6, 60.0)).is_allowed for _ in range(5)]
    assert allowed == [True, True, True, False, False]


async def test_what_is_said_of_it_is_said_once(scripted, store, caplog):
    scripted.answer = lambda _: scripted.break_all()
    await asyncio.gather(*[take(store) for _ in range(20)], return_exceptions=True)
    assert len(caplog.records) == 1


async def until(condition):
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.005)
