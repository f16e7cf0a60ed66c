"""Header fields keep the bytes of the wire, and lose what is about one connection."""
import pytest
from krakpy_sdk import Headers

from krakpy.router.headers import RawHeaders, answered, canonical

BROWSER = [(b"host", b"gw.test"), (b"cookie", b"a=1"), (b"x-r", b"1"), (b"x-r", b"2")]


def names(raw):
    return [name for name, _ in raw]


def test_received_fields_are_read_in_any_case_and_keep_their_bytes():
    headers = RawHeaders.received(BROWSER)
    assert (headers["Cookie"], headers.getall("X-R")) == ("a=1", ["1", "2"])
    assert (headers.raw, headers.last[b"x-r"]) == (BROWSER, b"2")


@pytest.mark.parametrize("change", ["set", "add"])
def test_a_changed_copy_has_the_bytes_of_the_change(change):
    headers = getattr(RawHeaders.received(BROWSER), change)("X-User", "ünï")
    assert headers.last[b"x-user"] == "ünï".encode("latin-1")
    assert headers.raw[:4] == tuple(BROWSER)


def test_a_smaller_copy_lacks_what_was_removed():
    assert b"cookie" not in RawHeaders.received(BROWSER).remove("Cookie").last


def test_fields_that_connection_names_are_gone():
    raw = [(b"connection", b"keep-alive, X-Hop,x-other"), (b"x-hop", b"1"), (b"x-other", b"2"), (b"x-kept", b"3")]
    headers = RawHeaders.received(raw)
    assert names(headers.raw) == [b"connection", b"x-kept"]
    assert "X-Hop" not in headers


def test_every_connection_field_counts():
    raw = [(b"connection", b"x-hop"), (b"x-hop", b"1"), (b"connection", b"keep-alive")]
    assert b"x-hop" not in RawHeaders.received(raw).last


def test_framing_cannot_be_taken_away():
    raw = [(b"host", b"a"), (b"content-length", b"1"), (b"connection", b"host, content-length, transfer-encoding")]
    assert names(RawHeaders.received(raw).raw) == [b"host", b"content-length", b"connection"]


@pytest.mark.parametrize("value", [b"close", b"Keep-Alive", b"keep-alive, Upgrade"])
def test_a_connection_that_names_nothing_costs_nothing(value):
    raw = [(b"connection", value), (b"x-a", b"1")]
    assert RawHeaders.received(raw).raw is raw


def test_fields_of_an_answer_follow_the_gateways_own_with_the_length_last():
    pairs = (("Content-Length", "5"), ("X-A", "1"), ("x-a", "2"))
    headers = answered(((b"x-krakend", b"v"),), pairs).headers
    assert headers.raw == ((b"x-krakend", b"v"), (b"x-a", b"1"), (b"x-a", b"2"), (b"content-length", b"5"))
    assert headers["X-Krakend"] == "v"


def test_hop_by_hop_fields_of_an_answer_never_pass():
    pairs = (
        ("Connection", "X-Own"), ("X-Own", "1"), ("Keep-Alive", "timeout=3"), ("Proxy-Authenticate", "Basic"),
        ("Trailer", "X-T"), ("Transfer-Encoding", "chunked"), ("Upgrade", "h2c"), ("X-Kept", "1"),
    )  # fmt: skip
    assert names(answered((), pairs).headers.raw) == [b"x-kept"]


@pytest.mark.parametrize(
    ("name", "says"),
    [("Content-Type", True), ("content-encoding", True), ("Content-Length", False), ("X-Content-Type", False)],
)
def test_it_is_known_whether_an_answer_says_what_its_body_is(name, says):
    assert answered((), ((name, "x"),)).says_type is says


def test_text_that_iso_8859_1_does_not_have_is_written_as_utf8():
    assert answered((), (("X-A", "Łódź"),)).headers.raw == ((b"x-a", "Łódź".encode()),)


@pytest.mark.parametrize(
    "field",
    [("X-A", "1\r\nX-B: 2"), ("X-A", "\x00"), ("X A", "1"), ("X-A:", "1"), ("", "1"), ("X-Ä", "1"), ("X-A", "a\nb")],
)
def test_a_field_that_could_end_a_line_is_refused(field):
    with pytest.raises(ValueError, match="cannot be sent"):
        answered((), (field,))


def test_equal_answers_share_their_bytes():
    pairs = Headers({"X-A": "1"}).pairs
    assert answered((), pairs).headers is answered((), tuple(pairs)).headers


@pytest.mark.parametrize(
    ("name", "spelling"), [(b"x-user-id", "X-User-Id"), (b"te", "Te"), (b"x_y", "X_y"), (b"bad name", "bad name")]
)
def test_names_have_the_usual_spelling(name, spelling):
    assert canonical(name) == spelling
