"""What goes wrong with a template, told with the file, the line and what stands there."""
from __future__ import annotations

LONGEST = 160
"""How many characters of a line are shown."""


class TemplateError(ValueError):
    """A template that cannot be read or rendered; `line` and `column` count from 1, 0 where they are not known."""

    def __init__(self, message: str, *, file: str = "", line: int = 0, column: int = 0, excerpt: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.excerpt = excerpt

    @property
    def place(self) -> str:
        """The file, with the line and the column where they are known."""
        numbers = [str(number) for number in (self.line, self.column) if number]
        return ":".join([self.file, *numbers])

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.file else self.message


class CallError(ValueError):
    """What a function of a template says about its arguments; the evaluation adds the place."""


def located(message: str, file: str, source: str, position: int) -> TemplateError:
    """The error at a position of a file's text, with the line that is there."""
    start = source.rfind("\n", 0, position) + 1
    end = source.find("\n", position)
    line = source[start : end if end >= 0 else len(source)]
    return TemplateError(
        message,
        file=file,
        line=source.count("\n", 0, position) + 1,
        column=position - start + 1,
        excerpt=line[: LONGEST - 1] + "…" if len(line) > LONGEST else line,
    )
