"""The bill of materials: every distribution that a gateway's extensions are made of, as CycloneDX 1.6.

    bill(candidates)["components"][0]["purl"]   # pkg:pypi/acme-geo@1.0.0
"""
from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from krakpy import __version__
from krakpy.extension.catalog import Candidate
from krakpy.extension.dependencies import Dependencies, Node
from krakpy.extension.integrity import UnknownContent, content_of
from krakpy.extension.locking import version_of

Document = dict[str, Any]

_CLASSIFIER = "License :: "
#: longer than this a licence is its whole text, and no name
_LONGEST_NAME = 100


def bill(candidates: Iterable[Candidate]) -> Document:
    """The document; the same installation always gives the same one: no time, and an id that follows from the rest."""
    nodes, extensions = _nodes(candidates)
    components = [_component(ref, node, extensions.get(ref, ())) for ref, node in sorted(nodes.items())]
    gateway = f"pkg:pypi/krakpy@{__version__}"
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "krakpy", "version": __version__}]},
            "component": {"type": "application", "bom-ref": "gateway", "name": "gateway", "purl": gateway},
        },
        "components": components,
        "dependencies": list(_dependencies(nodes, extensions)),
    }
    name = json.dumps(document, sort_keys=True)
    return {**document, "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"}


def _nodes(candidates: Iterable[Candidate]) -> tuple[dict[str, Node], dict[str, list[Candidate]]]:
    """Every distribution by its reference, with the references of what it needs; and who offers which extensions."""
    dependencies = Dependencies()
    nodes: dict[str, Node] = {}
    extensions: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        graph = dependencies.graph(candidate)
        refs = {name: _ref(name, node.folder, candidate.python) for name, node in graph.items()}
        nodes |= {refs[name]: Node(node.folder, tuple(refs[of] for of in node.needs)) for name, node in graph.items()}
        if candidate.distribution in refs:
            extensions.setdefault(refs[candidate.distribution], []).append(candidate)
    return nodes, extensions


def _ref(name: str, folder: Path, python: str) -> str:
    return f"pkg:pypi/{name}@{version_of(folder)}" + (f"#{python}" if python else "")


def _component(ref: str, node: Node, extensions: Iterable[Candidate]) -> Document:
    purl, _, python = ref.partition("#")
    name, _, version = purl.removeprefix("pkg:pypi/").partition("@")
    metadata = _metadata(node.folder)
    properties = [("krakpy:extension", f"{each.id} ({each.entry_point.group})") for each in extensions]
    properties += [("krakpy:record", record) for record in _record(node.folder)]
    properties += [("krakpy:python", python)] if python else []
    component: Document = {
        "type": "library", "bom-ref": ref, "name": name, "version": version, "purl": purl,
        "description": str(metadata.get("Summary") or ""), "licenses": _licences(metadata),
        "properties": [{"name": key, "value": value} for key, value in sorted(properties)],
        "externalReferences": list(_origins(node.folder, metadata)),
    }  # fmt: skip
    return {key: value for key, value in component.items() if value}


def _metadata(folder: Path) -> Message:
    try:
        return HeaderParser().parsestr((folder / "METADATA").read_text("utf-8", "replace"))
    except OSError:
        return Message()


def _record(folder: Path) -> Iterator[str]:
    try:
        yield content_of(folder).digest
    except UnknownContent:
        return


def _licences(metadata: Message) -> list[Document]:
    expression = metadata.get("License-Expression")
    if expression:
        return [{"expression": str(expression)}]
    said = str(metadata.get("License") or "")
    if 0 < len(said) <= _LONGEST_NAME and "\n" not in said and said != "UNKNOWN":
        return [{"license": {"name": said}}]
    found = (str(text) for text in metadata.get_all("Classifier") or ())
    names = sorted({text.rpartition(" :: ")[2] for text in found if text.startswith(_CLASSIFIER)})
    return [{"license": {"name": name}} for name in names]


def _origins(folder: Path, metadata: Message) -> Iterator[Document]:
    """Where it came from (PEP 610), and where its project is."""
    try:
        origin = json.loads((folder / "direct_url.json").read_text("utf-8"))
        yield {"type": "distribution", "url": str(origin["url"])}
    except (OSError, ValueError, KeyError, TypeError):
        pass
    urls = [str(text).partition(",")[2].strip() for text in metadata.get_all("Project-URL") or ()]
    home = str(metadata.get("Home-page") or "") or next(iter(urls), "")
    if home.startswith(("https://", "http://")):
        yield {"type": "website", "url": home}


def _dependencies(nodes: Mapping[str, Node], extensions: Mapping[str, object]) -> Iterator[Document]:
    yield {"ref": "gateway", "dependsOn": sorted(extensions)}
    for ref, node in sorted(nodes.items()):
        yield {"ref": ref, "dependsOn": sorted(node.needs)}
