"""`limits.md`: every limit that holds for requests, answers and extensions, from the models and the constants."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from krakpy.client import redirects
from krakpy.client.options import Limits as BackWire
from krakpy.config import documents, model
from krakpy.config.model_plugin import HostLimits
from krakpy.config.reference import FieldDoc, fields
from krakpy.encoding import json_documents
from krakpy.encoding.json_decoder import JsonConfig
from krakpy.extension import attachment, calls
from krakpy.router import reflection
from krakpy.server.body import MAX_CHUNK_LINE, MAX_TRAILER_BYTES

from .writing import Undocumented, code, document, required, table

INTRODUCTION = """
Nothing that a client, a backend or an extension sends is kept or opened without a limit. What only passes, as the body
of a `no-op` answer does, has none unless you set one. These are the limits that a request or an answer can meet: first
those that a key changes, with the key, then those that nothing changes. KrakenD has few; where a key of its own says
the same, it goes before, and the row names it.

```json
{
  "version": 3,
  "extra_config": {
    "krakpy/wire": {"max_body": 1048576, "max_kept_body": 20971520},
    "krakpy/backends": {"max_body_bytes": 134217728}
  },
  "plugin": {"instances": {"krakpy/json": {"config": {"max_depth": 100}}}}
}
```

Sizes are in bytes unless they say otherwise. Endpoints have their own `timeout` and `concurrent_calls`, and a hook its
`timeout`; see [Configuration](configuration.md).
"""
FROM_CLIENTS = """
## From clients

In `krakpy/wire`, for the whole service. [What the front wire refuses](refusals.md) has the rules for syntax. Another
ASGI server has limits of its own; of these, `max_kept_body` holds there too.
"""
FROM_BACKENDS = """
## From backends

In `krakpy/backends`, for the whole service.
"""
IN_DOCUMENTS = """
## In documents

The decoders `json`, `fast-json` and `safejson` have one each, under `plugin.instances.krakpy/NAME.config`. A name of
your own makes it a choice of single backends: `"deep": {"from": "krakpy/json", "config": {"max_depth": 200}}`, then
`"encoding": "deep"`. The decoder `xml` has the same key under `krakpy-xml/xml`; feeds (`rss`) have 64 levels.
"""
FROM_EXTENSIONS = """
## From extensions

In `plugin.instances.NAME.limits`, for each host.
"""
#: (place, class, words)
SECTIONS: tuple[tuple[str, type[msgspec.Struct], str], ...] = (
    ("extra_config.krakpy/wire", model.Wire, FROM_CLIENTS),
    ("extra_config.krakpy/backends", model.BackendLimits, FROM_BACKENDS),
    ("plugin.instances.krakpy/json.config", JsonConfig, IN_DOCUMENTS),
    ("plugin.instances.NAME.limits", HostLimits, FROM_EXTENSIONS),
)


def _fixed() -> Iterable[tuple[str, object, str]]:
    """Each limit without a key: what it is, its value, what is beyond it."""
    wire = BackWire()
    yield "one line between the chunks of a request's body", MAX_CHUNK_LINE, "400"
    yield "the trailer of a request", MAX_TRAILER_BYTES, "431"
    yield "requests of one chain of redirects", redirects.MAX_REQUESTS, "500"
    yield "1xx answers before the one that counts", wire.max_interim, "500"
    yield "what is read ahead of a client that is slower than its backend", wire.max_buffered_bytes, "reading pauses"
    yield "digits of an integer in a document that is opened", json_documents.MAX_DIGITS, "500"
    yield "what `/__echo/` and `/__debug/` show of a body", reflection.MAX_BODY_BYTES, "the rest is not shown"
    yield "answers of a worker that `log` hooks are looking at", attachment.MAX_LOGGING, "further ones go unseen"
    yield "calls of one host that are under way", calls.MAX_CALLS, "503"
    yield "what those calls hold together", calls.MAX_BYTES, "503"
    yield "levels of the configuration file", documents.DEEPEST, "it is refused"


def page() -> str:
    """The page; Undocumented for a key without words."""
    fixed = table(("what", "limit", "beyond it"), [(what, code(f"{value}"), then) for what, value, then in _fixed()])
    sections = (_section(*section) for section in SECTIONS)
    return document("Limits", INTRODUCTION, *sections, f"## Without a key\n\n{fixed}")


def _section(place: str, cls: type[msgspec.Struct], words: str) -> str:
    rows = [_row(place, field) for field in fields(cls)]
    return f"{words.strip()}\n\n{table(('key', 'default', 'meaning'), rows)}"


def _row(place: str, field: FieldDoc) -> tuple[str, str, str]:
    return code(field.key), code(field.default), required(field.doc, f"{place}.{field.key}")


def _declared(module: Any, name: str) -> object:
    """A constant that only the documentation looks at from outside."""
    if not hasattr(module, name):
        raise Undocumented(f"{module.__name__} has no {name} any more")
    return getattr(module, name)
