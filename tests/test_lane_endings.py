"""Requests that end early or late on each of the ways: clients that leave, time that is over, and what is left then."""
import asyncio
import gc

import pytest

from tests.origins import answering, ok
from tests.ways import ASGI, DIRECT, LANE, WAYS, Lines, endpoint, get, open_gateway, prepared, run, settle, turn

DOCUMENT = ok(b'{"a":1}')


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("backends", [1, 3])
def test_a_client_that_leaves_cancels_its_upstream_exchanges(way, backends):
    async def law():
        with Lines() as lines:
            own = [{"url_pattern": f"/{n}"} for n in range(backends)]
            async with open_gateway(prepared(endpoint("/a", *own)), answering()) as gateway:
                visitor = gateway.visitor(way)
                await visitor.ask(get())
                assert (len(gateway.upstream.requests), gateway.upstream.gone) == (backends, 0)
                tasks = len(asyncio.all_tasks())
                visitor.transport.lose()
                if way != ASGI:
                    # NOTE: at once, without a turn of the event loop, and there was no task
                    assert (gateway.upstream.gone, tasks) == (backends, 1)
                await settle()
                assert (gateway.upstream.gone, len(asyncio.all_tasks())) == (backends, 1)
            [line] = lines.events
            assert (line["logger"], line["status"], line["bytes"]) == ("krakpy.access", 499, 0)

    run(law())


@pytest.mark.parametrize("way", WAYS)
def test_a_client_that_leaves_while_it_waits_for_a_connection_is_forgotten(way):
    async def law():
        async with open_gateway(prepared(endpoint("/a")), answering(DOCUMENT), reachable=False) as gateway:
            visitor = gateway.visitor(way)
            await visitor.ask(get())
            await visitor.leave()
            assert gateway.upstream.requests == []

    run(law())


STREAM = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"
REDIRECT = ok(b"", b"Location: /up", status=b"302 Found")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("own", "data"),
    [
        (endpoint("/a", {"encoding": "no-op"}, output_encoding="no-op"), STREAM),
        (endpoint("/a", {"encoding": "no-op"}), STREAM),
        (endpoint("/a"), REDIRECT),
        (endpoint("/a", {}, {}), REDIRECT),
        (endpoint("/a", {"encoding": "no-op"}, {"encoding": "no-op"}), STREAM),
    ],
    ids=["stream", "unread stream", "redirect", "redirects in a merge", "streams in a merge"],
)
@pytest.mark.filterwarnings("error")
def test_a_client_that_leaves_when_its_answer_comes_leaves_nothing_behind(way, own, data):
    """In the same turn of the event loop: whatever was to begin for it ends cleanly."""

    async def law():
        with Lines() as lines:
            async with open_gateway(prepared(own), answering()) as gateway:
                visitor = gateway.visitor(way)
                await visitor.ask(get())
                for line in gateway.upstream.lines.copy():
                    line._connection.data_received(data)
                visitor.transport.lose()
                await settle()
                assert len(asyncio.all_tasks()) == 1
            gc.collect()
            statuses = [line["status"] for line in lines.of("krakpy.access")]
            assert statuses in ([499], [200])

    run(law())


HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def _redirecting(asked):
    """Redirects, and never answers where it has redirected to; another path is answered."""
    return [DOCUMENT] if b" /z " in asked else [] if b"Referer" in asked else [REDIRECT]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("own", "answer", "reachable", "due", "status"),
    [
        (endpoint("/a"), answering(), True, 2.0, "500"),
        (endpoint("/a"), answering(), False, 2.0, "500"),
        (endpoint("/a"), answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), True, 2.0, "500"),
        (endpoint("/a"), _redirecting, True, 2.0, "500"),
        (endpoint("/a", {}, {}), answering(), True, 1.7, "500"),
        (endpoint("/a", {}, {"url_pattern": "/z"}), _redirecting, True, 1.7, "200"),
        (endpoint("/a", {"encoding": "no-op"}, output_encoding="no-op"), answering(HEAD), True, 2.0, "500"),
    ],
    ids=["head", "connection", "body", "redirect", "merge", "redirect in a merge", "beginning of a stream"],
)
def test_the_time_of_an_endpoint_is_kept(way, own, answer, reachable, due, status):
    async def law():
        async with open_gateway(prepared(own), answer, reachable=reachable) as gateway:
            visitor = gateway.visitor(way)
            await visitor.ask(get())
            await turn(due - 0.1)
            assert visitor.heard == b""
            await turn(0.2)
            assert visitor.heard.startswith(f"HTTP/1.1 {status} ".encode())
            assert b"\r\nx-krakend-completed: false\r\n" in visitor.heard

    run(law())


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("backends", "due"), [([{}], 2.0), ([{}, {"url_pattern": "/z"}], 1.7)], ids=["one", "merge"])
def test_every_request_of_a_redirect_has_the_same_deadline(way, backends, due):
    async def law():
        async with open_gateway(prepared(endpoint("/a", *backends)), _redirecting) as gateway:
            await gateway.visitor(way).ask(get())
            start = asyncio.get_running_loop().time()
            assert len(gateway.upstream.requests) > len(backends)
            deadlines = {line._connection._deadline for line in gateway.upstream.lines if not line.is_idle}
            assert deadlines == {start + due}

    run(law())


# ---- what is left


CASES = {
    "json": (endpoint("/a"), [DOCUMENT]),
    "no-op": (endpoint("/a", {"encoding": "no-op"}, output_encoding="no-op"), [DOCUMENT]),
    "stream": (endpoint("/a", {"encoding": "no-op"}, output_encoding="no-op"), [STREAM, b"0\r\n\r\n"]),
    "merge": (endpoint("/a", {}, {"group": "g"}), [DOCUMENT]),
    "failure": (endpoint("/a"), [ok(status=b"500 X")]),
    "failures in a merge": (endpoint("/a", {}, {}), [ok(status=b"500 X")]),
    "undecodable": (endpoint("/a"), [ok(b"{")]),
    "too many redirects": (endpoint("/a"), [REDIRECT]),
}


@pytest.mark.parametrize("way", [LANE, DIRECT])
@pytest.mark.parametrize("case", CASES)
def test_requests_leave_no_circles_behind(way, case):
    """The collector of such circles would stop the worker, every now and then."""
    own, pieces = CASES[case]

    async def law():
        with Lines() as lines:
            async with open_gateway(prepared(own), answering(*pieces)) as gateway:
                visitor = gateway.visitor(way)
                await visitor.ask(get(), get())
                gc.collect()
                gc.disable()
                try:
                    await visitor.ask(*[get()] * 5)
                    lines.events.clear()
                    return gc.collect(), visitor.heard.count(b"HTTP/1.1 ")
                finally:
                    gc.enable()

    assert run(law()) == (0, 7)


@pytest.mark.parametrize("way", [LANE, DIRECT])
@pytest.mark.parametrize("backends", [1, 2])
def test_abandoned_requests_leave_none_of_theirs_behind(way, backends):
    async def law():
        async with open_gateway(prepared(endpoint("/a", *[{}] * backends)), answering()) as gateway:
            service = gateway.service(way)

            async def abandoned():
                visitor = gateway.visitor(service=service)
                await visitor.ask(get())
                await visitor.leave()

            await abandoned()
            gc.collect()
            gc.disable()
            gc.set_debug(gc.DEBUG_SAVEALL)
            try:
                await abandoned()
                gateway.upstream.lines.clear()
                gc.collect()
                return {type(one).__name__ for one in gc.garbage}
            finally:
                gc.set_debug(0)
                gc.garbage.clear()
                gc.enable()

    kinds = run(law())
    assert kinds.isdisjoint({"Visit", "Request", "Response", "Answer", "Unfinished", "_Race", "Task", "Watched"})
