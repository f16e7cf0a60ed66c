"""A head says one thing to every reader, or it is refused. The corpora have the cases; here are the parts."""
import httptools
import pytest

from krakpy.server.head import CHUNKED, ORDINARY_LINE, Fields, Head, options, read, read_fields, read_line
from krakpy.server.refusals import Refusal


def head(*lines: bytes, line=b"GET / HTTP/1.1", host=b"Host: x") -> bytes:
    return b"\r\n".join([line, *([host] if host is not None else []), *lines, b"", b""])


def good(*lines: bytes) -> Fields:
    """The fields of a head that may be served."""
    found = read(head(*lines))
    assert isinstance(found, Head)
    return found.fields


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"GET / HTTP/1.1", (b"GET", b"/", b"", 1, None)),
        (b"get /a?b=c&d HTTP/1.0", (b"get", b"/a", b"b=c&d", 0, None)),
        (b"GET /a?b?c HTTP/1.1", (b"GET", b"/a", b"b?c", 1, None)),
        (b"GET /a? HTTP/1.1", (b"GET", b"/a", b"", 1, None)),
        (b"GET //a#b HTTP/1.1", (b"GET", b"//a#b", b"", 1, None)),
        (b"OPTIONS * HTTP/1.1", (b"OPTIONS", b"*", b"", 1, None)),
        (b"GET http://x HTTP/1.1", (b"GET", b"/", b"", 1, b"x")),
        (b"GET HTTPS://x:1?b HTTP/1.1", (b"GET", b"/", b"b", 1, b"x:1")),
        (b"GET http://x/a?b HTTP/1.1", (b"GET", b"/a", b"b", 1, b"x")),
    ],
)
def test_a_request_line_has_a_method_a_target_and_a_version(line, found):
    assert read_line(line) == found


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        (b"GET / HTTP/2.0", Refusal.VERSION),
        (b"PRI * HTTP/2.0", Refusal.VERSION),
        (b"GET / HTTP/1.2", Refusal.VERSION),
        (b"GET / HTTP/0.9", Refusal.VERSION),
        (b"CONNECT x:1 HTTP/1.1", Refusal.METHOD),
        (b"CONNECT / HTTP/1.1", Refusal.METHOD),
        (b"GET / HTTP/1.10", Refusal.BAD),
        (b"GET / http/1.1", Refusal.BAD),
        (b"GET  / HTTP/1.1", Refusal.BAD),
        (b"GET /\tHTTP/1.1", Refusal.BAD),
        (b"GET / HTTP/1.1 ", Refusal.BAD),
        (b" GET / HTTP/1.1", Refusal.BAD),
        (b"G(T / HTTP/1.1", Refusal.BAD),
        (b"GET a HTTP/1.1", Refusal.BAD),
        (b"GET * HTTP/1.1", Refusal.BAD),
        (b"GET /\x7f HTTP/1.1", Refusal.BAD),
        (b"GET /\xc3\xa4 HTTP/1.1", Refusal.BAD),
        (b"GET /?a#b HTTP/1.1", Refusal.BAD),
        (b"GET ftp://x/ HTTP/1.1", Refusal.BAD),
        (b"GET /", Refusal.BAD),
        (b"", Refusal.BAD),
    ],
)
def test_what_is_no_request_line_is_refused(line, refusal):
    assert read_line(line) is refusal


@pytest.mark.parametrize(
    "host",
    [
        b"", b"x", b"x:80", b"x:", b"x.y-z_1~", b"127.0.0.1:65535", b"[::1]", b"[2001:db8::1]:8080",
        b"[::ffff:1.2.3.4]", b"a!$&'()*+;=b",
    ],
)  # fmt: skip
def test_a_host_is_a_name_or_an_address_with_or_without_a_port(host):
    assert isinstance(read(head(host=b"Host: " + host)), Head)


@pytest.mark.parametrize(
    "host",
    [
        b"a b", b"a@b", b"a/b", b"a?b", b"a#b", b"a,b", b"a\\b", b"a:b", b"a:65536", b"a:-1", b"a:1:2", b":80", b"[::1",
        b"::1", b"[::1]x", b"[::g]", b"[1.2.3.4]", b"[fe80::1%25eth0]", b"[v1.a]", b"\xc3\xa4", b"a%00", b'"a"', b"<a>",
    ],
)  # fmt: skip
def test_what_is_no_host_is_refused(host):
    assert read(head(host=b"Host: " + host)) is Refusal.BAD
    assert read(head(line=b"GET http://%b/ HTTP/1.1" % host, host=b"Host: " + host)) is Refusal.BAD


