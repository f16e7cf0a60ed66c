"""Calls that scripts make: what the other service sees, what the script gets, and that nobody else waits for it."""
import asyncio
import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from krakpy_lua.errors import ScriptError
from krakpy_sdk import Headers, Request, Timeout


class Server(ThreadingHTTPServer):
    """Remembers what it was asked; who asks for `/wait` waits until the gate is open."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Service)
        self.asked: list = []
        self.gate = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"


class Service(BaseHTTPRequestHandler):
    """Answers what the path says."""

    protocol_version = "HTTP/1.1"
    server: Server

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        self.server.asked.append((self.command, self.path, dict(self.headers.items()), self.rfile.read(length)))
        kind, _, rest = self.path[1:].partition("/")
        if kind == "wait":
            self.server.gate.wait(30)
        fields = {"redirect": {"Location": f"/{rest}"}, "gzip": {"Content-Encoding": "gzip"}}.get(kind, {})
        body = gzip.compress(b"packed") if kind == "gzip" else b'{"id":2}'
        self.send_response(int(rest.partition("/")[0]) if kind == "status" else 307 if fields.get("Location") else 200)
        for name, value in {**fields, "X-User": "7", "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.send_header("X-Many", "a")
        self.send_header("X-Many", "b")
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = answer

    def log_message(self, *_):
        pass


@pytest.fixture
def service():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.gate.set()
    server.shutdown()
    thread.join()
    server.server_close()


async def test_a_script_gets_status_fields_and_body(proxy, service):
    code = f"""local a = http_response.new('{service.url}/status/203')
    local d = response.load():data()
    d:set('code', a:statusCode()) d:set('user', a:headers('x-user')) d:set('none', a:headers('none'))
    d:set('many', a:headerList('X-Many')) d:set('body', a:body()) d:set('again', a:body()) a:close()"""
    made = await proxy({}, post=code).asks()
    assert made.data == {
        "code": 203, "user": "7", "none": "", "many": ["a", "b"], "body": '{"id":2}', "again": '{"id":2}',
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "method", "body", "fields"),
    [
        ("'/a?b=1'", "GET", b"", {}),
        ("'/a?b=1', 'POST', 'text'", "POST", b"text", {"Content-Length": "4"}),
        ("'/a?b=1', 'POST', ''", "POST", b"", {"Content-Length": "0"}),
        ("'/a?b=1', 'DELETE', '', {['X-A'] = 'v', ['X-B'] = {'w'}}", "DELETE", b"", {"X-A": "v", "X-B": "w"}),
        ("'/a?b=1', 'GET', '', {['User-Agent'] = 'mine'}", "GET", b"", {"User-Agent": "mine"}),
        ("'/redirect/a?b=1', 'POST', 'kept'", "POST", b"kept", {"Content-Length": "4"}),
    ],
)
async def test_the_service_gets_what_the_script_says(endpoint, service, arguments, method, body, fields):
    arguments = arguments.replace("'", f"'{service.url}", 1)
    await endpoint(pre=f"http_response.new({arguments})").asks()
    asked = service.asked[-1]
    assert (asked[0], asked[1], asked[3]) == (method, "/a?b=1", body)
    assert asked[2].pop("User-Agent").startswith(fields.pop("User-Agent", "krakpy Version "))
    assert asked[2] == {"Host": service.url[7:], "Accept-Encoding": "gzip", **fields}


async def test_a_packed_answer_is_unpacked(backend, service):
    work = backend(pre=f"request.load():headers('X', http_response.new('{service.url}/gzip'):body())")
    await work.asks()
    assert work.forwarded.headers["X"] == "packed"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "ftp://a.test/", "nowhere", "http://"])
async def test_a_call_that_fails_is_an_error_that_a_script_may_catch(proxy, url):
    with pytest.raises(ScriptError) as refused:
        await proxy(pre=f"http_response.new('{url}')").asks()
    assert str(refused.value).startswith(f'Get "{url}": ')
    work = proxy(pre=f"local ok = pcall(http_response.new, '{url}') request.load():headers('X', tostring(ok))")
    await work.asks()
    assert work.forwarded.headers["X"] == "false"


async def test_an_endless_redirect_ends(proxy, service):
    far = "/redirect" * 12
    with pytest.raises(ScriptError, match="stopped after 10 redirects"):
        await proxy(pre=f"http_response.new('{service.url}{far}/a')").asks()


async def test_others_are_served_while_a_script_waits(proxy, service):
    """Scripts of one object share an interpreter, and each waits for itself."""
    code = f"if request.load():headers('X-Slow') == '1' then http_response.new('{service.url}/wait') end"
    work = proxy({}, pre=code, timeout_s=30.0)
    slow = [asyncio.ensure_future(work.asks(Request(headers=Headers({"X-Slow": "1"})))) for _ in range(5)]
    while len(service.asked) < 5:
        await asyncio.sleep(0.001)
    await work.asks()
    assert not any(task.done() for task in slow)
    service.gate.set()
    await asyncio.gather(*slow)
    assert len(work.next.requests) == 6


async def test_the_time_of_the_request_holds_for_its_calls(proxy, service):
    with pytest.raises((ScriptError, Timeout), match=r"deadline exceeded|timed out"):
        await proxy(pre=f"http_response.new('{service.url}/wait')", timeout_s=0.2).asks()


async def test_a_script_that_moves_into_a_thread_calls_nobody_twice(proxy, service):
    code = f"""local id = http_response.new('{service.url}/a'):body()
    for i = 1, 2000000 do end
    request.load():headers('X', id .. http_response.new('{service.url}/b'):statusCode())"""
    work = proxy(pre=code, timeout_s=30.0)
    await work.asks()
    assert [asked[1] for asked in service.asked] == ["/a", "/b"]
    assert work.forwarded.headers["X"] == '{"id":2}200'
    await work.asks()
    assert [asked[1] for asked in service.asked] == ["/a", "/b"] * 2


async def test_a_call_works_from_coroutines_and_under_guard(proxy, service):
    code = f"""local co = coroutine.wrap(function(a)
      local ok, answer = pcall(http_response.new, '{service.url}/' .. a)
      local b = coroutine.yield(answer:statusCode())
      return http_response.new('{service.url}/' .. b):statusCode()
    end)
    request.load():headers('X', co('a') + co('b'))"""
    work = proxy(pre=code, allow_open_libs=True)
    await work.asks()
    assert work.forwarded.headers["X"] == "400"
    assert [asked[1] for asked in service.asked] == ["/a", "/b"]
