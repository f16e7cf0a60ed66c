"""`krakpy openapi import FILE` and `krakpy openapi export -c FILE`."""
from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from krakpy_sdk import Command, LoadError, Tools

from krakpy_openapi import documents
from krakpy_openapi.exporting import exported
from krakpy_openapi.importing import Wishes, configuration


class OpenApi:
    """Makes configurations of OpenAPI 3 documents, and the other way round."""

    def __init__(self, config: None) -> None:
        del config

    def run(self, arguments: Sequence[str], tools: Tools) -> int:
        """Exit status: 0 it is written, 1 it cannot be made, 2 the words are wrong."""
        try:
            words = _parser(tools.name).parse_args(list(arguments))
        except SystemExit as ended:
            return int(ended.code or 0)
        try:
            return _imported(words) if words.what == "import" else _exported(words, tools)
        except LoadError as error:
            place = f"{error.place}: " if error.place else ""
            remedy = f"  →  {error.remedy}" if error.remedy else ""
            print(f"krakpy: {place}{error}{remedy}", file=sys.stderr)
            return 1


_guard: type[Command] = OpenApi


def _parser(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(name, description=OpenApi.__doc__)
    whats = parser.add_subparsers(dest="what", required=True, metavar="import|export")
    reads = whats.add_parser("import", help="a configuration of an OpenAPI 3 document", description=_IMPORT)
    reads.add_argument("file", metavar="FILE", help="the document, in JSON or YAML")
    reads.add_argument("--host", action="append", default=[], metavar="URL", help="where the API is; once or more")
    reads.add_argument("--prefix", default="", metavar="PATH", help="what stands before every path of the gateway")
    reads.add_argument("--bare", action="store_true", help="leave the documentation out of the configuration")
    writes = whats.add_parser("export", help="an OpenAPI 3 document of a configuration", description=_EXPORT)
    variable = os.environ.get("KRAKPY_CONFIG")
    asked = "the configuration; or set KRAKPY_CONFIG"
    writes.add_argument("-c", "--config", default=variable, required=not variable, metavar="FILE", help=asked)
    writes.add_argument("-a", "--audience", default="", metavar="NAME", help="only endpoints for this audience")
    for command in (reads, writes):
        formats = command.add_mutually_exclusive_group()
        formats.add_argument("--json", action="store_true", help="write JSON, which is the default")
        formats.add_argument("--yaml", action="store_true", help="write YAML")
        command.add_argument("-o", "--output", default="", metavar="FILE", help="write there, not to standard output")
    return parser


_IMPORT = "Writes an endpoint for each operation. What cannot be taken over is told on standard error."
_EXPORT = "Writes what clients can ask for, with what documentation/openapi says of it."


def _imported(words: argparse.Namespace) -> int:
    document = documents.read(words.file)
    wishes = Wishes(hosts=tuple(words.host), prefix=words.prefix, is_bare=words.bare)
    try:
        made = configuration(document, wishes)
    except LoadError as error:
        raise LoadError(str(error), place=f"{words.file}: {error.place}", remedy=error.remedy) from error
    _tell(made.left_out)
    return _written(words, made.document)


def _exported(words: argparse.Namespace, tools: Tools) -> int:
    made = exported(tools.configuration(words.config), audience=words.audience)
    _tell(made.left_out)
    return _written(words, made.document)


def _tell(left_out: Iterable[str]) -> None:
    for line in left_out:
        print(f"krakpy: left out: {line}", file=sys.stderr)


def _written(words: argparse.Namespace, document: Mapping[str, Any]) -> int:
    text = documents.written(document, as_yaml=words.yaml)
    if not words.output:
        sys.stdout.write(text)
        return 0
    try:
        with open(words.output, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        message = f"it cannot be written: {error.strerror}"
        raise LoadError(message, place=words.output, remedy="Name another file with -o.") from error
    return 0
