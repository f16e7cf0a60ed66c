"""Tells what a body is by its first bytes, where its answer does not say (Go: http.DetectContentType).

    content_type(b"<!doctype html>…")    # b"text/html; charset=utf-8"
"""
from __future__ import annotations

import re

_LOOKED_AT = 512
_TEXT = b"text/plain; charset=utf-8"
#: bytes that no text has (WHATWG: MIME sniffing, binary data bytes)
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_HTML = re.compile(
    rb"[\t\n\x0c\r ]*<(?:!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P|!--)[ >]",
    re.IGNORECASE,
)
_PATTERNS = (
    (_HTML, b"text/html; charset=utf-8"),
    (re.compile(rb"[\t\n\x0c\r ]*<\?xml"), b"text/xml; charset=utf-8"),
    (re.compile(rb"RIFF.{4}WEBPVP", re.DOTALL), b"image/webp"),
    (re.compile(rb"RIFF.{4}AVI ", re.DOTALL), b"video/avi"),
    (re.compile(rb"RIFF.{4}WAVE", re.DOTALL), b"audio/wave"),
    (re.compile(rb"FORM.{4}AIFF", re.DOTALL), b"audio/aiff"),
    (re.compile(rb".{4}ftypmp4", re.DOTALL), b"video/mp4"),
)
_BEGINNINGS = (
    (b"%PDF-", b"application/pdf"),
    (b"%!PS-Adobe-", b"application/postscript"),
    (b"\xfe\xff", b"text/plain; charset=utf-16be"),
    (b"\xff\xfe", b"text/plain; charset=utf-16le"),
    (b"\xef\xbb\xbf", _TEXT),
    (b"\x00\x00\x01\x00", b"image/x-icon"),
    (b"\x00\x00\x02\x00", b"image/x-icon"),
    (b"BM", b"image/bmp"),
    (b"GIF87a", b"image/gif"),
    (b"GIF89a", b"image/gif"),
    (b"\x89PNG\r\n\x1a\n", b"image/png"),
    (b"\xff\xd8\xff", b"image/jpeg"),
    (b"ID3", b"audio/mpeg"),
    (b"OggS\x00", b"application/ogg"),
    (b"MThd\x00\x00\x00\x06", b"audio/midi"),
    (b"\x1a\x45\xdf\xa3", b"video/webm"),
    (b"\x00\x01\x00\x00", b"font/ttf"),
    (b"OTTO", b"font/otf"),
    (b"ttcf", b"font/collection"),
    (b"wOFF", b"font/woff"),
    (b"wOF2", b"font/woff2"),
    (b"\x1f\x8b\x08", b"application/x-gzip"),
    (b"PK\x03\x04", b"application/zip"),
    (b"Rar!\x1a\x07", b"application/x-rar-compressed"),
    (b"\x00asm", b"application/wasm"),
)


def content_type(body: bytes) -> bytes:
    """The value of `Content-Type` for a body that begins like this; `application/octet-stream` for what is no text."""
    head = body[:_LOOKED_AT]
    for pattern, kind in _PATTERNS:
        if pattern.match(head):
            return kind
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    return b"application/octet-stream" if _BINARY.search(head) else _TEXT
