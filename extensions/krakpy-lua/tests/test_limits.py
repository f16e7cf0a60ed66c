"""Scripts that hang, eat memory or pry: each is stopped in time, and the event loop goes on serving others."""
import asyncio
import time

import pytest
from krakpy_lua.errors import ScriptError
from krakpy_sdk import Headers, Request, Response, Timeout

#: how long the event loop may be held up on a machine that is busy with something else, in seconds
PATIENCE_S = 0.5


class Heart:
    """Beats on the event loop, and knows the longest time between two beats, in seconds."""

    def __init__(self):
        self.longest_s = 0.0

    async def __aenter__(self):
        self._task = asyncio.ensure_future(self._beat())
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_):
        await asyncio.sleep(0.002)
        self._task.cancel()

    async def _beat(self):
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.001)
            self.longest_s = max(self.longest_s, time.monotonic() - before)


TOO_LONG = {
    "a loop": "while true do end",
    "a loop that guards itself": "while true do pcall(function() while true do end end) end",
    "a loop in a handler": "xpcall(function() while true do end end, function() while true do end end)",
    "a loop in a coroutine": "coroutine.wrap(function() while true do end end)()",
    "a loop in a coroutine that is resumed":
        "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
    "a tail call": "local function f() return f() end f()",
    "a comparison that never ends": "table.sort({3, 2, 1}, function() while true do end end)",
    "a replacement that never ends": "string.gsub('a', 'a', function() while true do end end)",
}  # fmt: skip
TOO_MUCH = {
    "a text of 1 GB": "local s = string.rep('x', 1e9)",
    "a method for a text of 1 GB": "local s = ('x'):rep(1e9)",
    "a text that doubles": "local s = 'x' while true do s = s .. s end",
    "a text that doubles under guard": "local s = 'x' while true do pcall(function() s = s .. s end) end",
    "a table that grows": "local t = {} for i = 1, 1e12 do t[i] = i end",
    "texts in a document": "local t = luaTable.new() for i = 1, 1e9 do t:set('k' .. i, string.rep('x', 1e5)) end",
    "texts in fields": "local r = request.load() for i = 1, 1e9 do r:headers('k' .. i, string.rep('x', 1e5)) end",
    "a list with a far end": "luaList.new():set(1e9, 1)",
    "a list of one table":
        "local l, t = luaList.new(), {} for i = 1, 1e4 do t[i] = i end while true do l:set(l:len(), {t}) end",
}  # fmt: skip


@pytest.mark.parametrize("code", TOO_LONG.values(), ids=TOO_LONG)
async def test_a_script_without_end_is_stopped_when_its_time_is_over(proxy, code):
    work = proxy(pre=code, timeout_s=0.2, allow_open_libs=True)
    async with Heart() as heart:
        with pytest.raises(Timeout, match="context deadline exceeded"):
            await work.asks()
    assert heart.longest_s < PATIENCE_S
    assert not work.next.requests


@pytest.mark.parametrize("code", TOO_MUCH.values(), ids=TOO_MUCH)
async def test_a_script_without_measure_is_stopped_when_its_memory_is_used_up(proxy, code):
    work = proxy(pre=code, timeout_s=30.0, allow_open_libs=True, max_memory="16MB")
    async with Heart() as heart:
        with pytest.raises(ScriptError, match="not enough memory"):
            await work.asks()
    assert heart.longest_s < PATIENCE_S


@pytest.mark.parametrize("place", ["post", "sources"])
async def test_it_is_stopped_wherever_it_stands(proxy, place, tmp_path):
    (tmp_path / "endless.lua").write_text("while true do end")
    config = {"post": "while true do end"} if place == "post" else {"sources": (str(tmp_path / "endless.lua"),)}
    with pytest.raises(Timeout):
        await proxy({}, timeout_s=0.2, **config).asks()


async def test_the_deadline_of_the_request_holds(backend):
    work = backend(pre="while true do end", timeout_s=60.0)
    with pytest.raises(Timeout):
        await work.asks(Request(deadline=asyncio.get_running_loop().time() + 0.2))


async def test_a_client_that_leaves_takes_its_script_along(proxy):
    work = proxy(pre="while true do end", timeout_s=60.0)
    leaving = asyncio.ensure_future(work.asks())
    await asyncio.sleep(0.05)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    threads = work.middleware._fetching._scripts
    # the thread is free again when another script gets its turn there
    await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(threads, lambda: None), 30)


async def test_requests_go_on_after_one_that_was_stopped(proxy):
    code = "local r = request.load() if r:headers('X-Bad') == '1' then while true do end end r:headers('X-Good', '1')"
    work = proxy(pre=code, timeout_s=0.2)
    with pytest.raises(Timeout):
        await work.asks(Request(headers=Headers({"X-Bad": "1"})))
    for _ in range(3):
        await work.asks()
    assert [request.headers["X-Good"] for request in work.next.requests] == ["1"] * 3


SUM = "local sum = 0 for i = 1, 2000000 do sum = sum + 1 end"


