"""What scripts read and change of requests and answers, at each level."""
import pytest
from krakpy_lua.errors import ScriptError
from krakpy_sdk import Headers, Query, RejectedError, Request, Response

ASKED = Request(
    "POST", "/a", params={"id": "7", "Resp0_x": "y"}, query=Query.parse("q=1&p=2"),
    headers=Headers([("X-A", "1"), ("x-a", "2"), ("Accept", "*/*")]), body=b"hello", url="http://b.test/x?a=1",
)  # fmt: skip


async def pieces(*all_of_them):
    for piece in all_of_them:
        yield piece


async def seen(work, request=ASKED):
    await work.asks(request)
    return work.forwarded.headers.get("X-Seen")


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("r:method()", "POST"),
        ("r:path()", "/a"),
        ("r:query()", "p=2&q=1"),
        ("r:url()", "http://b.test/x?a=1"),
        ("r:params('Id')", "7"),
        ("r:params('Resp0_x')", "y"),
        ("r:params('id')", ""),
        ("r:params():get('Id')", "7"),
        ("r:headers('x-a')", "1"),
        ("r:headers('missing')", ""),
        ("r:headers():get('X-A'):get(1)", "2"),
        ("r:headerList('X-A'):len()", "2"),
        ("r:body()", "hello"),
    ],
)
async def test_a_script_reads_the_request(backend, code, result):
    assert await seen(backend(pre=f"local r = request.load() r:headers('X-Seen', {code})")) == result


@pytest.mark.parametrize(
    ("code", "field", "result"),
    [
        ("r:method('PUT')", "method", "PUT"),
        ("r:url(r:url() .. '&b=2')", "url", "http://b.test/x?a=1&b=2"),
        ("r:params('Id', 8)", "params", {"id": "8", "Resp0_x": "y"}),
        ("r:params('New', 'n')", "params", {"id": "7", "Resp0_x": "y", "New": "n"}),
        ("r:body('other')", "body", b"other"),
        ("r:body('\\255')", "body", b"\xff"),
        ("r:path('/else') r:query('z=1')", "path", "/a"),
        ("r:query('z=1')", "query", ASKED.query),
    ],
)
async def test_a_backends_script_changes_what_is_asked(backend, code, field, result):
    """Path and query have made the address already, and mean nothing any more (KrakenD: the same)."""
    work = backend(pre=f"local r = request.load() {code}")
    await work.asks(ASKED)
    assert getattr(work.forwarded, field) == result


async def test_an_endpoints_script_changes_path_and_query_and_no_address(proxy):
    work = proxy(pre="local r = request.load() r:path('/e') r:query('z=9&z=8') r:url('http://evil.test')")
    await work.asks(Request("GET", "/a", query=Query.parse("q=1")))
    assert work.forwarded.path == "/e"
    assert work.forwarded.query.getall("z") == ["9", "8"]
    assert work.forwarded.url == ""


@pytest.mark.parametrize("url", ["nowhere", "http://", "ftp://a.test/", "http://a.test/ b", "http://a.test:x/"])
async def test_an_address_that_cannot_be_asked_fails_the_script(backend, url):
    with pytest.raises(ScriptError, match="no address that can be asked"):
        await backend(pre=f"request.load():url('{url}')").asks(ASKED)


@pytest.mark.parametrize(
    ("code", "pairs"),
    [
        ("r:headers('x-b', 'é')", [("X-A", "1"), ("x-a", "2"), ("Accept", "*/*"), ("X-B", "Ã©")]),
        ("r:headers('x-A', '3')", [("Accept", "*/*"), ("X-A", "3")]),
        ("r:headers('x-a', nil)", [("Accept", "*/*")]),
        ("local l = luaList.new() l:set(0, 'v') l:set(1, 'w') r:headerList('X-A', l)",
         [("Accept", "*/*"), ("X-A", "v"), ("X-A", "w")]),
        ("r:headers('X-A', '1', 'more')", list(ASKED.headers.pairs)),
    ],
)  # fmt: skip
async def test_header_fields_are_set_removed_and_listed(proxy, code, pairs):
    work = proxy(pre=f"local r = request.load() {code}")
    await work.asks(ASKED)
    assert list(work.forwarded.headers.pairs) == pairs


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("r:headerList()", "need arguments"),
        ("r:headerList('X', 'y')", "invalid header value, must be a luaList"),
        ("r:headerList('X', luaTable.new())", "invalid header value, must be a luaList"),
        ("r:headers('X', true)", "bad argument #3 to headers (string expected, got boolean)"),
        ("r.method(luaList.new())", "request expected"),
        ("r.method()", "bad argument #1 to method (userdata expected, got nil)"),
        ("http_response.new()", "need 1, 3 or 4 arguments"),
        ("http_response.new('http://a', 'GET')", "need 1, 3 or 4 arguments"),
        ("pairs(r:headers())", "bad argument #1 to 'pairs' (table expected, got userdata)"),
    ],
)
async def test_a_wrong_call_says_so(proxy, code, message):
    with pytest.raises(ScriptError) as refused:
        await proxy(pre=f"local r = request.load() local x = {code}").asks(ASKED)
    assert str(refused.value) == f"{message} (pre-script:L1)"


