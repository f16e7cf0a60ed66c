"""What depends on the machine or on chance: the environment, names of hosts, random texts."""
from __future__ import annotations

import base64
import re
import secrets
import socket
import string
import uuid
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

from krakpy_templates.errors import CallError
from krakpy_templates.functions.mathematics import MOST
from krakpy_templates.signatures import Function
from krakpy_templates.values import type_name

_REFERENCE = re.compile(r"\$(?:\{([^}]*)\}|(\w+|[*#$@!?-]))")
_NO_URL = re.compile(r"%(?![0-9A-Fa-f]{2})|[\x00-\x1f\x7f]")
_IN_FRAGMENT = "/$&+,:;=?@!'()*~"
_ASCII = "".join(chr(code) for code in range(32, 127))


def environment(environ: Mapping[str, str]) -> dict[str, Function]:
    """`env` and `expandenv`, over the variables that are given."""

    def expanded(text: str) -> str:
        return _REFERENCE.sub(lambda match: environ.get(match[1] if match[1] is not None else match[2], ""), text)

    return {
        "env": Function("string", lambda name: environ.get(name, "")),
        "expandenv": Function("string", expanded),
    }


def _random(alphabet: str) -> Function:
    def call(count: int) -> str:
        if not 0 <= count <= MOST:
            raise CallError(f"{count} characters cannot be had")
        return "".join(secrets.choice(alphabet) for _ in range(count))

    return Function("int", call)


def _random_bytes(count: int) -> str:
    if not 0 <= count <= MOST:
        raise CallError(f"{count} bytes cannot be had")
    return base64.b64encode(secrets.token_bytes(count)).decode()


def _random_int(least: int, end: int) -> int:
    if end <= least:
        raise CallError("invalid argument to Intn")
    return least + secrets.randbelow(end - least)


def _shuffled(text: str) -> str:
    characters = list(text)
    secrets.SystemRandom().shuffle(characters)
    return "".join(characters)


def _address(name: str) -> str:
    try:
        return str(socket.getaddrinfo(name, None)[0][4][0])
    except OSError as error:
        raise CallError(f"the host {name!r} is not known: {error.strerror}") from error


def _url_parts(text: str) -> dict[str, str]:
    if _NO_URL.search(text.partition("?")[0] + "#" + text.partition("#")[2]):
        raise CallError(f"unable to parse url: {text!r} has a control character or a broken escape")
    try:
        parts = urlsplit(text)
        hostname = parts.hostname or ""
    except ValueError as error:
        raise CallError(f"unable to parse url: {error}") from error
    userinfo, at, host = parts.netloc.rpartition("@")
    is_opaque = bool(parts.scheme) and not parts.netloc and not parts.path.startswith("/")
    return {
        "scheme": parts.scheme, "host": host, "hostname": hostname, "userinfo": userinfo if at else "",
        "path": "" if is_opaque else unquote(parts.path), "opaque": parts.path if is_opaque else "",
        "query": parts.query, "fragment": unquote(parts.fragment),
    }


def _url_joined(parts: dict[str, object]) -> str:
    texts = {}
    for key in ("scheme", "host", "path", "query", "opaque", "fragment", "userinfo"):
        value = parts.get(key, "")
        if not isinstance(value, str):
            raise CallError(f"unable to parse {key} key, must be of type string, but {type_name(value)} found")
        texts[key] = value
    return _url(texts)


def _url(texts: Mapping[str, str]) -> str:
    url = f"{texts['scheme']}:" if texts["scheme"] else ""
    if texts["opaque"]:
        url += texts["opaque"]
    else:
        userinfo = f"{texts['userinfo']}@" if texts["userinfo"] else ""
        authority = userinfo + texts["host"]
        slash = "/" if texts["path"] and not texts["path"].startswith("/") and texts["host"] else ""
        url += (f"//{authority}" if authority or texts["scheme"] else "") + slash
        url += quote(texts["path"], safe="/$&+,:;=@!'()*~")
    url += f"?{texts['query']}" if texts["query"] else ""
    return f"{url}#{quote(texts['fragment'], safe=_IN_FRAGMENT)}" if texts["fragment"] else url


FUNCTIONS: Mapping[str, Function] = {
    "getHostByName": Function("string", _address),
    "randAlphaNum": _random(string.ascii_letters + string.digits),
    "randAlpha": _random(string.ascii_letters),
    "randNumeric": _random(string.digits),
    "randAscii": _random(_ASCII),
    "randBytes": Function("int", _random_bytes),
    "randInt": Function("int int", _random_int),
    "shuffle": Function("string", _shuffled),
    "uuidv4": Function("", lambda: str(uuid.uuid4())),
    "urlParse": Function("string", _url_parts),
    "urlJoin": Function("map", _url_joined),
}
"""By name."""
