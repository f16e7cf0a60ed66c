"""Bodies in any charset of the web, as text.

    decoded(b'<?xml version="1.0" encoding="ISO-8859-1"?><n>\\xe9</n>')      # '…<n>é</n>'
"""
from __future__ import annotations

import re
from types import MappingProxyType

_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF_8 = "utf-8"
_DECLARATION = re.compile(rb"""<\?xml[ \t\r\n][^>]*?encoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z0-9_.:-]+)["']""")
#: the labels that each codec of Python's reads (Encoding Standard §4.2, where ISO-8859-1 and ASCII are Windows-1252)
_LABELS = MappingProxyType({
    _UTF_8: "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8",
    "cp1252": "windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1 iso88591 iso_8859-1 latin1 l1 us-ascii ascii",
    "cp1250": "windows-1250 cp1250 x-cp1250",
    "cp1251": "windows-1251 cp1251 x-cp1251",
    "cp1253": "windows-1253 cp1253 x-cp1253",
    "cp1254": "windows-1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 iso88599 iso_8859-9 latin5 l5",
    "cp1255": "windows-1255 cp1255 x-cp1255",
    "cp1256": "windows-1256 cp1256 x-cp1256",
    "cp1257": "windows-1257 cp1257 x-cp1257",
    "cp1258": "windows-1258 cp1258 x-cp1258",
    "cp874": "windows-874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620",
    "cp866": "ibm866 cp866 866 csibm866",
    "iso8859-2": "iso-8859-2 iso8859-2 iso88592 iso_8859-2 latin2 l2",
    "iso8859-3": "iso-8859-3 iso8859-3 iso88593 iso_8859-3 latin3 l3",
    "iso8859-4": "iso-8859-4 iso8859-4 iso88594 iso_8859-4 latin4 l4",
    "iso8859-5": "iso-8859-5 iso8859-5 iso88595 iso_8859-5 cyrillic",
    "iso8859-6": "iso-8859-6 iso8859-6 iso88596 iso_8859-6 arabic",
    "iso8859-7": "iso-8859-7 iso8859-7 iso88597 iso_8859-7 greek greek8",
    "iso8859-8": "iso-8859-8 iso8859-8 iso88598 iso_8859-8 iso-8859-8-i hebrew",
    "iso8859-10": "iso-8859-10 iso8859-10 iso885910 latin6 l6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "koi8-r koi8_r koi8 koi",
    "koi8-u": "koi8-u koi8-ru",
    "mac-roman": "macintosh mac x-mac-roman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb18030": "gb18030 gbk x-gbk gb2312 gb_2312 gb_2312-80 chinese csgb2312",
    "big5hkscs": "big5 big5-hkscs cn-big5 x-x-big5",
    "euc-jp": "euc-jp x-euc-jp",
    "iso2022-jp": "iso-2022-jp csiso2022jp",
    "cp932": "shift_jis shift-jis sjis x-sjis ms_kanji ms932 windows-31j",
    "cp949": "euc-kr ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 korean windows-949",
})
# SECURITY: a closed list: Python's own names reach codecs that are no charsets (`idna`, `unicode_escape`), and the
# search for a name that does not exist is remembered for ever
_CODECS = MappingProxyType({label: codec for codec, labels in _LABELS.items() for label in labels.split()})


def decoded(body: bytes) -> str:
    """The body as text, from its first `<` on; its declaration is not to be believed any more.

    What is no character in a declared charset becomes U+FFFD. ValueError for a body without a `<`, for a charset that
    nobody knows, and for one that is UTF-8 and is not.
    """
    if body.startswith(_UTF_16_MARKS):
        return _document(body.decode("utf-16", "replace"))
    start = body.find(b"<")
    declared = _DECLARATION.match(body, start, start + 256) if start >= 0 else None
    codec = _codec(declared[1].decode()) if declared else _UTF_8
    return _document(body.decode(codec, "strict" if codec == _UTF_8 else "replace"))


def _document(text: str) -> str:
    # NOTE: whatever stands before the document is skipped, a byte order mark for one (KrakenD: the same)
    start = text.find("<")
    if start < 0:
        raise ValueError("the body is not XML: it has no element")
    return text[start:] if start else text


def _codec(label: str) -> str:
    codec = _CODECS.get(label.lower())
    if codec is None:
        raise ValueError(f"the body's charset {label[:40]!r} is not known")
    return codec