async def test_a_body_is_read_when_a_script_asks_for_it(backend):
    work = backend(pre="local r = request.load() r:body(r:body() .. r:body() .. '!')")
    await work.asks(Request("POST", stream=pieces(b"a", b"b")))
    assert (work.forwarded.body, work.forwarded.stream) == (b"abab!", None)


async def test_a_body_that_no_script_asks_for_is_not_read(backend):
    stream = pieces(b"a")
    work = backend(pre="request.load():headers('X-A', '1')")
    await work.asks(Request("POST", stream=stream))
    assert work.forwarded.stream is stream


async def test_no_body_that_is_asked_for_is_an_empty_one(backend):
    """KrakenD: what was read is a body, which is sent."""
    work = backend(pre="request.load():body()")
    await work.asks(Request("POST"))
    assert work.forwarded.body == b""


async def test_a_body_that_is_too_large_is_the_clients_fault(backend):
    work = backend(pre="request.load():body()")
    big = b"x" * 1024 * 1024
    with pytest.raises(RejectedError) as refused:
        await work.asks(Request("POST", stream=pieces(*[big] * 11)))
    assert refused.value.status == 413


async def test_an_answer_with_a_document_has_neither_status_nor_body(proxy):
    code = """local r = response.load() local d = r:data() d:set('status', r:statusCode()) d:set('body', r:body())
    d:set('complete', r:isComplete()) r:isComplete(false) r:statusCode(404) r:body('gone') r:headers('x-b', '1')
    d:set('after', r:statusCode())"""
    made = await proxy({"a": 1}, post=code).asks()
    assert made.data == {"a": 1, "status": 0, "body": "", "complete": True, "after": 404}
    assert (made.status, made.body, made.is_complete) == (200, None, False)
    assert made.headers.pairs == (("X-B", "1"),)


async def test_a_no_op_answer_has_status_fields_and_body(backend):
    answer = Response(404, headers=Headers({"content-type": "text/plain", "X-Old": "1"}), stream=pieces(b"go", b"ne"))
    code = """local r = response.load() r:body(r:body() .. ' ' .. r:statusCode() .. r:headers('Content-Type')
    .. r:headers('content-type')) r:statusCode(410) r:headers('X-Old', nil)"""
    made = await backend(answer, post=code, is_no_op=True).asks()
    assert (made.status, made.body, made.stream) == (410, b"gone 404text/plain", None)
    assert made.headers.pairs == (("content-type", "text/plain"),)


async def test_a_no_op_body_that_no_script_asks_for_is_relayed(backend):
    stream = pieces(b"a")
    made = await backend(Response(200, stream=stream), post="response.load():headers('X', '1')", is_no_op=True).asks()
    assert made.stream is stream


async def test_data_of_a_no_op_answer_makes_it_complete_and_its_fields_double(backend):
    """KrakenD: once for the document that is not there, once for the body."""
    answer = Response(200, headers=Headers({"X-A": "1"}), body=b"a")
    made = await backend(answer, post="response.load():data():set('x', 1)", is_no_op=True).asks()
    assert made.data == {"x": 1}
    assert made.headers.getall("X-A") == ["1", "1"]


@pytest.mark.parametrize(("status", "sent"), [("0", 200), ("99", 500), ("1000", 500), ("204.9", 204), ("'201'", 201)])
async def test_a_status_that_http_does_not_have_is_not_sent(backend, status, sent):
    made = await backend(Response(202, body=b""), post=f"response.load():statusCode({status})", is_no_op=True).asks()
    assert made.status == sent


async def test_an_answer_without_a_document_gets_an_empty_one(proxy):
    made = await proxy(Response(data=None), post="local r = response.load()").asks()
    assert made.data == {}
