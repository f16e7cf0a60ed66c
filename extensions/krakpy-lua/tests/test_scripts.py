"""Sources and what scripts share: one script of several files, its globals, its lines, and files that are wrong."""
import asyncio
import hashlib
import json
import logging
import subprocess
import sys

import pytest
from krakpy_lua.config import LuaConfig
from krakpy_lua.errors import ScriptError
from krakpy_lua.scripts import Scripts
from krakpy_sdk import ConfigError, Headers, RejectedError, Request, Response, UpstreamError

LIBRARY = """local hidden = 'h'
function tag(r)
  r:headers('X-Tag', hidden)
end
function breaks() local x = nil return x.y end
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder that a gateway is started in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lib.lua").write_text(LIBRARY)
    (tmp_path / "more.lua").write_text("function both() return hidden .. '!' end")
    return tmp_path


async def test_sources_run_first_and_are_one_script(proxy, folder):
    work = proxy(sources=("lib.lua", "more.lua"), pre="tag(request.load()) request.load():headers('X-Both', both())")
    await work.asks()
    assert (work.forwarded.headers["X-Tag"], work.forwarded.headers["X-Both"]) == ("h", "h!")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"sources": ("lib.lua",), "pre": "breaks()"}, "(lib.lua:L5)"),
        ({"sources": ("lib.lua", "more.lua"), "pre": "hidden = nil both()"}, None),
        ({"sources": ("more.lua", "lib.lua"), "pre": "\n\nboth()"}, "(more.lua:L1)"),
        ({"sources": ("more.lua", "lib.lua"), "pre": "\nbreaks()"}, "(lib.lua:L5)"),
        ({"pre": "\n\nlocal x = nil + 1"}, "(pre-script:L3)"),
        ({"pre": "local f = loadstring('error(\"inner\")') f()"}, "inner"),
    ],
)
async def test_an_error_names_file_and_line(proxy, folder, config, message):
    work = proxy(**config)
    if message is None:
        await work.asks()
        return
    with pytest.raises(ScriptError) as refused:
        await work.asks()
    assert str(refused.value).endswith(message)


async def test_globals_live_from_sources_to_post_and_no_longer(proxy, folder):
    (folder / "count.lua").write_text("counter = (counter or 0) + 1")
    post = "response.load():data():set('counter', counter) string_was_changed = true"
    work = proxy({}, sources=("count.lua",), pre="counter = counter + 1", post=post)
    assert [(await work.asks()).data for _ in range(3)] == [{"counter": 2}] * 3


@pytest.mark.parametrize(
    "leak",
    [
        "leaked = 1",
        "_G.leaked = 1",
        "rawset(_G, 'leaked', 1)",
        "table.leaked = 1",
        "string.leaked = 1",
        "math.pi = 4",
        "luaTable.leaked = 1",
        "custom_error = nil",
        "tostring = nil",
        "package.path = 'x'",
        "loadstring('leaked = 1')()",
        "math.leaked = {}",
    ],
)
async def test_no_request_sees_what_another_one_left(proxy, leak):
    check = """local found = leaked or table.leaked or string.leaked or luaTable.leaked or math.leaked
    if found or math.pi > 3.2 or not tostring or not custom_error or package.path == 'x' then error('leaked') end"""
    work = proxy(pre=f"{check} {leak}", allow_open_libs=True)
    for _ in range(3):
        await work.asks()


async def test_methods_of_strings_are_the_requests_own(proxy):
    code = "string.shout = function(s) return s:upper() .. '!' end request.load():headers('X', ('a'):shout())"
    work = proxy(pre=code, allow_open_libs=True)
    await work.asks()
    assert work.forwarded.headers["X"] == "A!"
    with pytest.raises(ScriptError):
        await proxy(pre="local x = ('a'):upper()").asks()


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"pre": "local a = 1\nthis is not lua"}, "pre-script:L2"),
        ({"post": "x ="}, "post-script:L1"),
        ({"sources": ("none.lua",)}, "lua: unable to load required source none.lua"),
        ({"pre": "end do"}, "pre-script:L1"),
        ({"pre": "\x1bLJ"}, "compiled code is not loaded"),
    ],
)
async def test_code_that_cannot_run_is_told_at_start_and_fails_each_request(proxy, folder, caplog, config, told):
    with caplog.at_level(logging.ERROR):
        work = proxy({}, **config)
    assert told in caplog.text
    for _ in range(2):
        with pytest.raises(ScriptError) as refused:
            await work.asks()
        assert refused.value.status == 500
        assert told in str(refused.value)
    assert not work.next.requests
    with pytest.raises(ConfigError, match=told.replace("(", "").replace(")", "")):
        proxy({}, must_run=True, **config)


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({"sources": ("lib.lua",), "md5": {"lib.lua": "0" * 32}}, "md5['lib.lua']"),
        ({"sources": ("lib.lua",), "md5": {"other.lua": "0" * 32}}, "md5"),
        ({"max_memory": "much"}, "max_memory"),
        ({"max_memory": "0MB"}, "max_memory"),
    ],
)
def test_what_is_not_as_it_was_pinned_does_not_start(folder, config, path):
    with pytest.raises(ConfigError) as wrong:
        Scripts(LuaConfig(**config)).read()
    assert wrong.value.path == path


async def test_what_is_as_it_was_pinned_runs(proxy, folder):
    digest = hashlib.md5(LIBRARY.encode()).hexdigest()
    await proxy(sources=("lib.lua",), md5={"lib.lua": digest}, pre="tag(request.load())").asks()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"sources": ["lib.lua"], "md5": {"lib.lua": "0" * 32}}, "modifier/lua-proxy.md5['lib.lua']"),
        ({"pre": "\nthis is not lua"}, "pre-script:L2"),
        ({"sources": ["none.lua"]}, "none.lua"),
        ({"pre": "\nthis is not lua", "must_run": True}, "pre-script:L2"),
    ],
)
def test_no_check_passes_with_code_that_does_not_run_or_was_changed(folder, settings, told):
    backend = {"host": ["http://b.test"], "url_pattern": "/x"}
    entry = {"endpoint": "/a", "extra_config": {"modifier/lua-proxy": settings}, "backend": [backend]}
    (folder / "krakend.json").write_text(json.dumps({"version": 3, "endpoints": [entry]}))
    command = [sys.executable, "-m", "krakpy", "check", "-c", "krakend.json"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 1
    assert told in checked.stderr


async def test_live_sources_are_read_for_each_request(proxy, folder):
    path = folder / "live.lua"
    work = proxy({}, sources=("live.lua",), live=True, md5={"live.lua": "0" * 32})
    with pytest.raises(ScriptError, match=r"unable to load required source live\.lua"):
        await work.asks()
    path.write_text("custom_error('one', 401)")
    with pytest.raises(ScriptError, match="one"):
        await work.asks()
    path.write_text("custom_error('two', 402)")
    with pytest.raises(ScriptError, match="two"):
        await work.asks()


async def test_a_failure_of_what_is_wrapped_passes_and_post_does_not_run(proxy):
    for failure in (UpstreamError("down"), RejectedError("no")):
        with pytest.raises(type(failure), match=str(failure)):
            await proxy(failure, post="custom_error('ran')").asks()
    partial = Response(data={"a": 1}, errors=(UpstreamError("down"),))
    assert await proxy(partial, post="custom_error('ran')").asks() is partial


async def test_skip_next_asks_nobody_and_begins_with_an_empty_answer(proxy):
    work = proxy(skip_next=True, post="local r = response.load() r:data():set('made', r:statusCode())")
    answer = await work.asks()
    assert (answer.data, answer.is_complete, work.next.requests) == ({"made": 0}, False, [])
    bare = await proxy(skip_next=True, is_no_op=True, post="response.load():body('made')").asks()
    assert (bare.status, bare.body) == (200, b"made")


async def test_what_a_script_prints_is_in_the_log(proxy, caplog):
    with caplog.at_level(logging.INFO):
        await proxy(pre="print('é', 1, nil, 1.5, true)").asks()
    assert "é\t1\tnil\t1.5\ttrue" in caplog.text


async def test_scripts_of_one_object_do_not_mix_while_they_wait(proxy):
    """Two requests are between `pre` and `post` at the same time, in one interpreter."""
    gate = asyncio.get_running_loop().create_future()
    work = proxy(gate, pre="mine = request.load():headers('X-Id')", post="response.load():data():set('mine', mine)")
    both = [asyncio.ensure_future(work.asks(Request(headers=Headers({"X-Id": id})))) for id in ("a", "b")]
    await asyncio.sleep(0)
    gate.set_result(Response(data={}))
    assert [answer.data for answer in await asyncio.gather(*both)] == [{"mine": "a"}, {"mine": "b"}]
