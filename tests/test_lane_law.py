"""Whatever clients and upstreams say: a lane, the way without a task, and ASGI ask and answer the same bytes."""
import gzip
from collections import defaultdict

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.origins import BREAK, END, ok
from tests.ways import ASGI, DIRECT, LANE, endpoint, get, outcomes, prepared

VALUES = st.one_of(
    st.sampled_from(["1", "a, b", "gzip", "bytes=0-4", "0", "é", "5.5.5.5", "6.6.6.6, 5.5.5.5", "text/plain"]),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=12).filter(
        lambda text: all(char.isprintable() for char in text)
    ),
)
NAMES = st.sampled_from([
    "X-One", "x-one", "X-ONE", "X-Two", "Accept", "Accept-Encoding", "Range", "User-Agent", "Cookie", "Authorization",
    "Content-Type", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Via", "X-Forwarded-Proto", "Forwarded", "Te",
    "Upgrade", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "Trailer", "X-Real-Ip", "If-None-Match",
])  # fmt: skip
OWN = st.sampled_from([
    "Connection: x-one", "connection: keep-alive, X-Two", "Connection: close", "Connection: keep-alive",
    "Content-Length: 0", "Content-Length: 00", "Connection: te, content-length",
])  # fmt: skip
FIELDS = st.lists(st.one_of(st.tuples(NAMES, VALUES).map(": ".join), OWN), max_size=7)
SEGMENTS = st.sampled_from(["7", "Ada", "a-b", "a%20b", "%C3%A9", "..", ".", "%2e%2E", "a.b", "%2f", "~", "", "x%0ay"])
TARGETS = st.one_of(
    st.sampled_from(["/a", "/a?page=2", "/a?page=2&x=%zz;", "/a?", "/b", "/A", "/a/", "//a"]),
    SEGMENTS.map("/users/{}".format),
    st.tuples(SEGMENTS, SEGMENTS).map(lambda pair: "/users/{}/orders/{}".format(*pair)),
)
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]


@st.composite
def requests(draw):
    target, fields = draw(TARGETS), draw(FIELDS)
    method = draw(st.sampled_from(["GET", "GET", "GET", *METHODS]))
    version = draw(st.sampled_from(["1.1", "1.1", "1.1", "1.0"]))
    if method in ("POST", "PUT") and draw(st.booleans()) and not any("ontent-" in field for field in fields):
        return get(target, *fields, "Content-Length: 5", method=method, version=version) + b"hello"
    return get(target, *fields, method=method, version=version, host=draw(st.sampled_from(["gw.test", "x:8080"])))


@st.composite
def backends(draw, is_no_op, path):
    holes = [part for part in path.split("/") if part.startswith("{")]
    pattern = draw(st.sampled_from(["/up", "/up?own=1", "/up/é", *[f"/up/{hole}" for hole in holes]]))
    backend = {
        "url_pattern": pattern + (f"?last={holes[-1]}" if holes and "?" not in pattern and draw(st.booleans()) else ""),
        "host": draw(st.sampled_from([["http://a.test"], ["http://a.test", "http://b.test:81"], ["http://c.test/v1"]])),
        "disable_host_sanitize": True,
        "method": draw(st.sampled_from(["GET", "GET", "POST", "HEAD", "DELETE"])),
    }
    if is_no_op:
        return backend | {"encoding": "no-op"}
    shapes = [{}, {"group": "g"}, {"allow": ["a", "b.c"]}, {"mapping": {"a": "z"}}, {"is_collection": True}]
    rules = [{}, {}, {"return_error_code": True}, {"return_error_details": "up"}]
    own = {"encoding": draw(st.sampled_from(["json", "json", "safejson", "string", "no-op"]))}
    own["extra_config"] = {"backend/http": draw(st.sampled_from(rules))}
    return backend | own | draw(st.sampled_from(shapes))


@st.composite
def configurations(draw):
    listed = draw(st.sampled_from([[], ["X-One"], ["x-two", "User-Agent", "Range"], ["*"], ["Accept-Encoding", "A"]]))
    is_no_op = draw(st.booleans())
    own = {"input_headers": listed, "input_query_strings": draw(st.sampled_from([[], ["page"], ["*"]]))}
    own["output_encoding"] = "no-op" if is_no_op else "json"
    endpoints = []
    for path in ("/a", "/users/{id}", "/users/{id}/orders/{order}"):
        method = draw(st.sampled_from(["GET", "GET", "POST"]))
        size = 1 if is_no_op or method != "GET" else draw(st.integers(1, 3))
        made = [draw(backends(is_no_op, path)) for _ in range(size)]
        endpoints.append(endpoint(path, *made, method=method, **own))
    router = draw(st.sampled_from([
        {}, {"return_error_msg": True}, {"hide_version_header": True}, {"remove_extra_slash": True},
        {"forwarded_by_client_ip": True, "trusted_proxies": ["192.0.2.0/24", "5.5.5.5"]},
    ]))  # fmt: skip
    return {"endpoints": endpoints, "extra_config": {"router": router}}


