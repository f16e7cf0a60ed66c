"""What a request costs in the pipeline alone: no sockets, an upstream that answers at once."""
from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from krakpy_sdk import Extension, Headers, Request, Response

from benchmarks.documents import LARGE, SHAPE, SMALL
from benchmarks.parts.clock import Cost, awaited_cost, cost
from krakpy import testing
from krakpy.backend.shaping import ShapedSettings, shaper
from krakpy.config.model_proxy import BackendProxy
from krakpy.encoding.json_decoder import JsonDecoder
from krakpy.encoding.json_renderer import JsonRenderer
from krakpy.encoding.opening import Decode, Opening


def _endpoint(path: str, *backends: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"endpoint": path, "backend": [{"host": ["http://upstream.test"], **own} for own in backends], **more}


CONFIG = {
    "version": 3,
    "extra_config": {"router": {"disable_access_log": True}},
    "endpoints": [
        _endpoint("/no-op", {"url_pattern": "/x"}, output_encoding="no-op"),
        _endpoint("/json/{id}", {"url_pattern": "/x/{id}"}),
        _endpoint("/merge3", *({"url_pattern": "/x", "group": group} for group in "abc")),
        _endpoint("/shape10k", {"url_pattern": "/rows", **SHAPE}),
        _endpoint(
            "/shape10k/full", {"url_pattern": "/rows", **SHAPE},
            extra_config={"plugin/req-resp-modifier": {"name": ["looking"]}},
        ),
    ],
}


class Instant(testing.Upstream):
    """Answers everything at once: a long list at `/rows`, else a small document."""

    async def __call__(self, request: Request) -> Response:
        body = LARGE["rows"] if request.path == "/rows" else SMALL
        return Response(200, headers=Headers({"Content-Type": "application/json"}), body=body)


class Looking(Extension):
    """Declares nothing, so that everything is decoded."""

    def endpoint_response(self) -> None:
        return None


async def measure() -> list[Cost]:
    """The cost of a request, falcon included, the wire on both sides left out; and of a document on its way alone."""
    async with testing.gateway(CONFIG, Instant(), hooks={"looking": Looking}) as client:
        return [
            await awaited_cost("no-op", lambda: client.get("/no-op"), what="with the client's own cost"),
            await awaited_cost("json", lambda: client.get("/json/1"), what="decoded and rendered, one parameter"),
            await awaited_cost("merge3", lambda: client.get("/merge3"), what="three backends, grouped", number=2_000),
            await awaited_cost(
                "shape10k", lambda: client.get("/shape10k"), what="14 KB: allow, mapping, group", number=2_000
            ),
            await awaited_cost(
                "shape10k, all opened", lambda: client.get("/shape10k/full"), what="a hook looks at it", number=1_000
            ),
            *(measured for name, body in LARGE.items() for measured in _of_document(name, body)),
        ]


def _of_document(name: str, body: bytes) -> list[Cost]:
    """What decoding, formatting and rendering of a large document cost, opened as deep as needed and as a whole."""
    decoder, opening = JsonDecoder(None), Opening(page=Opening(), links=Opening())
    what = f"{len(body)} B, decoded, formatted, rendered"
    return [
        cost(f"14 KB of {name}", _passage(decoder.partial(opening), body), number=1_000, what=what),
        cost(f"14 KB of {name}, all opened", _passage(decoder.decode, body), number=500, what=what),
    ]


def _passage(decode: Decode, body: bytes) -> Callable[[], Response]:
    settings = SimpleNamespace(**SHAPE, target="", proxy=BackendProxy())
    shape, renderer, request = shaper(cast(ShapedSettings, settings)), JsonRenderer(None), Request()
    return lambda: renderer.render(request, Response(data=shape(decode(body, False))))
