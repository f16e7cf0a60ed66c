"""One compiled schema, and the words for what breaks it.

    schema = Schema({"type": "object", "required": ["name"]})
    schema.problems(b"{}")      # "- at '': \"name\" is a required property"
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import jsonschema_rs
import msgspec
from krakpy_sdk import Unusable

#: longest list of problems that a client is told
MAX_PROBLEMS = 50
#: largest body whose problems are all looked for, in bytes; of a larger one the first is told.
#: SECURITY: each takes 10 µs, and four bytes of a body can be one
MAX_SEARCHED_BYTES = 8 * 1024
#: what stands for a value in a message
_VALUE = "the value"


class Schema:
    """Says what is wrong with a document; Unusable for what is no schema.

    Drafts 4, 6, 7, 2019-09 and 2020-12, told by `$schema`; without one the last. `format` is asserted by drafts 4 to 7
    alone, as the later ones have it (JSON Schema 2020-12, Validation §7.2.1).
    """

    def __init__(self, schema: object) -> None:
        if not isinstance(schema, dict | bool):
            raise Unusable("is no JSON Schema: that is an object, or true or false")
        self._validator = _compiled(schema)
        self._is_valid = self._validator.is_valid
        self._decode = msgspec.json.Decoder().decode

    def problems(self, body: bytes) -> str:
        """What is wrong with a body, one line for each problem; nothing if it is valid."""
        try:
            document = self._decode(body)
        except msgspec.MsgspecError as error:
            return str(error)
        except UnicodeDecodeError:
            return "the document is not UTF-8"
        except RecursionError:
            return "the document has too many levels"
        # PERF: 2 µs for a valid document of 1 KiB, where asking for its problems takes 4
        if self._is_valid(document):
            return ""
        return "\n".join(_lines(self._errors(document, len(body)))) or "the document is not valid"

    def _errors(self, document: Any, size: int) -> Iterable[jsonschema_rs.ValidationError]:
        if size <= MAX_SEARCHED_BYTES:
            return self._validator.iter_errors(document)
        found: list[jsonschema_rs.ValidationError] = []
        try:
            self._validator.validate(document)
        except jsonschema_rs.ValidationError as error:
            found.append(error)
        return found


class _Describes:
    """A keyword that asserts nothing."""

    def __init__(self, parent_schema: dict[str, Any], value: Any, schema_path: list[str | int]) -> None:
        """Made by the library for each place where the keyword stands."""

    def validate(self, instance: Any) -> None:
        """Whatever it is, it is valid."""


#: what a text contains is described by every draft, as by the last ones (KrakenD: the same)
_KEYWORDS: Mapping[str, type] = {"contentEncoding": _Describes, "contentMediaType": _Describes}


def _compiled(schema: dict[str, Any] | bool) -> jsonschema_rs.Validator:
    try:
        return jsonschema_rs.validator_for(
            schema,
            # SECURITY: patterns in linear time whatever a client sends; nothing is fetched; no value of a client's in
            # a message, since messages are logged
            pattern_options=jsonschema_rs.RegexOptions(),
            offline=True,
            mask=_VALUE,
            keywords=dict(_KEYWORDS),
        )
    except jsonschema_rs.ValidationError as error:
        message = f"is no valid JSON Schema: {_reason(error, schema)}"
        raise Unusable(message, path=_place(error.instance_path)) from None
    except (jsonschema_rs.ReferencingError, ValueError, RecursionError) as error:
        raise Unusable(f"is no valid JSON Schema: {error}") from None


def _reason(error: jsonschema_rs.ValidationError, schema: object) -> str:
    """The library's words, with the value in them: what is in a schema is no secret."""
    value: Any = schema
    for part in error.instance_path:
        value = value[part]
    shown = msgspec.json.encode(value).decode()
    return error.message.replace(_VALUE, shown if len(shown) < 80 else _VALUE)


def _place(path: Iterable[str | int]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def _lines(errors: Iterable[jsonschema_rs.ValidationError]) -> list[str]:
    found = list(islice(errors, MAX_PROBLEMS + 1))
    lines = [f"- at '{_pointer(error.instance_path)}': {error.message}" for error in found[:MAX_PROBLEMS]]
    return [*lines, "- and more"] if len(found) > MAX_PROBLEMS else lines


def _pointer(path: Iterable[str | int]) -> str:
    """Where in the document, as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
