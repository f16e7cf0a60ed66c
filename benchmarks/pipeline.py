"""What a request costs in the pipeline alone: no sockets, an upstream that answers at once."""
from __future__ import annotations

import json
from typing import Any

from krakpy_sdk import Headers, Request, Response

from benchmarks.clock import Cost, awaited_cost
from krakpy import testing

DOCUMENT = {"id": 42, "name": "Ada Lovelace", "mail": "ada@example.org", "tags": ["a", "b"], "price": 4.2, "ok": True}
BODY = json.dumps(DOCUMENT).encode()


def _endpoint(path: str, *backends: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"endpoint": path, "backend": [{"host": ["http://upstream.test"], **own} for own in backends], **more}


CONFIG = {
    "version": 3,
    "extra_config": {"router": {"disable_access_log": True}},
    "endpoints": [
        _endpoint("/no-op", {"url_pattern": "/x"}, output_encoding="no-op"),
        _endpoint("/json/{id}", {"url_pattern": "/x/{id}"}),
        _endpoint("/merge3", *({"url_pattern": "/x", "group": group} for group in "abc")),
    ],
}


class Instant(testing.Upstream):
    """Answers everything at once with one body."""

    async def __call__(self, request: Request) -> Response:
        return Response(200, headers=Headers({"Content-Type": "application/json"}), body=BODY)


async def measure() -> list[Cost]:
    """The cost of a request, falcon included, the wire on both sides left out."""
    async with testing.gateway(CONFIG, Instant()) as client:
        return [
            await awaited_cost("no-op", lambda: client.get("/no-op"), what="with the client's own cost"),
            await awaited_cost("json", lambda: client.get("/json/1"), what="decoded and rendered, one parameter"),
            await awaited_cost("merge3", lambda: client.get("/merge3"), what="three backends, grouped", number=2_000),
        ]
