"""Modifiers of bodies and statuses, and answers from files.

    {"body.Modifier": {"scope": ["response"], "contentType": "application/json", "body": "eyJhIjoxfQ=="}}
"""
from __future__ import annotations

import base64
import binascii
import mimetypes
import os
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from krakpy_sdk import ConfigError, Headers, Request, Response, UpstreamError
from krakpy_sdk.martian import RequestModifier, ResponseModifier


@dataclass(frozen=True)
class Body:
    """`body.Modifier`."""

    body: str = ""
    """The body, in base64."""
    contentType: str = ""  # noqa: N815  # KrakenD writes it so
    """Its type."""

    def __post_init__(self) -> None:
        self.content()

    def content(self) -> bytes:
        """The bytes."""
        try:
            return base64.b64decode("".join(self.body.split()), validate=True)
        except binascii.Error as error:
            raise ConfigError(f"is no base64: {error}", path="body") from error


class BodyModifier:
    """Replaces the body. Of an answer that was asked for in part, that part is given."""

    Config = Body

    def __init__(self, config: Body) -> None:
        self._content, self._type = config.content(), config.contentType

    def modify_request(self, request: Request) -> Request:
        """The request with the body."""
        # NOTE: a body whose length is not announced would be sent in chunks
        headers = self._described(request.headers).add("Content-Length", str(len(self._content)))
        return request.replace(body=self._content, stream=None, headers=headers)

    def modify_response(self, request: Request, response: Response) -> Response:
        """The answer with the body, 206 with a part of it, or 416 for a range that is none (RFC 9110 §14)."""
        headers, asked = self._described(response.headers), request.headers.get("Range")
        # NOTE: of several ranges at once the whole is given, which anybody may do
        if not asked or "," in asked:
            return response.replace(body=self._content, stream=None, headers=headers)
        found = _range(asked, len(self._content))
        if found is None:
            return response.replace(status=416, body=b"", stream=None, headers=headers)
        start, end = found
        said = headers.set("Content-Range", f"bytes {start}-{end}/{len(self._content)}")
        return response.replace(status=206, body=self._content[start : end + 1], stream=None, headers=said)

    def _described(self, headers: Headers) -> Headers:
        about = ("content-encoding", "content-length", "content-type")
        kept = [pair for pair in headers.pairs if pair[0].lower() not in about]
        return Headers([*kept, ("Content-Type", self._type)])


def _range(asked: str, size: int) -> tuple[int, int] | None:
    start, dash, end = asked.lower().removeprefix("bytes=").strip().partition("-")
    if not dash or not start.strip().isdecimal() or not (end.strip() or "0").isdecimal():
        return None
    first, last = int(start), min(int(end) if end.strip() else size, size - 1)
    return (first, last) if first <= last else None


@dataclass(frozen=True)
class Status:
    """`status.Modifier`."""

    statusCode: int  # noqa: N815  # KrakenD writes it so
    """The status."""

    def __post_init__(self) -> None:
        if not 100 <= self.statusCode <= 999:
            raise ConfigError("is no status", path="statusCode")


class StatusModifier:
    """Sets the status of an answer, before anybody judges it: a 404 can become a 200."""

    Config = Status

    def __init__(self, config: Status) -> None:
        self._status = config.statusCode

    def modify_response(self, _: Request, response: Response) -> Response:
        """The answer with the status."""
        return response.replace(status=self._status)


class Unsent(dict[str, str]):
    """The parameters of a request that is not sent: a modifier has the answer."""


@dataclass(frozen=True)
class Static:
    """`static.Modifier`."""

    rootPath: str  # noqa: N815  # KrakenD writes it so
    """The folder of the files."""
    explicitPaths: Mapping[str, str] = field(default_factory=dict)  # noqa: N815  # KrakenD writes it so
    """Files for some paths: path of the URL to path in the folder."""


class StaticModifier:
    """Answers with a file, and asks no upstream (scope `request`). 404 where there is none."""

    Config = Static

    def __init__(self, config: Static) -> None:
        self._root, self._explicit = Path(config.rootPath), config.explicitPaths

    def modify_request(self, request: Request) -> Request:
        """The request, which is not sent."""
        return request.replace(params=Unsent(request.params))

    def modify_response(self, request: Request, response: Response) -> Response:
        """The answer with the file."""
        path = posixpath.normpath(unquote(urlsplit(request.url).path) or "/")
        file = self._file(self._explicit.get(path, path))
        try:
            content = file.read_bytes() if file is not None else None
        except PermissionError:
            return response.replace(status=401)
        except (FileNotFoundError, NotADirectoryError):
            content = None
        except (OSError, ValueError) as error:
            raise UpstreamError(f"the file for {path} cannot be read: {type(error).__name__}") from error
        if content is None:
            return response.replace(status=404)
        kind = mimetypes.guess_type(path if file is None else file.name)[0] or ""
        headers = response.headers.remove("Content-Length").set("Content-Type", kind)
        return response.replace(body=content, stream=None, headers=headers)

    def _file(self, path: str) -> Path | None:
        """The file that a path means; None if it lies outside of the folder."""
        # SECURITY: a parameter of the endpoint may stand in the path, and a link in the folder may lead anywhere
        if "\0" in path:
            return None
        root = os.path.realpath(self._root)
        found = os.path.realpath(os.path.join(root, path.lstrip("/")))
        return Path(found) if found.startswith(root.rstrip("/") + "/") else None


_requests: tuple[type[RequestModifier], ...] = (BodyModifier, StaticModifier)
_responses: tuple[type[ResponseModifier], ...] = (BodyModifier, StatusModifier, StaticModifier)
