"""Heads of requests say what the Request says, and no value breaks out of its place."""
import pytest
from hypothesis import given
from hypothesis import strategies as st
from krakpy_sdk import Headers, Request, UpstreamError

from krakpy.client.request_head import HeadWriter, asks_for_gzip, canonical, safe_target


def written(*pairs, method="GET", target="/a", framing="", gzip=False, alive=True):
    writer = HeadWriter(asks_for_gzip=gzip, keeps_alive=alive)
    pairs = pairs or (("User-Agent", "me"),)
    return writer.write(Request(method, headers=Headers(pairs)), target, "h:1", framing).decode("latin-1")


def fields(*pairs, **options):
    return written(*pairs, **options).split("\r\n")[2:-2]


def test_a_head_begins_with_the_request_line_and_the_host():
    assert written() == "GET /a HTTP/1.1\r\nHost: h:1\r\nUser-Agent: me\r\n\r\n"


def test_fields_keep_their_order_values_and_repeats_and_have_canonical_names():
    pairs = (("x-b", "1 2"), ("User-Agent", "me"), ("X-A", ""), ("X-B", "\t3:"))
    assert fields(*pairs) == ["X-B: 1 2", "User-Agent: me", "X-A: ", "X-B: \t3:"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("x-user-id", "X-User-Id"), ("ETAG", "Etag"), ("a--b", "A--B"), ("x_y", "X_y"), ("3d-x", "3d-X")],
)
def test_names_are_canonical_as_go_has_them(name, expected):
    assert canonical(name) == expected


@pytest.mark.parametrize(
    "name",
    ["Connection", "content-length", "Expect", "HOST", "Keep-Alive", "Proxy-Connection", "TE", "Trailer",
     "Transfer-Encoding", "Upgrade", "HTTP2-Settings"],
)  # fmt: skip
def test_what_belongs_to_the_connection_is_not_passed_on(name):
    assert fields((name, "x"), ("User-Agent", "me")) == ["User-Agent: me"]


def test_without_a_user_agent_gos_own_is_sent():
    assert fields(("A", "b")) == ["A: b", "User-Agent: Go-http-client/1.1"]


def test_a_value_that_looks_like_a_field_is_none():
    assert fields(("A", "User-Agent: x")) == ["A: User-Agent: x", "User-Agent: Go-http-client/1.1"]


@pytest.mark.parametrize(
    ("method", "pairs", "asks"),
    [
        ("GET", (), True),
        ("POST", (("A", "b"),), True),
        ("HEAD", (), False),
        ("GET", (("accept-encoding", "br"),), False),
        ("GET", (("range", "bytes=0-9"),), False),
    ],
)
def test_gzip_is_asked_for_unless_the_client_has_a_say(method, pairs, asks):
    pairs = (*pairs, ("User-Agent", "me"))
    assert ("Accept-Encoding: gzip" in fields(*pairs, method=method, gzip=True)) is asks
    assert asks_for_gzip(Request(method, headers=Headers(pairs))) is asks


def test_gzip_is_not_asked_for_with_disable_compression():
    assert fields(gzip=False) == ["User-Agent: me"]


def test_without_keep_alive_the_backend_is_told():
    assert fields(alive=False) == ["User-Agent: me", "Connection: close"]


def test_the_framing_field_is_written():
    assert fields(framing="\r\nContent-Length: 0") == ["User-Agent: me", "Content-Length: 0"]


@pytest.mark.parametrize("value", ["a\r\nB: c", "a\rb", "a\nb", "\r\n", "a\0b", "a\x1fb", "a\x7fb", "\x0b"])
def test_a11_control_characters_in_values_are_refused(value):
    with pytest.raises(UpstreamError, match="control character"):
        written(("A", value))


@pytest.mark.parametrize("name", ["", "A B", "A:", "A\r\nB", "Ä", "A\0", "A "])
def test_a11_names_that_are_no_tokens_are_refused(name):
    with pytest.raises(UpstreamError, match="is no name"):
        written((name, "x"))


