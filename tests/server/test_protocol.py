"""One connection, as its client hears it: requests in order, whole answers, and an end that is always announced."""
import asyncio
import logging

import pytest

from krakpy.server.limits import Limits
from tests.server.dialogue import Dialogue, hello

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
OLD = b"GET / HTTP/1.0\r\n\r\n"


def answering(*parts, status=200, headers=()):
    """An application that reads its request and answers these parts."""

    async def app(scope, receive, send):
        while (await receive()).get("more_body"):
            continue
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        for part in parts[:-1]:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": parts[-1] if parts else b""})

    return app


async def echo(scope, receive, send):
    """Answers the request's body."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await answering(body)(scope, _ended, send)


async def _ended():
    return {"type": "http.request"}


async def test_a_request_is_what_asgi_says():
    dialogue = Dialogue()
    await dialogue.say(b"GET /a%20b/c?d=%20&e HTTP/1.1\r\nHost: x\r\nX-Two:  b \r\nX-Two: c\r\n\r\n")
    assert dialogue.requests == [
        {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/a b/c",
            "raw_path": b"/a%20b/c",
            "query_string": b"d=%20&e",
            "root_path": "",
            "headers": [(b"host", b"x"), (b"x-two", b"b"), (b"x-two", b"c")],
            "client": ("192.0.2.7", 40000),
            "server": ("192.0.2.1", 8080),
        }
    ]


@pytest.mark.parametrize(
    ("peer", "client"),
    [(("2001:db8::1", 4, 0, 0), ("2001:db8::1", 4)), ("", None), (b"", None)],
    ids=["IPv6", "unix socket", "unnamed"],
)
async def test_the_client_is_its_address_and_port_where_it_has_such(peer, client):
    dialogue = Dialogue(peer=peer)
    await dialogue.say(GET)
    assert dialogue.requests[0]["client"] == client


async def test_the_scheme_is_https_over_tls():
    dialogue = Dialogue(tls=True)
    await dialogue.say(GET)
    assert dialogue.requests[0]["scheme"] == "https"


async def test_an_answer_has_a_status_the_fields_a_date_and_a_length():
    dialogue = Dialogue(app=answering(b"hello", status=404, headers=[(b"x-a", b"b"), (b"x-a", b"c")]))
    await dialogue.say(GET)
    assert dialogue.heard == (
        b"HTTP/1.1 404 Not Found\r\nx-a: b\r\nx-a: c\r\ndate: Mon, 12 Jan 1970 13:46:40 GMT\r\n"
        b"content-length: 5\r\n\r\nhello"
    )


async def test_a_date_of_the_applications_own_stays():
    dialogue = Dialogue(app=answering(b"", headers=[(b"date", b"today")]))
    await dialogue.say(GET)
    assert dialogue.heard.count(b"date:") == 1


async def test_requests_that_differ_in_their_target_alone_are_all_read():
    dialogue = Dialogue()
    for path in (b"/1", b"/2?a", b"/2"):
        await dialogue.say(GET.replace(b"/ ", path + b" "))
    seen = [(request["path"], request["query_string"]) for request in dialogue.requests]
    assert seen == [("/1", b""), ("/2", b"a"), ("/2", b"")]


async def test_a_request_cannot_change_the_fields_of_the_next_one():
    async def app(scope, receive, send):
        scope["headers"].append((b"x-mine", b"1"))
        await hello(scope, receive, send)

    dialogue = Dialogue(app=app)
    await dialogue.say(GET, GET)
    assert dialogue.requests[1]["headers"] == [(b"host", b"x"), (b"x-mine", b"1")]


@pytest.mark.parametrize(
    "spread",
    [(POST,), (POST[:20], POST[20:-2], POST[-2:]), tuple(POST[at:at + 1] for at in range(len(POST)))],
    ids=["at once", "in three", "in bytes"],
)
async def test_a_body_of_known_length_is_read_however_it_comes(spread):
    dialogue = Dialogue(app=echo)
    await dialogue.say(*spread)
    assert dialogue.heard.endswith(b"\r\n\r\nabc")


async def test_a_body_in_chunks_is_read_and_its_extensions_and_trailers_are_dropped():
    dialogue = Dialogue(app=echo)
    await dialogue.say(
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n",
        b'3;a=b;c="d"\r\nabc\r\n', b"A\r\n0123456789\r", b"\n0\r\nX-Trailer: y\r\n\r\n", GET,
    )  # fmt: skip
    assert [answer.partition(b"\r\n\r\n")[2] for answer in dialogue.answers] == [b"abc0123456789", b""]


async def test_requests_sent_at_once_are_answered_in_their_order():
    async def slow_first(scope, receive, send):
        if scope["path"] == "/0":
            await asyncio.sleep(0)
        await answering(scope["path"].encode())(scope, receive, send)

    dialogue = Dialogue(app=slow_first)
    await dialogue.say(b"".join(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % number for number in range(500)))
    assert [answer.rpartition(b"/")[2] for answer in dialogue.answers] == [b"%d" % number for number in range(500)]


async def test_the_next_request_is_not_begun_before_the_answer_to_the_one_before():
    gate = asyncio.Event()

    async def app(scope, receive, send):
        await gate.wait()
        await hello(scope, receive, send)

    dialogue = Dialogue(app=app)
    await dialogue.say(GET + GET)
    assert len(dialogue.requests) == 1
    gate.set()
    await dialogue.settle()
    assert (len(dialogue.requests), len(dialogue.answers)) == (2, 2)


@pytest.mark.parametrize(
    ("request_", "connection", "ends"),
    [
        (GET, None, False),
        (GET.replace(b"Host", b"Connection: close\r\nHost"), b"close", True),
        (GET.replace(b"Host", b"Connection: x, Close\r\nHost"), b"close", True),
        (OLD, b"close", True),
        (OLD.replace(b"\r\n\r\n", b"\r\nConnection: Keep-Alive\r\n\r\n"), b"keep-alive", False),
    ],
    ids=["1.1", "close", "close in a list", "1.0", "1.0 keep-alive"],
)
async def test_a_connection_ends_where_its_client_says_so_and_the_answer_repeats_it(request_, connection, ends):
    dialogue = Dialogue()
    await dialogue.say(request_)
    said = [line[12:] for line in dialogue.heard.split(b"\r\n") if line.startswith(b"connection: ")]
    assert (said, dialogue.is_closed) == ([connection] if connection else [], ends)


async def test_an_application_can_end_the_connection():
    dialogue = Dialogue(app=answering(b"", headers=[(b"connection", b"Close")]))
    await dialogue.say(GET)
    assert b"connection: close" in dialogue.heard
    assert dialogue.is_closed


@pytest.mark.parametrize("name", [b"transfer-encoding", b"keep-alive", b"upgrade", b"proxy-connection"])
async def test_an_application_cannot_frame_its_answer(name):
    dialogue = Dialogue(app=answering(b"hello", headers=[(name, b"chunked")]))
    await dialogue.say(GET)
    assert name not in dialogue.heard
    assert b"content-length: 5\r\n\r\nhello" in dialogue.heard


async def test_what_comes_after_an_announced_end_is_not_served():
    dialogue = Dialogue()
    await dialogue.say(GET.replace(b"Host", b"Connection: close\r\nHost") + GET, GET)
    assert len(dialogue.requests) == 1
    assert dialogue.is_closed


async def test_an_answer_of_unknown_length_comes_in_chunks():
    dialogue = Dialogue(app=answering(b"hello ", b"", b"world"))
    await dialogue.say(GET)
    assert dialogue.heard.endswith(b"transfer-encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n")
    assert not dialogue.is_closed


async def test_an_answer_of_unknown_length_ends_with_the_connection_in_http_1_0():
    dialogue = Dialogue(app=answering(b"hello ", b"world"))
    await dialogue.say(OLD.replace(b"\r\n\r\n", b"\r\nConnection: Keep-Alive\r\n\r\n"))
    assert dialogue.heard.endswith(b"connection: close\r\n\r\nhello world")
    assert dialogue.is_closed


async def test_an_answer_of_a_length_that_was_told_is_streamed_as_it_is():
    dialogue = Dialogue(app=answering(b"hello ", b"world", headers=[(b"Content-Length", b"11")]))
    await dialogue.say(GET)
    assert dialogue.heard.endswith(b"content-length: 11\r\n\r\nhello world")


async def test_a_large_answer_is_whole():
    dialogue = Dialogue(app=answering(b"x" * 200_000))
    await dialogue.say(GET)
    assert dialogue.heard.endswith(b"content-length: 200000\r\n\r\n" + b"x" * 200_000)


@pytest.mark.parametrize(
    ("method", "status", "headers", "framing"),
    [
        (b"HEAD", 200, [(b"content-length", b"5")], b"content-length: 5\r\n"),
        (b"HEAD", 200, [], b""),
        (b"GET", 204, [(b"content-length", b"5")], b""),
        (b"GET", 304, [(b"content-length", b"5")], b"content-length: 5\r\n"),
        (b"GET", 304, [], b""),
    ],
)
async def test_some_answers_have_no_body(method, status, headers, framing):
    dialogue = Dialogue(app=answering(b"he", b"llo", status=status, headers=headers))
    await dialogue.say(GET.replace(b"GET", method))
    assert dialogue.heard.endswith(b" GMT\r\n" + framing + b"\r\n")
    assert not dialogue.is_closed


@pytest.mark.parametrize(
    ("parts", "length"),
    [((b"hello",), b"6"), ((b"hello", b"", b""), b"6"), ((b"hello",), b"4"), ((b"hel", b"lo"), b"4"), ((b"a",), b"x")],
    ids=["short at once", "short", "long at once", "long", "no number"],
)
async def test_an_answer_that_is_not_as_long_as_it_says_never_ends_cleanly(parts, length, caplog):
    dialogue = Dialogue(app=answering(*parts, headers=[(b"content-length", length)]))
    with caplog.at_level(logging.ERROR):
        await dialogue.say(GET)
    assert dialogue.is_closed
    assert dialogue.is_reset or dialogue.heard.startswith(b"HTTP/1.1 500 ")
    assert "application failed" in caplog.text


@pytest.mark.parametrize(
    "field", [(b"x-a", b"b\r\nx-c: d"), (b"x-a", b"\0"), (b"x a", b"b"), (b"", b"b"), (b"x-a\r\n", b"b")], ids=str
)
async def test_a_field_that_would_end_its_line_is_not_sent(field, caplog):
    dialogue = Dialogue(app=answering(b"", headers=[field]))
    with caplog.at_level(logging.ERROR):
        await dialogue.say(GET)
    assert dialogue.heard.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert b"x-c" not in dialogue.heard


@pytest.mark.parametrize("status", [101, 199, 0, 1000])
async def test_a_status_that_is_not_final_is_the_applications_mistake(status, caplog):
    dialogue = Dialogue(app=answering(b"", status=status))
    with caplog.at_level(logging.ERROR):
        await dialogue.say(GET)
    assert dialogue.heard.startswith(b"HTTP/1.1 500 ")


async def test_a_status_without_a_name_is_sent_as_it_is():
    dialogue = Dialogue(app=answering(b"", status=599))
    await dialogue.say(GET)
    assert dialogue.heard.startswith(b"HTTP/1.1 599 \r\n")


async def raising(scope, receive, send):
    raise ValueError("the secret")


async def silent(scope, receive, send):
    """Ends without an answer."""


async def only_started(scope, receive, send):
    await send({"type": "http.response.start", "status": 200})


@pytest.mark.parametrize("app", [raising, silent, only_started])
async def test_an_application_that_does_not_answer_is_answered_500_and_the_end(app, caplog):
    dialogue = Dialogue(app=app)
    with caplog.at_level(logging.INFO):
        await dialogue.say(GET)
    assert dialogue.heard.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert dialogue.heard.endswith(b"connection: close\r\n\r\n500 Internal Server Error")
    assert dialogue.is_closed
    assert "secret" not in caplog.text


async def raising_later(scope, receive, send):
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    raise ValueError


async def cancelling_itself(scope, receive, send):
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    raise asyncio.CancelledError


@pytest.mark.parametrize("app", [raising_later, cancelling_itself])
@pytest.mark.parametrize("request_", [GET, OLD], ids=["1.1", "1.0"])
async def test_an_answer_that_breaks_off_never_ends_cleanly(app, request_, caplog):
    dialogue = Dialogue(app=app)
    with caplog.at_level(logging.CRITICAL):
        await dialogue.say(request_)
    assert dialogue.is_reset
    assert not dialogue.heard.endswith(b"0\r\n\r\n")


@pytest.mark.parametrize(
    "order",
    [["body"], ["start", "start"], ["nonsense"], ["start", "body", "body"], ["start", "body", "start"]],
    ids=" ".join,
)
async def test_an_application_that_confuses_the_order_is_told(order):
    told = []

    async def app(scope, receive, send):
        try:
            for kind in order:
                await send({"type": f"http.response.{kind}", "status": 200})
        except RuntimeError as error:
            told.append(error)

    await Dialogue(app=app).say(GET)
    assert told


async def test_an_upgrade_is_not_made_and_the_request_is_answered():
    dialogue = Dialogue()
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nHost"
    await dialogue.say(GET.replace(b"Host", upgrade))
    assert dialogue.heard.startswith(b"HTTP/1.1 200 ")
    assert b"upgrade" not in dialogue.heard


@pytest.mark.parametrize("limit", [3, 2])
async def test_a_body_is_as_long_as_the_limit_or_refused(limit):
    chunks = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    for request in (POST, chunks):
        dialogue = Dialogue(limits=Limits(max_body=limit))
        await dialogue.say(request)
        assert dialogue.heard.startswith(b"HTTP/1.1 200 " if limit == 3 else b"HTTP/1.1 413 ")
        assert dialogue.is_closed == (limit == 2)


async def test_a_refusal_after_good_requests_comes_after_their_answers():
    dialogue = Dialogue()
    await dialogue.say(GET + b"nonsense\r\n\r\n" + GET)
    assert [answer[9:12] for answer in dialogue.answers] == [b"200", b"400"]
    assert dialogue.is_closed


async def test_who_is_refused_may_still_send_for_a_while_and_is_not_reset():
    dialogue = Dialogue()
    await dialogue.say(b"nonsense\r\n", b"more" * 1000)
    lingering = [dialogue.is_lingering]
    await dialogue.wait(2.3)
    assert [*lingering, dialogue.is_lingering] == [True, False]
    assert (dialogue.is_closed, dialogue.is_reset) == (True, False)


async def test_who_is_refused_and_sends_on_and_on_is_dropped():
    dialogue = Dialogue()
    await dialogue.say(b"nonsense\r\n", *[b"x" * 65536] * 5)
    assert not dialogue.is_lingering


async def test_an_application_knows_what_it_has_kept_from_its_start():
    dialogue = Dialogue()
    dialogue.service.state["pool"] = 1
    await dialogue.say(GET, GET)
    assert [request["state"] for request in dialogue.requests] == [{"pool": 1}] * 2
    assert dialogue.requests[0]["state"] is not dialogue.requests[1]["state"]