def test_http_1_1_needs_a_host_and_http_1_0_does_not():
    assert read(head(host=None)) is Refusal.NO_HOST
    assert isinstance(read(head(host=None, line=b"GET / HTTP/1.0")), Head)


@pytest.mark.parametrize(
    ("authority", "host", "is_same"),
    [(b"x", b"x", True), (b"X:80", b"x:80", True), (b"x", b"x:80", False), (b"x", b"y", False), (b"x", b"", False)],
)
def test_an_absolute_target_names_the_same_host(authority, host, is_same):
    found = read(head(line=b"GET http://%b/ HTTP/1.1" % authority, host=b"Host: " + host))
    assert isinstance(found, Head) is is_same


@pytest.mark.parametrize(
    ("fields", "length"),
    [
        ((), 0),
        ((b"Content-Length: 0",), 0),
        ((b"Content-Length:  7 ",), 7),
        ((b"Content-Length: 007",), 7),
        ((b"transfer-encoding: CHUNKED",), CHUNKED),
    ],
)
def test_the_length_of_a_body_is_what_the_fields_say(fields, length):
    assert good(*fields).length == length


@pytest.mark.parametrize("name", [b"X_Forwarded_For", b"x_forwarded-for", b"X-Real_IP", b"Content_Length", b"X_User"])
def test_another_spelling_of_a_field_that_is_not_the_clients_is_refused(name):
    assert read(head(name + b": 1")) is Refusal.BAD


def test_other_fields_may_have_underscores():
    assert isinstance(read(head(b"api_key: a_b")), Head)


@pytest.mark.parametrize(
    "named", [b"X-Forwarded-For", b"close, Authorization", b"Host", b"x-user", b"Content-Length", b"Cookie"]
)
def test_a_field_that_is_not_the_clients_cannot_be_taken_away(named):
    assert read(head(b"Connection: " + named)) is Refusal.BAD
    assert read(head(b"Connection: x", b"Connection: " + named)) is Refusal.BAD


@pytest.mark.parametrize(
    ("values", "closes", "keeps"),
    [
        ((b"close",), True, False), ((b"Keep-Alive",), False, True), ((b"x,CLOSE",), True, False),
        ((b"x", b" close "), True, False), ((b"keep-alive", b"close"), True, True),
        ((b"close", b"keep-alive"), True, True), ((b"closed",), False, False),
    ],
)  # fmt: skip
def test_connection_is_a_list_of_words(values, closes, keeps):
    fields = good(*(b"Connection: " + value for value in values))
    assert (fields.closes, fields.keeps) == (closes, keeps)


def test_a_client_may_expect_to_be_told_to_continue_and_nothing_else():
    assert good(b"Expect: 100-Continue", b"Content-Length: 1").expects
    assert not good(b"Expect: 100-continue").expects
    assert read(head(b"Expect: 200-ok")) is Refusal.EXPECTATION
    assert read(head(b"Expect:")) is Refusal.EXPECTATION


def test_words_of_a_list_are_without_case_and_blanks():
    assert options([b" A , b", b"c"]) == {b"a", b"b", b"c"}


def test_a_block_that_does_not_end_is_none():
    assert read_fields(b"Host: x\r\n") is Refusal.BAD


@pytest.mark.parametrize(
    "sent",
    [
        head(), head(b"A:b", b"C: \td\t ", b"E:"), head(b"x-\xe4: 1".replace(b"\xe4", b"a"), b"y: \xe4\xff"),
        head(b"A: 1", b"A: 2", line=b"PURGE /a/b?c=d HTTP/1.0"),
    ],
)  # fmt: skip
def test_what_is_read_is_what_another_parser_reads(sent):
    class Seen:
        def __init__(self) -> None:
            self.url = b""
            self.headers: list[tuple[bytes, bytes]] = []

        def on_url(self, url):
            self.url += url

        def on_header(self, name, value):
            self.headers.append((name.lower(), value))

    seen = Seen()
    parser = httptools.HttpRequestParser(seen)
    parser.feed_data(sent)
    found = read(sent)
    assert isinstance(found, Head)
    assert found.fields.headers == [(name, value.strip(b"\t ")) for name, value in seen.headers]
    assert found.line.method == parser.get_method()
    assert found.line.path + (b"?" + found.line.query if found.line.query else b"") == seen.url


@pytest.mark.parametrize("line", [b"GET /a?b HTTP/1.1", b"post /%20 HTTP/1.0", b"OPTIONS /* HTTP/1.1"])
def test_the_shortcut_for_ordinary_lines_reads_them_the_same_way(line):
    found = ORDINARY_LINE.match(line + b"\r\n")
    assert found is not None
    assert read_line(line) == (found[1], found[2], found[3] or b"", int(found[4]), None)