DOCUMENT = b'{"a": 1.10, "b": [{"c": "<x>"}], "n": null, "big": 12345678901234567890}'
BODIES = st.sampled_from([
    DOCUMENT, b"{}", b"[1, 2]", b"null", b"", b"{", b"\xff", b'"text"', b"{%b}" % (b'"k":"' + b"x" * 700 + b'"'),
    gzip.compress(DOCUMENT, mtime=0), gzip.compress(DOCUMENT, mtime=0)[:-3],
])  # fmt: skip
ANSWER_FIELDS = st.lists(
    st.sampled_from([
        b"Content-Type: application/json", b"Content-Type: text/html", b"Set-Cookie: a=1", b"Set-Cookie: b=2",
        b"X-Up: \xe9", b"Connection: close", b"Connection: X-Up", b"Keep-Alive: 5", b"Location: /z", b"Location: /up",
        b"Location: http://evil.test/z", b"Content-Encoding: gzip", b"Date: yesterday", b"Content-Length: 3",
        b"Transfer-Encoding: gzip", b"Bad Name: 1", b"ETag: \"1\"", b"Server: up",
    ]),
    max_size=4,
)  # fmt: skip
STATUSES = st.sampled_from([
    b"200 OK", b"200 OK", b"200 OK", b"201 Created", b"204 No Content", b"206 Partial", b"301 Moved", b"302 Found",
    b"304 Not Modified", b"307 Same", b"400 Bad", b"404 Not Found", b"418 Teapot", b"500 Oops", b"503 Busy", b"999 X",
])  # fmt: skip


@st.composite
def answers(draw):
    """The pieces of an answer; it may stop anywhere, and be never there at all."""
    fields, body, framing = draw(ANSWER_FIELDS), draw(BODIES), draw(st.sampled_from("llllccuw"))
    if framing == "l":
        fields = [*fields, b"Content-Length: %d" % len(body)]
    elif framing == "w":
        fields = [*fields, b"Content-Length: %d" % (len(body) + draw(st.sampled_from([-1, 1, 7])))]
    elif framing == "c":
        fields, body = [*fields, b"Transfer-Encoding: chunked"], _chunked(body)
    interim = b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Hints\r\nA: 1\r\n\r\n"
    before = draw(st.sampled_from([b"", b"", b"", *interim]))
    data = before + b"\r\n".join((b"HTTP/1.1 " + draw(STATUSES), *fields, b"", body))
    cuts = sorted(draw(st.lists(st.integers(0, len(data)), max_size=3)))
    pieces = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True) if end > start]
    stops = draw(st.sampled_from([None, None, None, None, 1, 2]))
    last = draw(st.sampled_from([[END], [BREAK], []]))
    return pieces[:stops] + (last if stops or framing in "uw" else [])


def _chunked(body):
    half = len(body) // 2
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:half], body[half:]) if part) + b"0\r\n\r\n"


def playing(scripts):
    """What makes an upstream: each path's requests get these answers in turn."""

    def made():
        counts: dict[bytes, int] = defaultdict(int)

        def answer(request):
            path = request.split(b" ")[1]
            if path == b"/z":
                return [ok(b'{"a": "z"}')]
            counts[path] += 1
            return scripts[(counts[path] - 1) % len(scripts)]

        return answer

    return made


def agree(prepared, asked, scripts):
    """Every way has the same outcome, for the client, the upstreams and the log."""
    # NOTE: of two requests at once, the second may be sent before or after it is noticed that the upstream has hung up
    assume(len(asked) == 1 or not any(END in script[1:] for script in scripts))
    by_lane, direct, by_asgi = outcomes(prepared, playing(scripts), *asked, seconds=2.5, ways=(LANE, DIRECT, ASGI))
    assert by_lane == direct
    assert direct == by_asgi


PLAIN = prepared(
    endpoint("/a", input_headers=["*"]),
    endpoint("/users/{id}", {"url_pattern": "/up/{id}", "host": ["http://a.test", "http://b.test"]}),
)


@pytest.mark.parametrize("examples", [150, pytest.param(1500, marks=pytest.mark.slow)])
def test_the_upstreams_are_asked_the_same_whatever_a_client_says(examples):
    @settings(max_examples=examples, deadline=None, database=None)
    @given(st.lists(requests(), min_size=1, max_size=4), st.booleans())
    def law(asked, is_pipelined):
        agree(PLAIN, [b"".join(asked)] if is_pipelined else asked, [[ok(DOCUMENT)]])

    law()


@pytest.mark.parametrize("examples", [150, pytest.param(1500, marks=pytest.mark.slow)])
def test_clients_are_answered_the_same_whatever_an_upstream_says(examples):
    kinds = {
        "no-op": prepared(endpoint("/a", {"encoding": "no-op"}, output_encoding="no-op")),
        "json": prepared(endpoint("/a", {"deny": ["n"]}), extra_config={"router": {"return_error_msg": True}}),
        "merge": prepared(endpoint("/a", {}, {"url_pattern": "/two", "group": "two"})),
    }

    @settings(max_examples=examples, deadline=None, database=None)
    @given(st.sampled_from(sorted(kinds)), st.lists(answers(), min_size=1, max_size=3), st.integers(1, 3))
    def law(kind, scripts, count):
        agree(kinds[kind], [get("/a")] * count, scripts)

    law()


@pytest.mark.parametrize("examples", [150, pytest.param(1500, marks=pytest.mark.slow)])
def test_every_configuration_is_served_the_same(examples):
    @settings(max_examples=examples, deadline=None, database=None)
    @given(configurations(), st.lists(requests(), min_size=1, max_size=3), st.lists(answers(), min_size=1, max_size=3))
    def law(configured, asked, scripts):
        agree(prepared(**configured), asked, scripts)

    law()
