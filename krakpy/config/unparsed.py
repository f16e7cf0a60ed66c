"""The error of a file that is no document of its format."""
from __future__ import annotations


class Unparsable(ValueError):
    """The text cannot be read; `line` and `column` count from 1, 0 where they are not known."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    @property
    def position(self) -> str:
        """What is put behind the file's name: `:3:14`, or nothing."""
        return f":{self.line}:{self.column}" if self.line else ""
