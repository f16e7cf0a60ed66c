"""The documents that upstreams answer with and gateways shape."""
from __future__ import annotations

import json
from typing import Any

DOCUMENT = {"id": 42, "name": "Ada Lovelace", "mail": "ada@example.org", "tags": ["a", "b"], "price": 4.2, "ok": True}
TEXT = "A longer description of what this product is good for, and why everybody should have one. " * 4

#: what endpoints with a large document do with it
SHAPE: dict[str, Any] = {
    "allow": ["id", "items", "page.total", "links.self"], "mapping": {"items": "products"}, "group": "shop",
}


def large(rows: int, text: int, more: dict[str, Any]) -> bytes:
    """A list of about 14 KB in the envelope that lists come in."""
    items = [
        {"id": row, "name": f"Product number {row}", "price": round(row * 1.37, 2), "text": TEXT[:text], **more}
        for row in range(rows)
    ]
    around = {"page": {"size": rows, "total": 1000}, "links": {"self": "/a", "next": "/b"}, "trace": "x" * 200}
    return json.dumps({"id": 1, "items": items, **around}).encode()


#: by how dense they are: 43, 63 and 213 objects and arrays
LARGE = {
    "texts": large(40, 280, {}),
    "rows": large(60, 165, {}),
    "nested rows": large(70, 75, {"tags": ["new", "sale"], "maker": {"name": "Acme", "city": "Oslo"}}),
}

#: 150 bytes
SMALL = json.dumps({**DOCUMENT, "note": "x" * 31}).encode()
ROWS = LARGE["rows"]
MEBIBYTE = bytes(range(256)) * 4096


def shaped(body: bytes) -> dict[str, Any]:
    """What `SHAPE` leaves of a large document."""
    whole = json.loads(body)
    return {
        "shop": {
            "id": whole["id"],
            "products": whole["items"],
            "page": {"total": whole["page"]["total"]},
            "links": {"self": whole["links"]["self"]},
        }
    }