async def test_a_script_that_takes_long_moves_into_a_thread_and_gets_to_its_end(proxy):
    work = proxy({"a": 1}, pre=f"{SUM} request.load():headers('X-Sum', sum) kept = sum",
                 post="response.load():data():set('kept', kept)", timeout_s=30.0)  # fmt: skip
    async with Heart() as heart:
        answers = [await work.asks() for _ in range(3)]
    assert [answer.data for answer in answers] == [{"a": 1, "kept": 2000000}] * 3
    assert {request.headers["X-Sum"] for request in work.next.requests} == {"2000000"}
    assert heart.longest_s < PATIENCE_S


async def test_a_post_that_takes_long_finds_what_pre_has_left(proxy):
    async def body():
        yield b"once"

    work = proxy({"a": 1}, pre="kept = request.load():body() request.load():headers('X-Kept', kept) print('said once')",
                 post=f"{SUM} response.load():data():set('kept', kept .. sum)", timeout_s=30.0)  # fmt: skip
    answer = await work.asks(Request("POST", stream=body()))
    assert answer.data == {"a": 1, "kept": "once2000000"}
    assert len(work.next.requests) == 1


async def test_a_large_body_is_read_in_a_thread(backend):
    big = b"x" * 6_000_000
    work = backend(Response(200, body=big), post="local r = response.load() r:body(r:body() .. '!')",
                   is_no_op=True, timeout_s=30.0)  # fmt: skip
    assert (await work.asks()).body == big + b"!"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("io.open('/etc/passwd')", "io.open is not available here"),
        ("os.execute('true')", "os.execute is not available here"),
        ("os.exit()", "os.exit is not available here"),
        ("dofile('x')", "dofile is not available here"),
        ("require('x')", "require is not available here"),
        ("getfenv(0)", "getfenv is not available here"),
        ("setfenv(1, {})", "setfenv is not available here"),
        ("string.dump(print)", "string.dump is not available here"),
        ("newproxy(true)", "newproxy is not available here"),
        ("debug.getinfo(1)", "attempt to call a non-function object"),
        ("python.eval('1')", "attempt to index a non-table object(nil) with key 'eval'"),
        ("ffi.C()", "attempt to index a non-table object(nil) with key 'C'"),
        ("jit.on()", "attempt to index a non-table object(nil) with key 'on'"),
        ("getmetatable('').__index.x = 1", "attempt to index a non-table object(boolean) with key '__index'"),
        ("getmetatable(request.load()).__index = nil", "attempt to index a non-table object(boolean)"),
        ("getmetatable(_G).__index = nil", "attempt to index a non-table object(boolean)"),
        ("setmetatable(_G, {})", "cannot change a protected metatable"),
        ("error(loadstring('\\27LJ') or 'nothing', 0)", "nothing"),
    ],
)
async def test_nothing_beyond_the_script_is_reached(proxy, code, told):
    with pytest.raises(ScriptError) as refused:
        await proxy(pre=code, allow_open_libs=True).asks()
    assert told in str(refused.value)


@pytest.mark.parametrize("name", ["string", "math", "os", "io", "coroutine", "debug", "bit", "jit", "ffi", "python"])
async def test_without_the_libraries_there_are_few(proxy, name):
    await proxy(pre=f"if {name} ~= nil then error('there') end").asks()


@pytest.mark.parametrize(
    ("text", "pattern", "is_let"),
    [
        ("('a'):rep(100)", "a*b", True),
        ("('a'):rep(200000)", "%s+", True),
        ("('a'):rep(200000)", "^a+$", True),
        ("('a'):rep(200000)", "a*b", False),
        ("('a'):rep(40000)", "[%w_%-]+@[%w.]+", False),
        ("('a'):rep(3000)", ".-.-b", False),
        ("('a'):rep(3000)", "(a*)", True),
        ("('a'):rep(30000)", "%b()", True),
    ],
)
@pytest.mark.parametrize("name", ["find", "match", "gsub", "gmatch"])
async def test_a_pattern_that_could_take_minutes_is_not_begun(proxy, name, text, pattern, is_let):
    """A match is one step, which nothing can stop: what it may take at worst is estimated before."""
    end = ", ''" if name == "gsub" else ""
    work = proxy(pre=f"local x = string.{name}({text}, '{pattern}'{end})", allow_open_libs=True, timeout_s=30.0)
    if is_let:
        await work.asks()
        return
    with pytest.raises(ScriptError, match="the pattern takes too long for a text of"):
        await work.asks()


async def test_a_pattern_that_takes_long_does_so_in_a_thread(proxy):
    """On the event loop it would hold everybody up until it is done, which is a second here."""
    work = proxy(pre="local x = ('a'):rep(20000):find('a*b')", allow_open_libs=True, timeout_s=30.0)
    async with Heart() as heart:
        await work.asks()
    assert heart.longest_s < PATIENCE_S


async def test_a_plain_search_is_none(proxy):
    code = "local s = ('a'):rep(200000) .. '.*' request.load():headers('X', (string.find(s, '.*', 1, true)))"
    work = proxy(pre=code, allow_open_libs=True, timeout_s=30.0)
    await work.asks()
    assert work.forwarded.headers["X"] == "200001"
