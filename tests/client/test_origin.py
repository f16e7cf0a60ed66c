"""Origins are what they say, and nothing else is one."""
import pytest
from krakpy_sdk import UpstreamError

from krakpy.client.origin import Origin


@pytest.mark.parametrize(
    ("text", "origin", "authority"),
    [
        ("http://a.test", ("http", "a.test", 80), "a.test"),
        ("https://a.test", ("https", "a.test", 443), "a.test"),
        ("http://a.test:8080", ("http", "a.test", 8080), "a.test:8080"),
        ("http://a.test:80", ("http", "a.test", 80), "a.test"),
        ("http://a.test:", ("http", "a.test", 80), "a.test"),
        ("https://a.test:80", ("https", "a.test", 80), "a.test:80"),
        ("HTTP://A.Test", ("http", "a.test", 80), "a.test"),
        ("http://under_score", ("http", "under_score", 80), "under_score"),
        ("http://[::1]:8080", ("http", "::1", 8080), "[::1]:8080"),
        ("http://[FE80::1%25eth0]", ("http", "fe80::1%eth0", 80), "[fe80::1%eth0]"),
        ("http://bücher.test", ("http", "xn--bcher-kva.test", 80), "xn--bcher-kva.test"),
    ],
)
def test_an_origin_is_parsed_to_one_form(text, origin, authority):
    parsed = Origin.parse(text)
    assert (parsed, parsed.authority) == (origin, authority)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("a.test", id="no-scheme"),
        pytest.param("ftp://a.test", id="scheme"),
        pytest.param("file:///etc/passwd", id="C-20-file"),
        pytest.param("http://", id="no-host"),
        pytest.param("http://user@a.test", id="C-20-user"),
        pytest.param("http://user:secret@a.test", id="C-20-password"),
        pytest.param("http://a.test/", id="path"),
        pytest.param("http://a.test?x", id="query"),
        pytest.param("http://a.test:0", id="port-0"),
        pytest.param("http://a.test:65536", id="port-65536"),
        pytest.param("http://a.test:-1", id="negative-port"),
        pytest.param("http://a test", id="space"),
        pytest.param("http://a.test\r\n", id="A11-line-break"),
        pytest.param("http://a\0.test", id="NUL"),
        pytest.param("http://" + "ü" * 100, id="label-too-long"),
        pytest.param("http://[::1", id="bracket"),
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(UpstreamError):
        Origin.parse(text)
