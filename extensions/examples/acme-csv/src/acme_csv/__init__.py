"""Decodes CSV: the first row names the columns, every other row becomes an object.

    {"url_pattern": "/offers.csv", "encoding": "csv"}

    id,name            {"collection": [{"id": "1", "name": "Pine"},
    1,Pine                             {"id": "2", "name": "Oak, red"}]}
    2,"Oak, red"
"""
from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

from krakpy_sdk import ConfigError, Decoder

__all__ = ["Csv", "CsvConfig"]


@dataclass(frozen=True)
class CsvConfig:
    """What the operator may change."""

    delimiter: str = ","
    """One character between the columns."""

    def __post_init__(self) -> None:
        if len(self.delimiter) != 1 or self.delimiter in '\r\n"':
            raise ConfigError(f"must be one character, no quote and no line end: {self.delimiter!r}", path="delimiter")


class Csv:
    """A decoder for CSV (RFC 4180) in UTF-8; all values are strings."""

    Config = CsvConfig

    def __init__(self, config: CsvConfig | None = None) -> None:
        self._delimiter = (config or CsvConfig()).delimiter

    def decode(self, body: bytes, is_collection: bool) -> dict[str, Any]:  # noqa: ARG002  CSV has no other form
        """The rows as objects under `collection`, which CSV always is; ValueError if the body is not CSV."""
        return {"collection": list(self._rows(body.decode("utf-8-sig")))}

    def _rows(self, text: str) -> Iterator[dict[str, str]]:
        reader = csv.reader(StringIO(text, newline=""), delimiter=self._delimiter, strict=True)
        try:
            names = _column_names(next(reader, []))
            for row in filter(None, reader):
                if len(row) != len(names):
                    raise ValueError(f"line {reader.line_num} has {len(row)} columns, not {len(names)}")
                yield dict(zip(names, row, strict=True))
        except csv.Error as error:
            raise ValueError(f"line {reader.line_num}: {error}") from error


def _column_names(row: list[str]) -> list[str]:
    if len(set(row)) != len(row):
        raise ValueError("two columns have the same name")
    return row


_guard: type[Decoder] = Csv
