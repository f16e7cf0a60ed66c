"""`configuration.md`: every key of the file, from the classes that it is decoded into."""
from __future__ import annotations

from collections.abc import Collection, Iterable

from krakpy.config.reference import FieldDoc, ObjectDoc, objects

from .writing import document, required, table, with_anchor

INTRODUCTION = """
krakpy reads KrakenD's configuration, version 3, as JSON, YAML or TOML: the suffix of the file decides. Keys that
begin with `@`, `$`, `_`, `#` or `x-` are comments. Any other key that is not on this page is an error with its place
and the nearest known key. A key or value that krakpy does not have yet is an error too, unless it is written at its
default.

Durations are texts with a unit: `"250ms"`, `"3s"`, `"1m30s"`. `krakpy check -c FILE` names every problem of a file in
one run.

A variable of the environment overrides a key of the root: `KRAKEND_PORT=9090`.
"""
EXTENSIONS = """
## Namespaces of extensions

Every other key of an `extra_config` is a namespace, and the documentation of the extension that answers it says
what it may hold. The names of hooks stand in lists:

```json
{"plugin/req-resp-modifier": {"name": ["geo"], "geo": {"header": "X-Country"}}}
```

Modifiers run in the order of the list; of `plugin/http-server` the last one runs first.
"""
STATES = {"built": "", "not built": " **Not built yet.**", "enterprise": " *KrakenD Enterprise: refused.*"}


def page(described: Iterable[ObjectDoc] | None = None) -> str:
    """The page; Undocumented for an object or a key without words."""
    found = tuple(objects() if described is None else described)
    places = frozenset(item.place for item in found)
    return document("Configuration", INTRODUCTION, *(_section(item, places) for item in found), EXTENSIONS)


def _section(item: ObjectDoc, places: Collection[str]) -> str:
    title = f"`{item.place}`" if item.place else "The root"
    rows = [
        (_key(item, field), _type(item, field, places), _default(field), _meaning(item, field)) for field in item.fields
    ]
    ignored = [(f"`{key}`", required(why, f"the ignored key {key}")) for key, why in item.accepted]
    parts = (
        f"## {title} {{ #{_anchor(item.place)} }}",
        required(item.doc.partition("\n\n")[0], item.name),
        table(("key", "type", "default", "meaning"), rows),
        table(("accepted, without effect", "what to do"), ignored),
    )
    return "\n\n".join(part for part in parts if part)


def _anchor(place: str) -> str:
    return (place or "root").replace("[]", "").replace("/", "-").replace(".", "-").replace("$", "").lower()


def _key(item: ObjectDoc, field: FieldDoc) -> str:
    return with_anchor(field.key, f"{_anchor(item.place)}-{field.key.replace('$', '').replace('/', '-')}")


def _type(item: ObjectDoc, field: FieldDoc, places: Collection[str]) -> str:
    """The type, as a link where the page has a section for it."""
    inner = f"{item.place}.{field.key}".lstrip(".")
    found = next((place for place in (inner, f"{inner}[]", f"{inner}.NAME") if place in places), None)
    return field.type if found is None else f"[{field.type}](#{_anchor(found)})"


def _default(field: FieldDoc) -> str:
    if field.default in ("", '""', "[]", "{}"):
        return ""
    return field.default if field.default == "required" else f"`{field.default}`"


def _meaning(item: ObjectDoc, field: FieldDoc) -> str:
    words = required(field.doc, f"{item.name}.{field.key}") + STATES[field.state]
    missing = ", ".join(f"`{value}`" for value in field.unbuilt)
    return f"{words} Not here yet, or of KrakenD Enterprise: {missing}." if missing else words
