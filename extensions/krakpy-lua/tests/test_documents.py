"""What scripts read and write of documents: tables, lists, null, and what becomes of Lua's own values."""
import pytest
from krakpy_lua.errors import ScriptError
from krakpy_sdk import Response

NESTED = {"a": {"b": 1, "d": {"f": [1, 2]}}, "l": [{"x": 1}, {"x": 3}], "n": None, "s": "é", "t": True, "f": 1.5}


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("d:get('s')", "é"),
        ("d:get('f')", 1.5),
        ("d:get('t')", True),
        ("d:get('a'):get('d'):get('f'):get(1)", 2),
        ("d:get('l'):get(1):get('x')", 3),
        ("d:get('missing') == nil", True),
        ("d:get('n') == nil", False),
        ("type(d:get('n'))", "userdata"),
        ("type(d)", "userdata"),
        ("d:get('l'):get(9) == nil", True),
        ("d:get('l'):get(-1) == nil", True),
        ("d:get('l'):get(1.9):get('x')", 3),
        ("d:get('l'):get('1'):get('x')", 3),
        ("d:len()", 6),
        ("d:get('l'):len()", 2),
        ("d:keyExists('n')", True),
        ("d:keyExists('x')", False),
        ("d:keys()", ["a", "f", "l", "n", "s", "t"]),
        ("d:get('a')", {"b": 1, "d": {"f": [1, 2]}}),
        ("luaNil.new()", None),
        ("luaTable.new()", {}),
        ("luaList.new()", []),
    ],
)
async def test_a_script_reads_what_the_document_has(document, code, result):
    assert (await document(f"d:set('r', {code})", NESTED))["r"] == result


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("10", 10),
        ("1.5", 1.5),
        ("-0.25", -0.25),
        ("2^53", 2**53),
        ("1e300", 1e300),
        ("'é'", "é"),
        ("false", False),
        ("{a = 1, b = 'x', c = 1.5}", {"a": 1, "b": "x", "c": 1.5}),
        ("{1, 2}", {"1": 1, "2": 2}),
        ("{l = {1, 'b', true}}", {"l": [1, "b", True]}),
        ("{l = {['10'] = 'ten', [2] = 'two'}}", {"l": ["two", "ten"]}),
        ("{o = {1, x = 2}}", {"o": {"1": 1, "x": 2}}),
        ("{o = {[1.5] = 1}}", {"o": {"1.5": 1}}),
        ("{e = {}}", {"e": None}),
        ("{}", {}),
        ("{t = d:get('a'), n = luaNil.new(), f = print}", {"t": {"b": 1, "d": {"f": [1, 2]}}, "n": None}),
        ("{deep = {{1}, {{2}}}}", {"deep": [[1], [[2]]]}),
    ],
)
async def test_values_of_lua_become_json(document, value, result):
    made = await document(f"d:set('r', {value})", NESTED)
    assert made["r"] == result
    assert type(made["r"]) is type(result)


async def test_what_json_does_not_have_is_not_put(document):
    assert await document("d:set('a', nil) d:set('b', print)", {"a": 1}) == {"a": 1}


async def test_a_large_table_crosses_whole(document):
    made = await document("local t = {} for i = 1, 500 do t[i] = i end d:set('r', {t = t})", {})
    assert made["r"]["t"] == list(range(1, 501))


async def test_a_member_is_deleted_or_missing(document):
    assert await document("d:del('a') d:del('x')", {"a": 1, "b": 2}) == {"b": 2}


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("l:set(0, 'changed')", ["changed", 2, 3]),
        ("l:del(0)", [2, 3, None]),
        ("l:del(0) d:set('l', l)", [2, 3]),
        ("l:del(9) l:del(-1)", [1, 2, 3]),
        ("l:set(4, 'x')", [1, 2, 3]),
        ("l:set(4, 'x') d:set('l', l)", [1, 2, 3, None, "x"]),
        ("l:set(-1, 'x')", [1, 2, 3]),
        ("l:set(0, {1}) l:set(1, luaNil.new()) l:set(2, luaTable.new())", [{"1": 1}, None, {}]),
        ("d:get('l'):set(0, 7) l:set(1, 8)", [7, 8, 3]),
    ],
)
async def test_a_list_counts_from_zero_and_its_end_is_its_holders_own(document, code, result):
    """KrakenD: a Go slice. Whoever else holds it sees changed items, and neither a shorter nor a longer list."""
    assert (await document(f"local l = d:get('l') {code}", {"l": [1, 2, 3]}))["l"] == result


async def test_what_is_taken_out_twice_is_the_same(document):
    code = "local a, b = d:get('a'), d:get('a') a:set('x', 1) d:set('seen', b:get('x'))"
    assert await document(code, {"a": {}}) == {"a": {"x": 1}, "seen": 1}


async def test_a_new_table_lives_on_where_it_was_put(document):
    assert await document("local t = luaTable.new() d:set('t', t) t:set('k', 'v')", {}) == {"t": {"k": "v"}}


async def test_the_document_that_was_answered_stays_as_it_is(proxy):
    """Others may hold it: copies of requests, caches."""
    answer = Response(data={"a": {"b": [1, {"c": 1}]}, "z": 1})
    work = proxy(answer, post="response.load():data():get('a'):get('b'):get(1):set('c', 2)")
    made = await work.asks()
    assert made.data == {"a": {"b": [1, {"c": 2}]}, "z": 1}
    assert answer.data == {"a": {"b": [1, {"c": 1}]}, "z": 1}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("d:get()", "need arguments"),
        ("d:set('a')", "need arguments"),
        ("d:del()", "need arguments"),
        ("d:keyExists()", "need arguments"),
        ("luaList.new():get()", "need arguments"),
        ("luaList.new():set(1)", "need arguments"),
        ("luaList.new():del()", "need arguments"),
        ("d:get(nil)", "bad argument #2 to get (string expected, got nil)"),
        ("luaList.new():get('x')", "bad argument #2 to get (number expected, got string)"),
        ("d.get('a', 'b')", "bad argument #1 to get (userdata expected, got string)"),
        ("d.get(luaList.new(), 'b')", "response expected"),
        ("d.nothing()", "attempt to call a non-function object"),
    ],
)
async def test_a_wrong_call_says_so_with_its_place(document, code, message):
    with pytest.raises(ScriptError) as refused:
        await document(f"\n{code}", {})
    assert str(refused.value) == f"{message} (post-script:L2)"


async def test_what_no_script_can_hold_is_named(proxy):
    with pytest.raises(ScriptError, match=r"unknown type \(bytes\)"):
        await proxy({"a": b"raw"}, post="local x = response.load():data():get('a')").asks()