@pytest.mark.parametrize("method", ["", "GET /x", "GET\r\n", "GÉT"])
def test_a11_methods_that_are_no_tokens_are_refused(method):
    with pytest.raises(UpstreamError, match="is no method"):
        written(method=method)


def test_methods_of_any_token_are_written():
    assert written(method="PURGE").startswith("PURGE /a HTTP/1.1\r\n")


def test_bytes_that_came_off_a_wire_go_out_as_they_were_and_other_text_as_utf_8():
    assert fields(("A", "\xe9"), ("B", "ł")) == ["A: \xe9", "B: \xc5\x82", "User-Agent: Go-http-client/1.1"]


@given(st.lists(st.tuples(st.from_regex(r"[a-zA-Z-]{1,9}", fullmatch=True), st.text(max_size=20)), max_size=5))
def test_a06_whatever_is_written_has_as_many_lines_as_fields(pairs):
    writer = HeadWriter(asks_for_gzip=False, keeps_alive=True)
    pairs = [(f"X-{name}", value) for name, value in pairs] + [("User-Agent", "me")]
    try:
        head = writer.write(Request(headers=Headers(pairs)), "/", "h", "")
    except UpstreamError:
        return
    lines = head.split(b"\r\n")
    assert len(lines) == len(pairs) + 4
    assert b"\r" not in b"".join(lines)
    assert b"\n" not in b"".join(lines)


def test_the_memory_of_names_is_bounded():
    writer = HeadWriter(asks_for_gzip=False, keeps_alive=True)
    for number in range(3000):
        writer.write(Request(headers=Headers(((f"X-{number}", "1"),))), "/", "h", "")
    assert len(writer._names) <= 1024


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/", "/"),
        ("", "/"),
        ("?a=b", "/?a=b"),
        ("/a?b=c&d=e+f", "/a?b=c&d=e+f"),
        ("/x/map[k:1]", "/x/map[k:1]"),
        ("/x y/map[k:1]!", "/x%20y/map%5Bk:1%5D%21"),
        ("/a%2Fb", "/a%2Fb"),
        ("/a%2Fb c", "/a%2Fb%20c"),
        ("/é", "/%C3%A9"),
        ("/\udcff", "/%FF"),
        ("/a?q=é x", "/a?q=%C3%A9%20x"),
        ("/a?q={{.X}}", "/a?q={{.X}}"),
        ("/{{.JWT.foo}}", "/%7B%7B.JWT.foo%7D%7D"),
        ("/a?q=%zz", "/a?q=%zz"),
        ("/a#b", "/a"),
        ("/a?b#c", "/a?b"),
        ("/a?b?c", "/a?b?c"),
        ("/a;b=c,d:e@f$g&h+i=j*k'l(m)n~", "/a;b=c,d:e@f$g&h+i=j*k'l(m)n~"),
        ('/"<>\\^`|', "/%22%3C%3E%5C%5E%60%7C"),
    ],
)
def test_targets_are_encoded_as_go_does(target, expected):
    assert safe_target(target) == expected


@pytest.mark.parametrize("target", ["/a\r\nB: c", "/a\nb", "/\0", "/\x7f", "/a?b\r\n", "/a\t"])
def test_a11_control_characters_in_targets_are_refused(target):
    with pytest.raises(UpstreamError, match="control character"):
        safe_target(target)


@pytest.mark.parametrize("target", ["/%", "/%z", "/%zz", "/a%2"])
def test_broken_escapes_in_paths_are_refused(target):
    with pytest.raises(UpstreamError, match="invalid escape"):
        safe_target(target)


@given(st.text(max_size=30))
def test_a06_whatever_the_target_it_is_one_word_of_ascii(text):
    try:
        target = safe_target("/" + text)
    except UpstreamError:
        return
    assert target.isascii()
    assert target.isprintable()
    assert " " not in target
    assert "#" not in target
