"""Plain text (`string`): a body is the `content` of a document, and the other way round.

    TextDecoder(None).decode(b"pong", False)                                  # {"content": "pong"}
    TextRenderer(None).render(request, Response(data={"content": "pong"})).body      # b"pong"
"""
from __future__ import annotations

from krakpy_sdk import Decoder, Renderer, Request, Response

from krakpy.encoding.content import Content

_TEXT = Content("text/plain; charset=utf-8")


class TextDecoder:
    """Gives `{"content": body}`, whatever the body is (KrakenD: encoding `string`)."""

    def __init__(self, config: object) -> None:
        pass

    def decode(self, body: bytes, is_collection: bool) -> dict[str, str]:  # noqa: ARG002  text is never a collection
        """The document with the body as `content`."""
        # NOTE: bytes that are no UTF-8 are kept, so that `string` in and out changes nothing; JSON makes U+FFFD of them
        return {"content": body.decode("utf-8", "surrogateescape")}


class TextRenderer:
    """Writes `content` if it is a string, else nothing (KrakenD: output encoding `string`)."""

    paths = ("content",)

    def __init__(self, config: object) -> None:
        pass

    def render(self, request: Request, response: Response) -> Response:  # noqa: ARG002  text whatever is accepted
        """The response with its `content` as body."""
        content = (response.data or {}).get("content")
        return _TEXT.of(response, _bytes(content) if isinstance(content, str) else b"")


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


_guard: type[Decoder] = TextDecoder
_renderer_guard: type[Renderer] = TextRenderer
