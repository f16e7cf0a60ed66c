"""Base64 and base32, JSON, check sums, paths and addresses."""
from __future__ import annotations

import base64
import binascii
import hashlib
import posixpath
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from krakpy_templates.errors import CallError
from krakpy_templates.json_texts import marshalled, unmarshalled
from krakpy_templates.signatures import Function
from krakpy_templates.values import decoded, encoded


def _base64(value: str) -> str:
    # NOTE: Go drops line ends, and tells the reason as if it were the text
    try:
        return decoded(base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True))
    except (binascii.Error, ValueError):
        return f"illegal base64 data at input byte {_illegal(value)}"


def _illegal(value: str) -> int:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return next((index for index, character in enumerate(value) if character not in alphabet), len(value) // 4 * 4)


def _base32(value: str) -> str:
    try:
        return decoded(base64.b32decode(value.replace("\n", "").replace("\r", "")))
    except (binascii.Error, ValueError):
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
        place = next((index for index, letter in enumerate(value) if letter not in alphabet), len(value) // 8 * 8)
        return f"illegal base32 data at input byte {place}"


def _from_json(value: str) -> Any:
    try:
        return unmarshalled(value)
    except ValueError:
        return None


def _must_from_json(value: str) -> Any:
    try:
        return unmarshalled(value)
    except ValueError as error:
        raise CallError(str(error)) from error


def _to_json(value: Any) -> str:
    try:
        return marshalled(value)
    except ValueError:
        return ""


def _must(write: Callable[..., str], **options: Any) -> Callable[[Any], str]:
    def call(value: Any) -> str:
        try:
            return write(value, **options)
        except ValueError as error:
            raise CallError(str(error)) from error

    return call


def _pretty(value: Any) -> str:
    try:
        return marshalled(value, indent="  ")
    except ValueError:
        return ""


def _digest(algorithm: str) -> Function:
    return Function("string", lambda value: hashlib.new(algorithm, encoded(value)).hexdigest())


def _base(path: str) -> str:
    return "." if not path else posixpath.basename(path.rstrip("/")) or "/"


def _clean(path: str) -> str:
    cleaned = posixpath.normpath(path) if path else "."
    return "/" + cleaned.lstrip("/") if cleaned.startswith("/") else cleaned


def _ext(path: str) -> str:
    name = path.rpartition("/")[2]
    return name[name.rfind(".") :] if "." in name else ""


_PATHS: Mapping[str, Callable[[str], Any]] = {
    "base": _base,
    "dir": lambda path: _clean(path[: path.rfind("/") + 1]),
    "clean": _clean,
    "ext": _ext,
    "isAbs": lambda path: path.startswith("/"),
}

FUNCTIONS: Mapping[str, Function] = {
    "b64enc": Function("string", lambda value: base64.b64encode(encoded(value)).decode()),
    "b64dec": Function("string", _base64),
    "b32enc": Function("string", lambda value: base64.b32encode(encoded(value)).decode()),
    "b32dec": Function("string", _base32),
    "fromJson": Function("string", _from_json),
    "mustFromJson": Function("string", _must_from_json),
    "toJson": Function("any", _to_json),
    "mustToJson": Function("any", _must(marshalled)),
    "toPrettyJson": Function("any", _pretty),
    "mustToPrettyJson": Function("any", _must(marshalled, indent="  ")),
    "toRawJson": Function("any", _must(marshalled, escapes_html=False)),
    "mustToRawJson": Function("any", _must(marshalled, escapes_html=False)),
    "sha1sum": _digest("sha1"),
    "sha256sum": _digest("sha256"),
    "sha512sum": _digest("sha512"),
    "adler32sum": Function("string", lambda value: str(zlib.adler32(encoded(value)))),
    **{name: Function("string", change) for name, change in _PATHS.items()},
    **{f"os{name[0].upper()}{name[1:]}": Function("string", change) for name, change in _PATHS.items()},
}
"""By name."""
