"""The demo's upstream."""
import asyncio
import json

from krakpy.cli.demo.upstream import Upstream, answer, parse


def test_a_head_is_read_with_names_in_lower_case():
    seen = parse("GET /users/7 HTTP/1.1\r\nHost: a\r\nX-Greeter: b: c\r\n\r\n")
    assert (seen.method, seen.path) == ("GET", "/users/7")
    assert seen.headers == {"host": "a", "x-greeter": "b: c"}


def test_a_record_is_answered_and_nothing_else():
    assert answer("/users/7").startswith(b"HTTP/1.1 200 ")
    assert json.loads(answer("/orders/7").partition(b"\r\n\r\n")[2])["count"] == 2
    assert all(answer(path).startswith(b"HTTP/1.1 404 ") for path in ("/", "/users/8", "/teapots/7"))


async def test_it_remembers_what_it_was_asked_on_one_connection():
    async with Upstream() as upstream:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(upstream.url.rpartition(":")[2]))
        for path in ("/users/7", "/orders/7"):
            writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.rpartition(b"Content-Length: ")[2]))
        assert [seen.path for seen in upstream.seen] == ["/users/7", "/orders/7"]
        upstream.forget()
        assert upstream.seen == []
        writer.close()
