"""Cleans paths, and refuses parameters that would mean something else to the upstream.

    clean("/a/./b//c/../d")                         # "/a/b/d"
    refusal({"id": "a%2Fb"}, b"/users/a%252Fb")     # "encoded url params"
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from krakpy.config import routes

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
#: what servers write for bytes that are no UTF-8
_REPLACED = "\ufffd"


def clean(path: str) -> str:
    """The path without empty and dot segments; a slash at its end stays (KrakenD: httprouter's CleanPath)."""
    return routes.clean(f"{path}/" if path.endswith("/.") else path)


def refusal(parameters: Mapping[str, str], raw_path: bytes, *, allows_encoded: bool = False) -> str:
    """Why a request with these decoded parameters is refused with 400, or nothing.

    SECURITY: an empty or a dot segment climbs in the upstream's path, control characters end lines, and bytes that are
    no UTF-8 are read differently by everyone. With `allows_encoded` a value may still be encoded, or hold `?` or `#`
    (KrakenD: `disable_path_decoding`).
    """
    for value in parameters.values():
        # PERF: 0.03 µs for what most parameters are
        if value.isalnum():
            continue
        if value in ("", ".", "..") or _CONTROL.search(value) or (_REPLACED in value and not _is_utf8(raw_path)):
            return "invalid url params"
        if not allows_encoded and (found := _still_encoded(value)):
            return found
    return ""


def _still_encoded(value: str) -> str:
    """What KrakenD says of a value that another decoding would change, or nothing."""
    for at in (match.start() for match in re.finditer("%", value)):
        if not _ENCODED.match(value, at):
            rest = value[at:at + 3].replace("\\", "\\\\").replace('"', '\\"')
            return f'invalid URL escape "{rest}"'
    return "encoded url params" if any(character in value for character in "%?#") else ""


def _is_utf8(raw_path: bytes) -> bool:
    try:
        unquote_to_bytes(raw_path).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"%" in raw_path or b"\xef\xbf\xbd" in raw_path
