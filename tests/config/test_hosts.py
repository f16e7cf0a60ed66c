"""Hosts are cleaned by KrakenD's pattern, its oddities included."""

import pytest

from krakpy.config.hosts import sanitise


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("example.com", "http://example.com"),
        ("http://example.com/", "http://example.com"),
        ("http://example.com//", "http://example.com"),
        ("https://example.com:8443", "https://example.com:8443"),
        ("example.com:8080/", "http://example.com:8080"),
        ("my_host", "http://my_host"),
        ("!x", "http://x"),
    ],
)
def test_a_host_gets_a_scheme_and_loses_its_slash(written, host):
    assert sanitise(written) == host


@pytest.mark.parametrize("written", ["http://a/b", "amqp://u:p@h:5672/", "http://[::1]:80", "h:1", "", "ftp://h"])
def test_what_is_more_or_less_than_a_host_is_refused(written):
    with pytest.raises(ValueError, match="is not a host"):
        sanitise(written)
