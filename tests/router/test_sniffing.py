"""A body that nobody says anything about is told by its first bytes, as Go tells it."""
import pytest

from krakpy.router.sniffing import content_type


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"x", "text/plain; charset=utf-8"),
        ("über".encode(), "text/plain; charset=utf-8"),
        (b'{"a": 1}', "text/plain; charset=utf-8"),
        (b"\xef\xbb\xbfx", "text/plain; charset=utf-8"),
        (b"\xfe\xffx", "text/plain; charset=utf-16be"),
        (b"  \n<!doctype HTML><p>", "text/html; charset=utf-8"),
        (b"<b>x", "text/html; charset=utf-8"),
        (b"<!-- x", "text/html; charset=utf-8"),
        (b"<bold>x", "text/plain; charset=utf-8"),
        (b"\t<?xml version", "text/xml; charset=utf-8"),
        (b"\x89PNG\r\n\x1a\nx", "image/png"),
        (b"RIFF\x00\n\x00\x00WEBPVP8", "image/webp"),
        (b"%PDF-1.7", "application/pdf"),
        (b"\x1f\x8b\x08x", "application/x-gzip"),
        (b"PK\x03\x04x", "application/zip"),
        (b"\x00\x01\x02\xff", "application/octet-stream"),
        (b"text\x00", "application/octet-stream"),
        (b"x" * 512 + b"\x00", "text/plain; charset=utf-8"),
    ],
    ids=str,
)
def test_the_first_bytes_tell_what_a_body_is(body, kind):
    assert content_type(body).decode() == kind
